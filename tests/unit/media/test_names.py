"""Names of files are names, and nothing else."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaboti_domain.media.names import LONGEST, clean_name


@pytest.mark.parametrize(
    ("given_name", "expected"),
    [
        ("conta.pdf", "conta.pdf"),
        ("Relatório de março.pdf", "Relatório de março.pdf"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("C:\\Users\\ana\\foto.jpg", "foto.jpg"),
        ("/abs/olute", "olute"),
        ("..", None),
        (".", None),
        ("...hidden", "hidden"),
        ("a/", None),
        ("a\x00.exe\x00.png", "a.exe.png"),
        ("a\r\nSet-Cookie: x=1.png", "aSet-Cookie_ x=1.png"),
        ("foto\u202egnp.exe", "fotognp.exe"),
        ("\u2066a\u2069\u200f.txt", "a.txt"),
        ('a"b<c>|?*:.png', "a_b_c_____.png"),
        ("  nome .  ", "nome"),
        ("", None),
        (None, None),
        ("e\u0301.txt", "é.txt"),
        ("😀.png", "😀.png"),
        ("x" * 300 + ".pdf", "x" * (LONGEST - 4) + ".pdf"),
        ("x." + "y" * 300, "x." + "y" * (LONGEST - 2)),
    ],
)
def test_what_is_no_part_of_a_name_is_taken_out(given_name: str | None, expected: str | None) -> None:
    assert clean_name(given_name) == expected


@given(st.text(max_size=400))
def test_whatever_is_given_a_name_is_short_visible_and_stays_as_it_is(text: str) -> None:
    name = clean_name(text)
    assert name is None or 1 <= len(name) <= LONGEST
    assert not any(c in '/\\"' or unicodedata.category(c) in ("Cc", "Cf", "Cs") for c in name or "")
    assert clean_name(name) == name
