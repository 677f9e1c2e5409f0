"""What is kept of persons."""

from collections.abc import Collection, Sequence
from functools import partial
from uuid import UUID

from attrs import evolve, frozen

from jaboti_adapters.memory.erasing import ERASERS, Whom
from jaboti_adapters.memory.transaction import Transaction
from jaboti_domain.chat.model import Chat
from jaboti_domain.client.details import Portrait
from jaboti_domain.client.errors import ClientNotFound
from jaboti_domain.client.model import Client
from jaboti_domain.kernel.ids import ChatId, ClientId, MediaId
from jaboti_domain.privacy.model import Person, Receipt, Trace
from jaboti_domain.privacy.ports import PersonTraces, Receipts


@frozen
class MemoryTraces(PersonTraces):
    """Of one unit of work."""

    _transaction: Transaction

    async def person(self, client_id: ClientId) -> Person:
        family = await self._transaction.locked("client", lambda: self._family(client_id))
        clients = [evolve(row) for row in sorted(family, key=lambda row: row.id != client_id)]
        if not clients or clients[0].merged_into is not None:
            raise ClientNotFound()
        chats = await self._transaction.locked("chat", lambda: self._chats(clients))
        errands = self._transaction.store.errands.of_company(self._transaction.company_id)
        own = {chat.id for chat in chats}
        return Person(
            clients=clients,
            former=self._former(clients),
            chats=[evolve(chat) for chat in chats],
            contents=self._contents(own),
            is_being_written_to=any(row.sending and row.chat_id in own for row in errands),
        )

    async def erase(self, person: Person, trace: Trace) -> int:
        whom = Whom(store=self._transaction.store, company_id=self._transaction.company_id, person=person)
        plan = ERASERS[trace](whom)
        self._transaction.then(plan.effect)
        return plan.count

    def _family(self, client_id: ClientId) -> list[Client]:
        """The client, and all who were merged into them."""
        rows = self._transaction.store.clients.where("company", self._transaction.company_id)
        family = [row for row in rows if row.id == client_id]
        for one in family:
            family += [row for row in rows if row.merged_into == one.id]
        return family

    def _chats(self, clients: Sequence[Client]) -> list[Chat]:
        chats, company_id = self._transaction.store.chats, self._transaction.company_id
        found = [row for client in clients for row in chats.where("client", (company_id, client.id))]
        return sorted(found, key=lambda chat: (chat.started_at, chat.id))

    def _contents(self, chats: Collection[ChatId]) -> Sequence[str]:
        store = self._transaction.store
        files = (row.message.content.file for chat_id in chats for row in store.messages.where("chat", chat_id))
        ids = {MediaId(UUID(file.media_id)) for file in files if file is not None and file.media_id is not None}
        return sorted({row.sha256 for each in ids if (row := store.media.get(each)) is not None and row.sha256})

    def _former(self, clients: Sequence[Client]) -> Sequence[Portrait]:
        ids = {client.id for client in clients}
        merges = self._transaction.store.merges.rows.values()
        absorbed = [each.absorbed for each in merges if each.absorbed_id in ids]
        return [*absorbed, *(each.before for each in merges if each.client_id in ids)]


@frozen
class MemoryReceipts(Receipts):
    """Of one unit of work."""

    _transaction: Transaction

    async def find(self, client_id: ClientId) -> Receipt | None:
        return self._transaction.store.receipts.get((self._transaction.company_id, client_id))

    async def add(self, receipt: Receipt) -> None:
        key = (receipt.company_id, receipt.client_id)
        self._transaction.then(partial(self._transaction.store.receipts.__setitem__, key, receipt))
