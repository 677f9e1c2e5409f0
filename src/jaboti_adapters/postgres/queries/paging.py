"""Pages of lists: by key, never by number, and written by the server."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Integer, Select, Text, cast, func, select

from jaboti_adapters.postgres.queries.chat_documents import array_of
from jaboti_adapters.postgres.queries.scope import within_company
from jaboti_adapters.postgres.queries.utf8 import utf8
from jaboti_adapters.postgres.statements import Statement, param
from jaboti_domain.kernel.errors import InvalidCursor
from jaboti_domain.kernel.paging import Cursor, JsonPage

if TYPE_CHECKING:
    from asyncpg import Record

LIMIT = param("limit", Integer)


def paged(listed: Select[Any], *keys: str, falling: bool = True) -> Statement:
    """The first LIMIT rows of a list, in the order of its keys, as a statement within a company.

    `listed` selects `document`, which is JSON text, and the keys. The one row of the result is for `page_in`: it has
    `items`, `more` (whether others follow) and the keys of the last item as text.
    """
    rows = listed.subquery("listed")
    order = [rows.c[key].desc() if falling else rows.c[key].asc() for key in keys]
    place = func.row_number().over(order_by=order).label("place")
    shown = select(*rows.c, place).order_by(*order).limit(LIMIT + 1).subquery("shown")
    last = [func.max(cast(shown.c[key], Text)).filter(shown.c.place == LIMIT).label(key) for key in keys]
    items = array_of(shown.c.document, shown.c.place, where=shown.c.place <= LIMIT)
    return within_company(select(utf8(items).label("items"), (func.count() > LIMIT).label("more"), *last))


def page_in(row: "Record", *keys: str) -> JsonPage:
    """The page that the statement gave."""
    return JsonPage(row["items"], Cursor([row[key] for key in keys]) if row["more"] else None)


def place_in(cursor: Cursor, **keys: Callable[[str], object]) -> Mapping[str, object]:
    """The keys where a page ended, each read by its function. Raises InvalidCursor."""
    try:
        return {name: read(text) for (name, read), text in zip(keys.items(), cursor.key, strict=True)}
    except (ValueError, OverflowError) as error:
        raise InvalidCursor() from error


def moment_of(text: str) -> datetime:
    """A time as PostgreSQL writes it, or as ISO 8601 has it. Raises ValueError unless it says its zone."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment
