"""The statements behind lists of chats.

A list is cut out of index scans that stop after a page: one per status, and for an operator one for their own chats
and one for their queues. A single condition for all of that would make the server read and sort every chat there is.
"""

from collections.abc import Iterator
from enum import Enum
from functools import lru_cache
from typing import Any, NamedTuple

from attrs import frozen
from sqlalchemy import (
    ColumnElement,
    DateTime,
    FromClause,
    Integer,
    Select,
    Text,
    Uuid,
    cast,
    func,
    or_,
    select,
    tuple_,
    union_all,
)

from jaboti_adapters.postgres.queries import client_search
from jaboti_adapters.postgres.queries.chat_documents import COLUMNS, array_of, documents_of
from jaboti_adapters.postgres.queries.scope import HERE, within_company
from jaboti_adapters.postgres.queries.utf8 import utf8
from jaboti_adapters.postgres.statements import Statement, array, param
from jaboti_adapters.postgres.tables import chat, client
from jaboti_domain.chat.queries import Category, ChatFilter
from jaboti_domain.chat.routing import WAITING, ChatStatus
from jaboti_domain.kernel.actor import Actor, Operation

SIZES = (10, 25, 50, 100, 200)
"""Pages are read in one of these sizes, so that the planner knows how many rows to expect; longer ones in their own."""

_LIMIT = param("limit", Integer)
_STATUS = {category: ChatStatus(category.value.upper()) for category in Category}


class Whose(Enum):
    """Which chats of a status."""

    ANYBODYS = "anybody's"
    OWN = "own"
    NOBODYS = "nobody's"


@frozen
class Scan:
    """One scan of an index: chats of a status, newest activity first."""

    status: ChatStatus
    whose: Whose


_UNATTENDED = Scan(ChatStatus.CLOSED, Whose.NOBODYS)
"""Few among the closed: found through the index of attendants, whose order begins with the attendant."""


class Shape(NamedTuple):
    """What the text of a list's statement depends on; the rest are its parameters."""

    supervises: bool
    category: Category | None
    mine: bool
    of_department: bool
    of_client: bool
    searched: client_search.Shape | None
    few_found: bool
    goes_on: bool
    size: int

    def scans(self) -> Iterator[Scan]:
        """A chat that waits is nobody's, and an active one is somebody's: the other combinations are empty."""
        for status in ChatStatus if self.category is None else (_STATUS[self.category],):
            if self.supervises and not self.mine:
                yield Scan(status, Whose.ANYBODYS)
                continue
            if status not in WAITING:
                yield Scan(status, Whose.OWN)
            if status is not ChatStatus.ACTIVE and not self.mine:
                yield Scan(status, Whose.NOBODYS)


def shape_of(
    viewer: Actor,
    where: ChatFilter,
    *,
    goes_on: bool,
    limit: int,
    searched: client_search.Shape | None = None,
    few_found: bool = False,
) -> Shape:
    """The shape of a viewer's list: of those of few clients who were found, or of all who have what was searched."""
    return Shape(
        viewer.may(Operation.ATTEND_ANY_CHAT),
        where.category,
        where.mine,
        where.department_id is not None,
        where.client_id is not None,
        searched,
        few_found,
        goes_on,
        next((size for size in SIZES if size >= limit), limit),
    )


@lru_cache(maxsize=512)
def page(shape: Shape) -> Statement | None:
    """One row: `items`, at most `limit` chats; `more`, whether others follow; `at` and `id`, where the last one is.

    None for a list that is always empty.
    """
    scans = [_scanned(scan, shape) for scan in shape.scans()]
    if not scans:
        return None
    listed = (union_all(*scans) if len(scans) > 1 else scans[0]).subquery("listed")
    place = func.row_number().over(order_by=_newest_first(listed)).label("place")
    chats = select(*listed.c, place).order_by(*_newest_first(listed)).limit(_LIMIT + 1).subquery("chats")
    shown = documents_of(chats, chats.c.place, chats.c.active_at, chats.c.id).subquery("shown")
    is_last = shown.c.place == _LIMIT
    return within_company(
        select(
            utf8(array_of(shown.c.document, shown.c.place, where=shown.c.place <= _LIMIT)).label("items"),
            (func.count() > _LIMIT).label("more"),
            func.max(shown.c.active_at).filter(is_last).label("at"),
            func.max(cast(shown.c.id, Text)).filter(is_last).label("id"),
        ).select_from(shown)
    )


def _scanned(scan: Scan, shape: Shape) -> Select[Any]:
    """At most a page and one more."""
    chats = select(*COLUMNS).where(chat.c.company_id == HERE, *_conditions(scan, shape))
    first = (chat.c.attendant_id,) if scan == _UNATTENDED else ()
    return chats.order_by(*first, *_newest_first(chat)).limit(shape.size + 1)


def _conditions(scan: Scan, shape: Shape) -> Iterator[ColumnElement[bool]]:
    yield chat.c.status == scan.status.value
    if scan.whose is Whose.OWN:
        yield chat.c.attendant_id == param("viewer", Uuid)
    if scan.whose is Whose.NOBODYS:
        yield in_queues(chat)
    if scan == _UNATTENDED:
        yield chat.c.attendant_id.is_(None)
    if shape.goes_on:
        yield tuple_(chat.c.active_at, chat.c.id) < tuple_(param("after_at", DateTime(True)), param("after_id", Uuid))
    if shape.of_department:
        yield chat.c.department_id == param("department_id", Uuid)
    if shape.of_client:
        yield chat.c.client_id == param("client_id", Uuid)
    if shape.few_found:
        yield chat.c.client_id == func.any(array("found", Uuid))
    elif shape.searched is not None:
        yield _has(shape.searched)


def in_queues(chats: FromClause) -> ColumnElement[bool]:
    """Whether the chat's department is one of the viewer's, or everybody's."""
    return or_(chats.c.department_id.is_(None), chats.c.department_id == func.any(array("departments", Uuid)))


def _has(parts: client_search.Shape) -> ColumnElement[bool]:
    """Whether the chat's client has all that is looked for."""
    ours = select(client.c.id).where(*client_search.living(), client.c.id == chat.c.client_id)
    return ours.where(*client_search.has_parts(parts, client)).correlate(chat).exists()


def _newest_first(chats: FromClause) -> tuple[ColumnElement[Any], ...]:
    return chats.c.active_at.desc(), chats.c.id.desc()
