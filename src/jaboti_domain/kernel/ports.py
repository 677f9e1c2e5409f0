"""What every subdomain needs from outside."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from types import TracebackType
from typing import Protocol, Self
from uuid import UUID

from attrs import frozen

from jaboti_domain.kernel.deeds import Deed
from jaboti_domain.kernel.events import Position, Recorded
from jaboti_domain.kernel.ids import CompanyId


class Clock(Protocol):
    """Says what time it is: aware, in UTC, in whole milliseconds (what every store and the wire keep)."""

    def __call__(self) -> datetime: ...


class UnitOfWork(Protocol):
    """One transaction for one company.

    Entering begins it. `commit` keeps everything that was saved, together with the events of the saved aggregates,
    which get the next numbers of their company's stream; only then are they announced. Leaving without a commit
    undoes everything. What `get` and `find_for_update...` hand out is locked until the unit ends.

    When a command is under way (kernel.commands) a company's unit notes it at its commit, once.
    """

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    async def commit(self) -> None:
        """Keep it. Raises StaleVersion when an aggregate was changed by another unit since it was loaded.

        Raises CommandRepeated, and keeps nothing, when the command under way was noted before.
        """
        ...


class AuditTrail(Protocol):
    """A company's audit log, as those write it who change something."""

    async def add(self, *deeds: Deed) -> None:
        """Keep them at the commit, in this order, after all that was kept before."""
        ...

    async def forget(self, *, subject: str, subject_id: UUID) -> None:
        """At the commit, forget `before` and `after` of all deeds done to this; the rest of them stays, and verifies.

        To be called together with an added deed `ANONYMIZED` of the same subject, which explains it.
        """
        ...


class AuditedUnitOfWork(UnitOfWork, Protocol):
    """A unit of work in which deeds are kept together with what they changed."""

    @property
    def audit(self) -> AuditTrail: ...


@frozen(kw_only=True)
class Rate:
    """So many times within a stretch of time; `name` keeps what is counted apart from what is not."""

    name: str
    times: int
    per: timedelta


@frozen(kw_only=True)
class Allowance:
    """What is left of a rate after a use, and after how many seconds more of it comes back."""

    is_allowed: bool
    remaining: int
    reset_after: float


class RateLimiter(Protocol):
    """Counts uses, over all processes where it can. It answers also when what it counts with is away."""

    async def use(self, rate: Rate, key: str) -> Allowance:
        """Count one more use of `key`; one beyond the rate is not allowed, and not counted."""
        ...

    async def forget(self, rate: Rate, key: str) -> None:
        """Begin to count anew."""
        ...


class Notifier(Protocol):
    """Carries the word that a company's stream grew. Losing a word delays readers, it never loses them an event."""

    async def announce(self, events: Sequence[Recorded]) -> None:
        """Tell every listener of this company. Called after the commit; never raises."""
        ...

    def listen(self) -> AbstractAsyncContextManager[AsyncIterator[Sequence[Recorded]]]:
        """All that is announced from now on, for every company, in the order in which each company's events follow."""
        ...


class EventStream(Protocol):
    """Reads a company's events in the order in which they were committed: 1, 2, 3, ... without a gap."""

    async def head(self, company_id: CompanyId) -> Position:
        """The position of the newest event; seq 0 before the first."""
        ...

    async def after(self, company_id: CompanyId, seq: int, *, limit: int) -> Sequence[Recorded] | None:
        """The events that follow `seq`, oldest first, at most `limit`; None when the history kept begins later."""
        ...
