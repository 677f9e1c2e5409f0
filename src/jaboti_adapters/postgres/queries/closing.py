"""The statement behind the list of windows that close soon: one stretch of an index, however many chats there are."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from uuid import UUID

from sqlalchemy import DateTime, Interval, Uuid, and_, func, or_, select, tuple_

from jaboti_adapters.postgres.queries.chat_documents import COLUMNS, documents_of
from jaboti_adapters.postgres.queries.chat_pages import in_queues
from jaboti_adapters.postgres.queries.paging import LIMIT, moment_of, paged
from jaboti_adapters.postgres.queries.scope import HERE
from jaboti_adapters.postgres.statements import Statement, param
from jaboti_adapters.postgres.tables import chat
from jaboti_domain.chat.routing import ChatStatus
from jaboti_domain.chat.window import WINDOWED

KEYS = ("closes_at", "id")
READERS: Mapping[str, Callable[[str], object]] = {"after_at": moment_of, "after_id": UUID}


@lru_cache(maxsize=4)
def page(*, supervises: bool, goes_on: bool) -> Statement:
    """A page for somebody who sees all, or their own and their queues; from the beginning, or going on."""
    closes_at = chat.c.window_closes_at
    closing = select(*COLUMNS).where(
        chat.c.company_id == HERE,
        chat.c.status != ChatStatus.CLOSED.value,
        chat.c.platform.in_(sorted(platform.value for platform in WINDOWED)),
        closes_at > func.now(),
        closes_at <= func.now() + param("within", Interval),
    )
    if not supervises:
        closing = closing.where(
            or_(chat.c.attendant_id == param("viewer", Uuid), and_(chat.c.attendant_id.is_(None), in_queues(chat)))
        )
    if goes_on:
        place = tuple_(param("after_at", DateTime(True)), param("after_id", Uuid))
        closing = closing.where(tuple_(closes_at, chat.c.id) > place)
    soonest = closing.order_by(closes_at, chat.c.id).limit(LIMIT + 1).subquery("soonest")
    shown = documents_of(soonest, soonest.c.window_closes_at.label("closes_at"), soonest.c.id)
    return paged(shown, *KEYS, falling=False)
