"""What forgetting needs from outside."""

from typing import Protocol

from jaboti_domain.client.ports import ClientRepository
from jaboti_domain.kernel.ids import ClientId
from jaboti_domain.kernel.ports import AuditedUnitOfWork
from jaboti_domain.privacy.model import Person, Receipt, Trace


class PersonTraces(Protocol):
    """What a company keeps of persons, wherever it stands."""

    async def person(self, client_id: ClientId) -> Person:
        """Locked until the unit ends, together with what platforms may be telling of them; also one who was removed.

        Raises ClientNotFound, also for one who lives on in another client.
        """
        ...

    async def erase(self, person: Person, trace: Trace) -> int:
        """At the commit nothing of this kind tells who they are; returns how many things did.

        What is counted stays: messages without words, chats with their times, what was paid. What a platform told
        before has no effect when it is told again, and nobody can read out of that who it was about. Live events up to
        the last one about them are forgotten: whoever resumes from before reads their lists again.
        """
        ...


class Receipts(Protocol):
    """What proves a company's erasures."""

    async def find(self, client_id: ClientId) -> Receipt | None: ...

    async def add(self, receipt: Receipt) -> None:
        """Keep it at the commit."""
        ...


class PrivacyUnitOfWork(AuditedUnitOfWork, Protocol):
    """What the use cases of privacy open."""

    @property
    def clients(self) -> ClientRepository: ...

    @property
    def traces(self) -> PersonTraces: ...

    @property
    def receipts(self) -> Receipts: ...
