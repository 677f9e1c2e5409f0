"""What text columns can hold."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaboti_adapters.postgres.texts import read, showable, shown, written

ANY_TEXT = st.text(st.characters())
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY_TEXT, inner, max_size=3),
    max_leaves=8,
)


@given(ANY_JSON)
def test_what_is_written_reads_back_equal(value: object) -> None:
    assert read(written(value)) == value


@given(ANY_JSON)
def test_what_is_written_is_utf8_without_nul(value: object) -> None:
    assert b"\x00" not in written(value).encode()


@given(ANY_TEXT)
def test_what_is_showable_is_utf8_without_nul_and_as_long(text: str) -> None:
    assert b"\x00" not in showable(text).encode()
    assert len(showable(text)) == len(text)


@given(ANY_JSON)
def test_what_is_shown_names_neither_nul_nor_half_a_character(value: object) -> None:
    json.dumps(json.loads(shown(value)), ensure_ascii=False).encode()
    assert "\x00" not in json.loads(shown([value, "end"]))


@pytest.mark.parametrize("text", ["", "Olá", "😀", "\u202e", "back\\u0000slash", "\ufffd"])
def test_what_can_be_shown_is_left_alone(text: str) -> None:
    assert showable(text) == text
    assert json.loads(shown({"text": text})) == {"text": text}
