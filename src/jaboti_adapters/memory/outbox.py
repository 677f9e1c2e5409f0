"""The outbound lanes, of all companies and as one unit of work sees them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from functools import partial

from attrs import frozen

from jaboti_adapters.memory.errands import ErrandRow
from jaboti_adapters.memory.store import MemoryStore
from jaboti_adapters.memory.transaction import Transaction
from jaboti_domain.chat.model import Chat
from jaboti_domain.chat.ports import (
    Errand,
    ErrandKind,
    OutboundRepository,
    Outbox,
    OutboxAccount,
    Pair,
    Postponement,
    Settlement,
)
from jaboti_domain.kernel.ids import ChatId, CompanyId, IntegrationId, MessageId


@frozen
class MemoryOutbox(Outbox):
    """Of all companies."""

    _store: MemoryStore

    async def companies_waiting(self, *, limit: int) -> Sequence[CompanyId]:
        at = self._store.clock()
        due = (self._store.errands.due(company_id, at=at) for company_id in self._store.errands.companies())
        longest = sorted((rows[0] for rows in due if rows), key=ErrandRow.place)
        return [row.company_id for row in longest[:limit]]

    async def wait(self, *, at_most: timedelta) -> None:
        await self._store.errands.bell.wait(at_most=at_most)

    async def account(self) -> OutboxAccount:
        return self._store.errands.account()


@frozen
class MemoryOutbound(OutboundRepository):
    """Of one unit of work."""

    _transaction: Transaction

    async def claim(
        self, *, errands: int, unsure_after: timedelta, passing_over: Collection[IntegrationId] = ()
    ) -> Sequence[Errand]:
        store, claimed = self._transaction.store, list[Errand]()
        for row in store.errands.due(self._transaction.company_id, at=store.clock()):
            lane = ("errand", row.chat_id)
            if store.chats.rows[row.chat_id].integration_id in passing_over:
                continue
            if len(claimed) < errands and store.locks.is_free(lane) and self._is_heard_out(row):
                self._transaction.try_lock(lane)
                self._transaction.then(partial(self._mark, row, unsure_after))
                claimed.append(self._errand(row))
        return claimed

    async def postpone(self, postponements: Collection[Postponement]) -> None:
        self._transaction.then(partial(self._postpone, tuple(postponements)))

    async def under_way(self, pairs: Collection[Pair]) -> Mapping[Pair, Sequence[MessageId]]:
        store, found = self._transaction.store, dict[Pair, list[MessageId]]()
        for row in store.errands.of_company(self._transaction.company_id):
            chat = store.chats.rows[row.chat_id]
            pair = (chat.client_id, chat.integration_id)
            if pair in pairs and row.is_unsure and row.kind is ErrandKind.MESSAGE:
                found.setdefault(pair, []).append(row.message_id)
        return found

    async def add_read(self, chat: Chat, message_id: MessageId) -> None:
        self._transaction.then(partial(self._add_read, chat.id, message_id))

    async def settle(self, settlements: Collection[Settlement]) -> None:
        self._transaction.then(partial(self._settle, tuple(settlements)))

    async def drop(self, message_ids: Collection[MessageId]) -> None:
        self._transaction.then(partial(self._drop, tuple(message_ids)))

    def _errand(self, row: ErrandRow) -> Errand:
        chat = self._transaction.store.chats.rows[row.chat_id]
        return Errand(
            id=row.id,
            chat_id=row.chat_id,
            client_id=chat.client_id,
            integration_id=chat.integration_id,
            kind=row.kind,
            message_id=row.message_id,
            attempt=row.attempt + 1,
            unsure=row.is_unsure,
        )

    def _is_heard_out(self, row: ErrandRow) -> bool:
        """Whether what the platform said before the errand fell due was read."""
        waiting = self._transaction.store.entries.pending(self._transaction.company_id)
        return not row.is_unsure or all(entry.entry.received_at > row.due_at for entry in waiting)

    def _mark(self, row: ErrandRow, unsure_after: timedelta) -> None:
        row.claimed(until=self._transaction.store.clock() + unsure_after)

    def _add_read(self, chat_id: ChatId, message_id: MessageId) -> None:
        store = self._transaction.store
        store.errands.add(self._transaction.company_id, chat_id, ErrandKind.READ, message_id, at=store.clock())

    def _settle(self, settlements: Collection[Settlement]) -> None:
        store = self._transaction.store
        for settlement in settlements:
            store.errands.settle(self._transaction.company_id, settlement, at=store.clock())

    def _postpone(self, postponements: Collection[Postponement]) -> None:
        store = self._transaction.store
        for postponement in postponements:
            store.errands.postpone(postponement, at=store.clock())

    def _drop(self, message_ids: Collection[MessageId]) -> None:
        store = self._transaction.store
        for message_id in message_ids:
            if row := store.messages.get(message_id):
                store.errands.drop(self._transaction.company_id, row.message.chat_id, message_id)
