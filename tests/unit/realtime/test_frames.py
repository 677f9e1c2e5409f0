"""Frames and cursors."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaboti_domain.kernel.events import Position
from jaboti_entrypoints.realtime.frames import cursor_of, passing_frame, position_of
from jaboti_entrypoints.realtime.news import News
from jaboti_entrypoints.realtime.shapes import Named, Typing
from tests.unit.realtime.listeners import NOON


@given(st.integers(0, 2**59), st.integers(0, 2**59))
def test_a_cursor_is_read_back(epoch: int, seq: int) -> None:
    assert position_of(cursor_of(Position(epoch, seq))) == Position(epoch, seq)


@pytest.mark.parametrize(
    "cursor",
    ["", "-", "1", "1-", "-1", "1--1", "01-1", "1-2-3", "１-１", " 1-1", "1-1\n", f"1-{10**18}", "a-b", "1-1.0"],
)
def test_what_is_no_cursor_is_not_taken_for_one(cursor: str) -> None:
    assert position_of(cursor) is None


@given(st.text())
def test_reading_any_text_as_a_cursor_never_fails(text: str) -> None:
    position = position_of(text)
    assert position is None or cursor_of(position) == text


def test_a_frame_of_something_that_is_not_kept_resumes_from_what_is() -> None:
    news = News(event="typing", data=Typing(chat_id="c", user=Named(id="u", name="Ana")))
    one, other = (passing_frame(news, at=NOON, position=Position(7, 42), topic="t") for _ in range(2))
    assert '"cursor":"7-42"' in one.text
    assert one.text != other.text, "each has an id of its own"
    assert one.size == len(one.text.encode())
