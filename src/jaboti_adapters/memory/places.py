"""Pages of lists, cut out of what was put in order."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

import msgspec

from jaboti_domain.kernel.errors import InvalidCursor
from jaboti_domain.kernel.paging import Cursor, JsonPage

T = TypeVar("T")


def page_of(
    following: Sequence[T], limit: int, document: Callable[[T], object], key: Callable[[T], Sequence[str]]
) -> JsonPage:
    """The first `limit` of what follows."""
    shown = following[:limit]
    goes_on = len(following) > limit
    return JsonPage(
        msgspec.json.encode([document(each) for each in shown]), Cursor(list(key(shown[-1]))) if goes_on else None
    )


def place_in(cursor: Cursor, *readers: Callable[[str], object]) -> tuple[object, ...]:
    """Where a page ended, each key read by its reader. Raises InvalidCursor."""
    try:
        place = tuple(read(text) for read, text in zip(readers, cursor.key, strict=True))
    except (ValueError, OverflowError) as error:
        raise InvalidCursor() from error
    if any(isinstance(each, datetime) and each.tzinfo is None for each in place):
        raise InvalidCursor()
    return place
