"""Chats."""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Integer, Uuid, func, select, true

from jaboti_adapters.postgres.documents import chat_shown
from jaboti_adapters.postgres.statements import COMPANY, Given, Row, Statement, array, param
from jaboti_adapters.postgres.tables import chat, message
from jaboti_adapters.postgres.texts import showable
from jaboti_adapters.postgres.unit import CompanyUnit
from jaboti_domain.chat.errors import ChatNotFound
from jaboti_domain.chat.message import SenderType
from jaboti_domain.chat.model import Chat
from jaboti_domain.chat.ports import ChatRepository, Pair
from jaboti_domain.chat.routing import ChatStatus
from jaboti_domain.chat.state import LastMessage
from jaboti_domain.chat.window import ServiceWindow
from jaboti_domain.integration.messaging import Platform
from jaboti_domain.kernel.ids import ChatId, ClientId, UserId

if TYPE_CHECKING:
    from asyncpg import Record

COLUMNS = tuple(c for c in chat.c if c.name not in ("company_id", "expired_at"))
"""What `row_of` gives."""

_READ = tuple(c for c in chat.c if c.name not in ("shown", "expired_at"))
_CLOSED = ChatStatus.CLOSED.value


def row_of(one: Chat) -> Row:
    """A chat as a row."""
    last = one.last_message
    return (
        one.id,
        one.client_id,
        one.integration_id,
        one.platform,
        one.status,
        one.started_at,
        one.attendant_id,
        one.department_id,
        one.queued_at,
        one.first_human_at,
        one.ended_at,
        one.last_seq,
        last and last.id,
        last and last.sender_type,
        last and showable(last.text),
        last and last.media_type,
        last.at if last else one.started_at,
        one.read_seq,
        one.unread,
        one.bot_turns,
        one.window.closes_at,
        one.window.entered_at,
        chat_shown(one),
        one.version,
    )


def chat_of(row: "Record") -> Chat:
    """A row as a chat."""
    return Chat(
        id=row["id"],
        company_id=row["company_id"],
        client_id=row["client_id"],
        integration_id=row["integration_id"],
        platform=Platform(row["platform"]),
        status=ChatStatus(row["status"]),
        started_at=row["started_at"],
        attendant_id=row["attendant_id"],
        department_id=row["department_id"],
        queued_at=row["queued_at"],
        first_human_at=row["first_human_at"],
        ended_at=row["ended_at"],
        last_seq=row["last_seq"],
        last_message=_last_message_of(row) if row["last_message_id"] else None,
        read_seq=row["read_seq"],
        unread=row["unread"],
        bot_turns=row["bot_turns"],
        window=ServiceWindow(closes_at=row["window_closes_at"], entered_at=row["window_entered_at"]),
        version=row["version"],
    )


def _last_message_of(row: "Record") -> LastMessage:
    return LastMessage(
        id=row["last_message_id"],
        seq=row["last_seq"],
        sender_type=SenderType(row["last_sender_type"]),
        text=row["last_text"],
        media_type=row["last_media_type"],
        at=row["active_at"],
    )


def _locked(*where: ColumnElement[bool]) -> Statement:
    ours = select(*_READ).where(chat.c.company_id == COMPANY, *where)
    return Statement(ours.order_by(chat.c.id).with_for_update(key_share=True, of=chat))


_GIVEN = Given("pair", chat.c.client_id, chat.c.integration_id)
_PAIRS = _GIVEN.many
_OF_PAIR = (chat.c.client_id == _PAIRS.c.client_id) & (chat.c.integration_id == _PAIRS.c.integration_id)
_LAST_CLOSED = (
    select(chat.c.id)
    .where(chat.c.company_id == COMPANY, _OF_PAIR, chat.c.status == _CLOSED)
    .order_by(chat.c.started_at.desc(), chat.c.id.desc())
    .limit(1)
    .correlate(_PAIRS)
    .lateral("last_closed")
)

GET = _locked(chat.c.id == param("id", Uuid))
FIND = _locked(chat.c.id == func.any(array("ids", Uuid)))
FIND_OPEN = _locked(_OF_PAIR, chat.c.status != _CLOSED)
FIND_LAST_CLOSED = _locked(
    chat.c.id.in_(select(_LAST_CLOSED.c.id).select_from(_PAIRS.join(_LAST_CLOSED, true()))), chat.c.status == _CLOSED
)
FIND_OF_CLIENT = _locked(chat.c.client_id == func.any(array("ids", Uuid)))
FIND_ATTENDED_BY = _locked(chat.c.attendant_id == param("attendant_id", Uuid), chat.c.status != _CLOSED)
COUNT_UNREAD = Statement(
    select(func.count().label("unread")).where(
        message.c.company_id == COMPANY,
        message.c.chat_id == param("chat_id", Uuid),
        message.c.seq > param("after", Integer),
        message.c.sender_type == SenderType.CLIENT.value,
    )
)


class PostgresChats(ChatRepository):
    """Chats as rows, locked in the order of their ids."""

    def __init__(self, unit: CompanyUnit) -> None:
        self._unit = unit

    async def get(self, chat_id: ChatId) -> Chat:
        rows = await self._unit.fetch(GET, id=chat_id)
        if not rows:
            raise ChatNotFound()
        return chat_of(rows[0])

    async def find(self, chat_ids: Collection[ChatId]) -> Mapping[ChatId, Chat]:
        return {c.id: c for c in map(chat_of, await self._unit.fetch(FIND, ids=list(chat_ids)))}

    async def find_open(self, pairs: Collection[Pair]) -> Mapping[Pair, Chat]:
        return await self._of_pairs(FIND_OPEN, pairs)

    async def find_last_closed(self, pairs: Collection[Pair]) -> Mapping[Pair, Chat]:
        return await self._of_pairs(FIND_LAST_CLOSED, pairs)

    async def find_of_client(self, client_ids: Collection[ClientId]) -> Sequence[Chat]:
        chats = map(chat_of, await self._unit.fetch(FIND_OF_CLIENT, ids=list(client_ids)))
        return sorted(chats, key=lambda c: (c.started_at, c.id))

    async def find_attended_by(self, user_id: UserId) -> Sequence[Chat]:
        chats = map(chat_of, await self._unit.fetch(FIND_ATTENDED_BY, attendant_id=user_id))
        return sorted(chats, key=lambda c: (c.started_at, c.id))

    async def count_unread(self, chat_id: ChatId, *, after: int) -> int:
        (row,) = await self._unit.fetch(COUNT_UNREAD, chat_id=chat_id, after=after)
        unread: int = row["unread"]
        return unread

    async def save(self, *chats: Chat) -> None:
        self._unit.save(*chats)

    async def _of_pairs(self, statement: Statement, pairs: Collection[Pair]) -> Mapping[Pair, Chat]:
        chats = map(chat_of, await self._unit.fetch(statement, **_GIVEN.rows(pairs)))
        return {(c.client_id, c.integration_id): c for c in chats}
