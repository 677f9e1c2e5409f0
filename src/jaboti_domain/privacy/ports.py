"""What forgetting needs from outside."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from jaboti_domain.client.ports import ClientRepository
from jaboti_domain.company.retention import Held, Retention
from jaboti_domain.kernel.ids import ClientId, CompanyId
from jaboti_domain.kernel.ports import AuditedUnitOfWork
from jaboti_domain.privacy.model import Batch, Mark, Person, Receipt, RetentionRun, Trace


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


class Holdings(Protocol):
    """What a company holds, as far as it grows old."""

    async def retention(self) -> Retention:
        """How long the company wants to keep what; not locked. Raises CompanyNotFound."""
        ...

    async def run(self, *, at: datetime) -> RetentionRun | None:
        """The run that is under way, or one that begins now; locked until the unit ends. None: another unit has it."""
        ...

    async def keep(self, run: RetentionRun) -> None:
        """Keep it at the commit: under way, or ended."""
        ...

    async def look(self, held: Held, *, before: datetime, after: Mark | None, at_most: int) -> Batch:
        """What `remove` would take now, counted; nothing is locked."""
        ...

    async def remove(self, held: Held, *, before: datetime, after: Mark | None, at_most: int) -> Batch:
        """Of the things that follow `after`, look at about so many, and at the commit those from before are gone.

        What is owed stays, however old: a chat that is open, or in which something waits to be sent or nobody knows
        whether it was; what a platform told and has not had its effect. What somebody else has locked stays until the
        next time. Messages stay without their words, and in the count each of them is one; of the journal the key
        stays as a hash, by which a repetition is known, until its own time.
        """
        ...


class RetentionReads(Protocol):
    """Whose turn it is."""

    async def due(self, *, before: datetime, limit: int) -> Sequence[CompanyId]:
        """Companies whose last run ended before, who never had one, or whose run is under way; longest ago first."""
        ...


class PrivacyUnitOfWork(AuditedUnitOfWork, Protocol):
    """What the use cases of privacy open."""

    @property
    def clients(self) -> ClientRepository: ...

    @property
    def traces(self) -> PersonTraces: ...

    @property
    def receipts(self) -> Receipts: ...

    @property
    def holdings(self) -> Holdings: ...
