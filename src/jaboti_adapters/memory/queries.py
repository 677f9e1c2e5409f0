"""Reads for screens."""

import heapq
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from attrs import frozen

from jaboti_adapters.memory.documents import chat_document, entry, message_document, message_entry
from jaboti_adapters.memory.places import page_of, place_in
from jaboti_adapters.memory.store import MemoryStore
from jaboti_adapters.showing import time_shown
from jaboti_domain.chat.errors import ChatNotFound, MessageNotFound
from jaboti_domain.chat.events import ChatOpened, Milestone
from jaboti_domain.chat.message import Message
from jaboti_domain.chat.model import Chat
from jaboti_domain.chat.queries import Category, ChatFilter, ChatReads
from jaboti_domain.chat.routing import ChatStatus, may_attend
from jaboti_domain.chat.window import WINDOWED
from jaboti_domain.client.errors import ClientNotFound
from jaboti_domain.client.search import holds, wanted
from jaboti_domain.kernel.actor import Actor
from jaboti_domain.kernel.errors import InvalidCursor
from jaboti_domain.kernel.ids import ChatId, ClientId, CompanyId, MessageId
from jaboti_domain.kernel.paging import Cursor, Json, JsonPage
from jaboti_domain.note.model import Note

Place = tuple[datetime, UUID]
Told = Message | Milestone | Note

_STATUS = {
    Category.BOT: ChatStatus.BOT,
    Category.PENDING: ChatStatus.PENDING,
    Category.ACTIVE: ChatStatus.ACTIVE,
    Category.CLOSED: ChatStatus.CLOSED,
}
_write = msgspec.json.Encoder().encode


