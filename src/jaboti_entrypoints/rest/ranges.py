"""Parts of what is asked for, and asking only for what changed (RFC 9110, sections 13 and 14): one range at most."""

import re

from attrs import frozen
from starlette.types import Scope

from jaboti_entrypoints.errors import UnsatisfiableRange
from jaboti_entrypoints.rest import headers

_RANGE = re.compile(r"bytes\s*=\s*([0-9]{0,19})\s*-\s*([0-9]{0,19})", re.ASCII | re.IGNORECASE)


@frozen
class Span:
    """The bytes from `start` until just before `end`, of so many."""

    start: int
    end: int
    whole: int

    @property
    def length(self) -> int:
        """How many they are."""
        return self.end - self.start

    @property
    def told(self) -> bytes:
        """As Content-Range has it."""
        return b"bytes %d-%d/%d" % (self.start, self.end - 1, self.whole)


def has_not_changed(scope: Scope, tag: str) -> bool:
    """Whether the caller has just this already (If-None-Match)."""
    given = b",".join(headers.values(scope, b"if-none-match")).decode("latin-1")
    return given.strip() == "*" or tag in (each.strip().removeprefix("W/") for each in given.split(","))


def span_of(scope: Scope, size: int, tag: str) -> Span | None:
    """The part that is asked for; None: all of it, as also when it can't be told, or is asked for of another version.

    Raises UnsatisfiableRange when there is nothing at that place.
    """
    given, only_of = headers.values(scope, b"range"), headers.text(scope, b"if-range")
    asked = _RANGE.fullmatch(given[0].decode("latin-1").strip()) if len(given) == 1 else None
    if asked is None or only_of not in ("", tag):
        return None
    first, last = asked.groups()
    if not first:
        return _last(int(last), size) if last else None
    start, end = int(first), int(last) + 1 if last else size
    if end <= start and last:
        return None
    if start >= size:
        raise UnsatisfiableRange(size=size)
    return Span(start, min(end, size), size)


def _last(count: int, size: int) -> Span:
    if not count or not size:
        raise UnsatisfiableRange(size=size)
    return Span(max(0, size - count), size, size)
