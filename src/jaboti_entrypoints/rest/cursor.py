"""Cursors on the wire: opaque, and good for one list of one company only."""

import base64
import json
from collections.abc import Sequence
from uuid import UUID

import msgspec

from jaboti_domain.kernel.errors import InvalidCursor
from jaboti_domain.kernel.paging import Cursor, Json, JsonPage
from jaboti_entrypoints.rest.answer import Answer
from jaboti_entrypoints.rest.body import is_text

_MOST = 8


def page(items: Json, next_cursor: str | None) -> bytes:
    """A list on the wire; the items are put in as the store wrote them."""
    following = b"null" if next_cursor is None else b'"%b"' % next_cursor.encode()
    return b"".join((b'{"items":', items, b',"nextCursor":', following, b"}"))


def place_after(cursor: str | None, *, of: str, company_id: UUID) -> Cursor | None:
    """Where the list named `of` is to go on, when a cursor was given. Raises InvalidCursor."""
    return None if cursor is None else Cursor(read_cursor(cursor, of=of, company_id=company_id))


def page_answer(found: JsonPage, *, of: str, company_id: UUID) -> Answer:
    """A page of the list named `of` as the answer."""
    return Answer(page(found.items, cursor_after(found, of=of, company_id=company_id)))


def cursor_after(found: JsonPage, *, of: str, company_id: UUID) -> str | None:
    """Where the next page begins."""
    return write_cursor(found.next.key, of=of, company_id=company_id) if found.next else None


def write_cursor(key: Sequence[str], *, of: str, company_id: UUID) -> str:
    """A sort key of the list named `of`, as text that fits into a URL."""
    return base64.urlsafe_b64encode(msgspec.json.encode([of, company_id.hex, *key])).rstrip(b"=").decode()


def read_cursor(text: str, *, of: str, company_id: UUID) -> list[str]:
    """The sort key. Raises InvalidCursor for what `write_cursor` did not make for this list of this company."""
    try:
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        told = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, RecursionError):
        raise InvalidCursor() from None
    if not isinstance(told, list) or len(told) > _MOST or told[:2] != [of, company_id.hex]:
        raise InvalidCursor()
    if not all(isinstance(part, str) and is_text(part) for part in told):
        raise InvalidCursor()
    return told[2:]