@frozen
class MemoryChatReads(ChatReads):
    """Always of this moment."""

    _store: MemoryStore

    async def page(
        self, company_id: CompanyId, *, viewer: Actor, where: ChatFilter, after: Cursor | None, limit: int
    ) -> JsonPage:
        end = _place_in(after) if after else None
        chats = [
            chat
            for chat in self._visible(company_id, viewer)
            if (end is None or _place(chat) < end) and self._holds(chat, viewer, where)
        ]
        shown = heapq.nlargest(limit, chats, key=_place)
        goes_on = len(chats) > limit
        return JsonPage(
            items=_write([chat_document(self._store, chat) for chat in shown]),
            next=_cursor(shown[-1]) if goes_on else None,
        )

    async def closing(
        self, company_id: CompanyId, *, viewer: Actor, within: timedelta, after: Cursor | None, limit: int
    ) -> JsonPage:
        now = self._store.clock()
        begin = place_in(after, datetime.fromisoformat, UUID) if after else None
        closing = [
            (chat.window.closes_at, chat.id, chat)
            for chat in self._visible(company_id, viewer)
            if chat.is_open and chat.platform in WINDOWED and chat.window.closes_at is not None
        ]
        soon = sorted(each for each in closing if now < each[0] <= now + within and (begin is None or each[:2] > begin))
        return page_of(soon, limit, lambda each: chat_document(self._store, each[2]), _closing_key)

    async def counts(self, company_id: CompanyId, *, viewer: Actor) -> Mapping[str, int]:
        chats = self._visible(company_id, viewer)
        active = [chat for chat in chats if chat.status is ChatStatus.ACTIVE]
        return {
            "bot": sum(chat.status is ChatStatus.BOT for chat in chats),
            "pending": sum(chat.status is ChatStatus.PENDING for chat in chats),
            "active": len(active),
            "mine": sum(chat.attendant_id == viewer.user_id for chat in active),
        }

    async def one(self, company_id: CompanyId, chat_id: ChatId) -> Json:
        return _write(chat_document(self._store, self._chat(company_id, chat_id)))

    async def messages(
        self, company_id: CompanyId, chat_id: ChatId, *, before: int | None, after: int | None, limit: int
    ) -> Json:
        messages = self._messages(self._chat(company_id, chat_id))
        last = len(messages) if before is None else before - 1
        asked = messages[after or 0 : max(last, 0)]
        shown = asked[-limit:] if after is None else asked[:limit]
        return _write([message_document(message) for message in shown])

    async def message(self, company_id: CompanyId, message_id: MessageId) -> Json:
        row = self._store.messages.get(message_id)
        if row is None or row.message.company_id != company_id:
            raise MessageNotFound()
        return _write(message_document(row.message))

    async def timeline(self, company_id: CompanyId, chat_id: ChatId, *, limit: int) -> Json:
        chat = self._chat(company_id, chat_id)
        notes = [note for note in self._store.notes.where("chat", chat_id) if note.removed_at is None]
        told: list[Told] = [*self._messages(chat), *self._store.milestones[chat_id], *notes]
        return _write([entry(each) for each in sorted(told, key=_moment)[-limit:]])

    async def history(
        self, company_id: CompanyId, client_id: ClientId, *, after: Cursor | None, limit: int
    ) -> JsonPage:
        end = place_in(after, datetime.fromisoformat, int, int, UUID) if after else None
        client = self._store.clients.get(client_id)
        if client is None or client.company_id != company_id or client.is_gone:
            raise ClientNotFound()
        chats = self._store.chats.where("client", (company_id, client_id))
        told: list[Chat | Message] = [*chats, *(each for chat in chats for each in self._messages(chat))]
        newest = sorted((each for each in told if end is None or _time(each) < end), key=_time, reverse=True)
        return page_of(newest, limit, self._shown, _time_key)

    def _shown(self, told: Chat | Message) -> Mapping[str, object]:
        if isinstance(told, Message):
            return message_entry(told)
        return {"type": "chat", "at": time_shown(told.started_at), "chat": chat_document(self._store, told)}

    def _chat(self, company_id: CompanyId, chat_id: ChatId) -> Chat:
        chat = self._store.chats.get(chat_id)
        if chat is None or chat.company_id != company_id:
            raise ChatNotFound()
        return chat

    def _messages(self, chat: Chat) -> Sequence[Message]:
        return [row.message for row in self._store.messages.where("chat", chat.id)]

    def _visible(self, company_id: CompanyId, viewer: Actor) -> Sequence[Chat]:
        chats = self._store.chats.where("company", company_id)
        return [chat for chat in chats if may_attend(viewer, chat.attendant_id, chat.department_id)]

    def _holds(self, chat: Chat, viewer: Actor, where: ChatFilter) -> bool:
        return (
            (where.category is None or chat.status is _STATUS[where.category])
            and (not where.mine or chat.attendant_id == viewer.user_id)
            and (where.department_id is None or chat.department_id == where.department_id)
            and (where.client_id is None or chat.client_id == where.client_id)
            and (where.search is None or self._found(where.search, chat.client_id))
        )

    def _found(self, search: str, client_id: ClientId) -> bool:
        client, parts = self._store.clients.rows[client_id], wanted(search)
        return parts is not None and not client.is_gone and holds(parts, client.sought)


def _place(chat: Chat) -> Place:
    return chat.last_message.at if chat.last_message else chat.started_at, chat.id


def _closing_key(each: tuple[datetime, UUID, Chat]) -> tuple[str, ...]:
    return each[0].isoformat(), str(each[1])


def _cursor(chat: Chat) -> Cursor:
    at, chat_id = _place(chat)
    return Cursor(key=(at.isoformat(), str(chat_id)))


def _place_in(cursor: Cursor) -> Place:
    try:
        at, chat_id = cursor.key
        moment, last = datetime.fromisoformat(at), UUID(chat_id)
    except ValueError as error:
        raise InvalidCursor() from error
    if moment.tzinfo is None:
        raise InvalidCursor()
    return moment, last


def _moment(told: Told) -> tuple[datetime, int, int, UUID]:
    match told:
        case Message():
            return told.at, 1, told.seq, told.id
        case Note():
            return told.created_at, 3, 0, told.id
    return told.at, 0 if isinstance(told, ChatOpened) else 2, told.version, told.chat_id


def _time(told: Chat | Message) -> tuple[datetime, int, int, UUID]:
    return (told.at, 1, told.seq, told.id) if isinstance(told, Message) else (told.started_at, 0, 0, told.id)


def _time_key(told: Chat | Message) -> tuple[str, ...]:
    at, *rest = _time(told)
    return (at.isoformat(), *map(str, rest))
