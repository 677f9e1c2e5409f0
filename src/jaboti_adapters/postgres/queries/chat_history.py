"""The statement behind a client's history: their chats and messages as one list."""

from collections.abc import Mapping
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    DateTime,
    Integer,
    Select,
    Text,
    Uuid,
    and_,
    case,
    func,
    literal,
    literal_column,
    select,
    tuple_,
    union_all,
)

from jaboti_adapters.postgres.queries import client_search
from jaboti_adapters.postgres.queries.chat_documents import COLUMNS, documents_of
from jaboti_adapters.postgres.queries.paging import LIMIT, moment_of, paged, place_in
from jaboti_adapters.postgres.queries.scope import HERE, within_company
from jaboti_adapters.postgres.queries.times import time_text
from jaboti_adapters.postgres.statements import Statement, param
from jaboti_adapters.postgres.tables import chat, client, message
from jaboti_domain.kernel.paging import Cursor

KEYS = ("at", "rank", "number", "id")

_CHAT, _MESSAGE = (literal_column(rank, Integer) for rank in "01")
"""What stands first among things of the same millisecond."""
_OF_CLIENT = and_(chat.c.company_id == HERE, chat.c.client_id == param("client_id", Uuid))
CLIENT = within_company(select(client.c.id).where(*client_search.living(), client.c.id == param("client_id", Uuid)))


def place_after(cursor: Cursor) -> Mapping[str, object]:
    """Where a page ended. Raises InvalidCursor."""
    return place_in(cursor, after_at=moment_of, after_rank=int, after_number=int, after_id=UUID)


@cache
def page(goes_on: bool) -> Statement:
    """Chats and messages, newest first."""
    told = union_all(_chats_told(), _messages_told()).subquery("told")
    place = tuple_(*(told.c[key] for key in KEYS))
    newest = select(*told.c).order_by(*(told.c[key].desc() for key in KEYS)).limit(LIMIT + 1)
    if goes_on:
        newest = newest.where(place < _AFTER)
    listed = newest.cte("newest", nesting=True)
    chats = select(*COLUMNS).where(
        chat.c.company_id == HERE, chat.c.id.in_(select(listed.c.id).where(listed.c.rank == _CHAT))
    )
    shown_chats = chats.subquery("chats")
    shown = documents_of(shown_chats, shown_chats.c.id).subquery("shown")
    is_chat = listed.c.rank == _CHAT
    entry = func.concat(
        case((is_chat, '{"type":"chat","at":'), else_='{"type":"message","at":'),
        time_text(listed.c.at),
        case((is_chat, ',"chat":'), else_=',"message":'),
        func.coalesce(shown.c.document, listed.c.body),
        "}",
        type_=Text,
    )
    entries = select(entry.label("document"), *(listed.c[key] for key in KEYS))
    return paged(entries.select_from(listed.outerjoin(shown, is_chat & (shown.c.id == listed.c.id))), *KEYS)


_AFTER = tuple_(
    param("after_at", DateTime(timezone=True)),
    param("after_rank", Integer),
    param("after_number", Integer),
    param("after_id", Uuid),
)


def _chats_told() -> Select[Any]:
    return select(
        chat.c.started_at.label("at"),
        _CHAT.label("rank"),
        literal_column("0", Integer).label("number"),
        chat.c.id,
        literal("", Text).label("body"),
    ).where(_OF_CLIENT)


def _messages_told() -> Select[Any]:
    of_chat = and_(message.c.company_id == HERE, message.c.chat_id == chat.c.id)
    return (
        select(message.c.at, _MESSAGE, message.c.seq, message.c.id, message.c.shown)
        .select_from(chat.join(message, of_chat))
        .where(_OF_CLIENT)
    )
