"""What clients need from outside."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from jaboti_domain.client.identity import ChannelIdentity
from jaboti_domain.client.model import Client
from jaboti_domain.kernel.ids import ClientId
from jaboti_domain.kernel.ports import AuditedUnitOfWork


class ClientRepository(Protocol):
    """A company's clients. Those that were merged into another are only found by their id."""

    async def get(self, client_id: ClientId) -> Client:
        """Raises ClientNotFound."""
        ...

    async def find(self, client_ids: Collection[ClientId]) -> Mapping[ClientId, Client]:
        """Those that exist."""
        ...

    async def find_by_identities(self, identities: Collection[ChannelIdentity]) -> Sequence[Client]:
        """Every client that is known by at least one of these names, compared by (kind, key); locked, each once."""
        ...

    async def save(self, *clients: Client) -> None:
        """Keep them at the commit. Raises ClientExists at the commit when another client has one of the names."""
        ...


class ClientUnitOfWork(AuditedUnitOfWork, Protocol):
    """What the use cases of clients open."""

    @property
    def clients(self) -> ClientRepository: ...
