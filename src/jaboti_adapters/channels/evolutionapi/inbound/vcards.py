"""Shared contacts, as vCards (RFC 2426)."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from jaboti_domain.integration.content import ContactCard

_FOLDED = re.compile(r"\r?\n[ \t]")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_GROUP = re.compile(r"^[A-Za-z0-9-]+\.")


class Line(NamedTuple):
    """`NAME;PARAMETERS:value`, without the group that may stand before it."""

    name: str
    value: str


def card_of(vcard: str, *, name: str = "") -> ContactCard:
    """The contact that a vCard describes; `name` is what it is called when the card doesn't say."""
    lines = list(_lines(vcard))
    return ContactCard(
        name=_first(lines, "FN") or name or " ".join(filter(None, reversed(_first(lines, "N").split(";")[:2]))),
        phones=tuple(line.value for line in lines if line.name == "TEL"),
        emails=tuple(line.value for line in lines if line.name == "EMAIL"),
        organization=_first(lines, "ORG").partition(";")[0],
    )


def _lines(vcard: str) -> Iterator[Line]:
    for written in _FOLDED.sub("", vcard).splitlines():
        head, colon, value = written.partition(":")
        if colon and value.strip():
            name = _GROUP.sub("", head).partition(";")[0].upper()
            yield Line(name, _ESCAPED.sub(_plain, value).strip())


def _plain(escaped: re.Match[str]) -> str:
    return "\n" if escaped[1] in "nN" else escaped[1]


def _first(lines: list[Line], name: str) -> str:
    return next((line.value for line in lines if line.name == name), "")
