"""What clients need from outside."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from jaboti_domain.client.document import Document
from jaboti_domain.client.identity import ChannelIdentity
from jaboti_domain.client.merging import Merge
from jaboti_domain.client.model import Client
from jaboti_domain.kernel.ids import ClientId
from jaboti_domain.kernel.ports import AuditedUnitOfWork


class ClientRepository(Protocol):
    """A company's clients. Those that were merged into another are only found by their id."""

    async def get(self, client_id: ClientId) -> Client:
        """Locked. Raises ClientNotFound, also for one that was removed."""
        ...

    async def find(self, client_ids: Collection[ClientId]) -> Mapping[ClientId, Client]:
        """Those that exist, also removed ones; not locked."""
        ...

    async def find_alike(
        self,
        *,
        documents: Collection[Document] = (),
        identities: Collection[ChannelIdentity] = (),
        emails: Collection[str] = (),
    ) -> Sequence[Client]:
        """Every client with one of these documents, channel names or e-mail addresses; locked, each once, by id.

        Those that were removed or merged are not among them.
        """
        ...

    async def find_by_identities(self, identities: Collection[ChannelIdentity]) -> Sequence[Client]:
        """Every client that is known by at least one of these names, compared by (kind, key); locked, each once."""
        ...

    async def save(self, *clients: Client) -> None:
        """Keep them at the commit.

        At the commit: ClientExists when another client has one of the names, DocumentTaken when one has the document.
        """
        ...


class MergeRepository(Protocol):
    """What is needed to part a company's merged clients."""

    async def find_last(self, client_id: ClientId, absorbed_id: ClientId) -> Merge | None:
        """The last merge of the second into the first, unless it was undone; locked."""
        ...

    async def save(self, *merges: Merge) -> None:
        """Keep them at the commit."""
        ...


class ClientUnitOfWork(AuditedUnitOfWork, Protocol):
    """What the use cases of clients open."""

    @property
    def clients(self) -> ClientRepository: ...
