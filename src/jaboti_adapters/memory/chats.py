"""Chats and their messages."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from attrs import evolve, frozen

from jaboti_adapters.memory.store import MessageRow
from jaboti_adapters.memory.transaction import Transaction
from jaboti_domain.chat.errors import ChatNotFound, MessageNotFound
from jaboti_domain.chat.message import Message, SenderType
from jaboti_domain.chat.model import Chat
from jaboti_domain.chat.ports import ChatRepository, MessageRepository, Pair, ProviderId
from jaboti_domain.kernel.forgetting import forgotten
from jaboti_domain.kernel.ids import ChatId, ClientId, MessageId, UserId


@frozen
class MemoryChats(ChatRepository):
    """Of one unit of work."""

    _transaction: Transaction

    async def get(self, chat_id: ChatId) -> Chat:
        found = await self.find([chat_id])
        if chat_id not in found:
            raise ChatNotFound()
        return found[chat_id]

    async def find(self, chat_ids: Collection[ChatId]) -> Mapping[ChatId, Chat]:
        rows = await self._locked(lambda: map(self._transaction.store.chats.get, chat_ids))
        return {row.id: row for row in rows}

    async def find_open(self, pairs: Collection[Pair]) -> Mapping[Pair, Chat]:
        return await self._find_of_pairs(pairs, self._open)

    async def find_last_closed(self, pairs: Collection[Pair]) -> Mapping[Pair, Chat]:
        return await self._find_of_pairs(pairs, self._last_closed)

    async def find_of_client(self, client_ids: Collection[ClientId]) -> Sequence[Chat]:
        rows = await self._locked(lambda: (row for client_id in client_ids for row in self._of(client_id)))
        return sorted(rows, key=_age)

    async def find_attended_by(self, user_id: UserId) -> Sequence[Chat]:
        chats, company_id = self._transaction.store.chats, self._transaction.company_id
        rows = await self._locked(
            lambda: (row for row in chats.where("company", company_id) if row.is_open and row.attendant_id == user_id)
        )
        return sorted(rows, key=_age)

    async def count_unread(self, chat_id: ChatId, *, after: int) -> int:
        return sum(message.seq > after for message in _of_client(self._transaction, chat_id))

    async def save(self, *chats: Chat) -> None:
        for chat in chats:
            self._transaction.save(self._transaction.store.chats, chat.id, chat)

    async def _find_of_pairs(self, pairs: Collection[Pair], which: Callable[[Pair], Chat | None]) -> dict[Pair, Chat]:
        rows = await self._locked(lambda: map(which, pairs))
        return {(row.client_id, row.integration_id): row for row in rows}

    async def _locked(self, look: Callable[[], Iterable[Chat | None]]) -> list[Chat]:
        def own() -> list[Chat]:
            return [row for row in look() if row and row.company_id == self._transaction.company_id]

        return [evolve(row) for row in await self._transaction.locked("chat", own)]

    def _of(self, client_id: ClientId) -> list[Chat]:
        return self._transaction.store.chats.where("client", (self._transaction.company_id, client_id))

    def _open(self, pair: Pair) -> Chat | None:
        return self._transaction.store.chats.named((self._transaction.company_id, *pair))

    def _last_closed(self, pair: Pair) -> Chat | None:
        closed = (row for row in self._of(pair[0]) if row.integration_id == pair[1] and not row.is_open)
        return max(closed, key=_age, default=None)


@frozen
class MemoryMessages(MessageRepository):
    """Of one unit of work."""

    _transaction: Transaction

    async def find(self, message_ids: Collection[MessageId]) -> Mapping[MessageId, Message]:
        rows = await self._locked(lambda: map(self._transaction.store.messages.get, message_ids))
        return {row.id: self._copy(row) for row in rows}

    async def find_by_provider(self, ids: Collection[ProviderId]) -> Mapping[ProviderId, Message]:
        rows = await self._locked(lambda: (self._named(each) for each in ids))
        return {(row.integration_id, row.message.provider_id or ""): self._copy(row) for row in rows}

    async def find_forgotten(self, ids: Collection[ProviderId]) -> Mapping[ProviderId, Message]:
        hashes = {(integration_id, forgotten(name)): (integration_id, name) for integration_id, name in ids}
        return {hashes[name]: one for name, one in (await self.find_by_provider(hashes)).items()}

    async def find_by_client_key(self, chat_id: ChatId, client_key: str) -> Message | None:
        row = self._transaction.store.messages.named((chat_id, client_key), rule=1)
        return self._copy(row) if row and self._is_own(row) else None

    async def get_in_chat(self, chat_id: ChatId, message_id: MessageId) -> Message:
        row = self._transaction.store.messages.get(message_id)
        if row is None or row.message.chat_id != chat_id or not self._is_own(row):
            raise MessageNotFound()
        return self._copy(row)

    async def newest_of_client(self, chat_id: ChatId, *, up_to: int) -> Message | None:
        rows = [message for message in _of_client(self._transaction, chat_id) if message.seq <= up_to]
        return self._copy(self._transaction.store.messages.rows[rows[-1].id]) if rows else None

    async def save(self, *messages: Message) -> None:
        for message in messages:
            self._transaction.save(self._transaction.store.messages, message.id, message)

    async def _locked(self, look: Callable[[], Iterable[MessageRow | None]]) -> Collection[MessageRow]:
        return await self._transaction.locked(
            "message", lambda: [row for row in look() if row is not None and self._is_own(row)]
        )

    def _named(self, name: ProviderId) -> MessageRow | None:
        messages = self._transaction.store.messages
        return messages.named((*name, False)) or messages.named((*name, True))

    def _is_own(self, row: MessageRow) -> bool:
        return row.message.company_id == self._transaction.company_id

    def _copy(self, row: MessageRow) -> Message:
        return evolve(row.message, audience=self._transaction.store.chats.rows[row.message.chat_id].audience)


def _age(chat: Chat) -> tuple[object, ...]:
    return chat.started_at, chat.id


def _of_client(transaction: Transaction, chat_id: ChatId) -> Iterable[Message]:
    for row in transaction.store.messages.where("chat", chat_id):
        if row.message.sender_type is SenderType.CLIENT and row.message.company_id == transaction.company_id:
            yield row.message
