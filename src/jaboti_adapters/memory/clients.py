"""Clients."""

from collections.abc import Collection, Mapping, Sequence

from attrs import evolve, frozen

from jaboti_adapters.memory.transaction import Transaction
from jaboti_domain.client.document import Document
from jaboti_domain.client.errors import ClientNotFound
from jaboti_domain.client.identity import ChannelIdentity
from jaboti_domain.client.model import Client
from jaboti_domain.client.ports import ClientRepository
from jaboti_domain.kernel.ids import ClientId


@frozen
class MemoryClients(ClientRepository):
    """Of one unit of work."""

    _transaction: Transaction

    async def get(self, client_id: ClientId) -> Client:
        await self._transaction.lock("client", [client_id])
        found = await self.find([client_id])
        if client_id not in found or found[client_id].removed_at is not None:
            raise ClientNotFound()
        return found[client_id]

    async def find(self, client_ids: Collection[ClientId]) -> Mapping[ClientId, Client]:
        rows = (self._transaction.store.clients.get(client_id) for client_id in client_ids)
        return {row.id: evolve(row) for row in rows if row and row.company_id == self._transaction.company_id}

    async def find_by_identities(self, identities: Collection[ChannelIdentity]) -> Sequence[Client]:
        rows = await self._transaction.locked("client", lambda: self._named(identities))
        return [evolve(row) for row in rows]

    async def find_alike(
        self,
        *,
        documents: Collection[Document] = (),
        identities: Collection[ChannelIdentity] = (),
        emails: Collection[str] = (),
    ) -> Sequence[Client]:
        rows = await self._transaction.locked("client", lambda: self._with(documents, emails) + self._named(identities))
        return [evolve(row) for _, row in sorted({row.id: row for row in rows}.items())]

    async def save(self, *clients: Client) -> None:
        for client in clients:
            self._transaction.save(self._transaction.store.clients, client.id, client)

    def _named(self, identities: Collection[ChannelIdentity]) -> list[Client]:
        names = ((self._transaction.company_id, i.kind, i.key) for i in identities)
        rows = (self._transaction.store.clients.named(name) for name in names)
        return list({row.id: row for row in rows if row}.values())

    def _with(self, documents: Collection[Document], emails: Collection[str]) -> list[Client]:
        clients, company_id = self._transaction.store.clients, self._transaction.company_id
        owners = [clients.named((company_id, document), rule=1) for document in documents]
        writers = [row for email in set(emails) for row in clients.where("email", (company_id, email))]
        return [row for row in [*owners, *writers] if row and not row.is_gone]
