"""What came in by webhook: kept whole, in lanes, until each item has ended."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from attrs import field, frozen

from jaboti_domain.kernel.ids import CompanyId, IntegrationId


class Outcome(StrEnum):
    """How a journalled item ended, or that it has not ended yet."""

    PENDING = "PENDING"
    APPLIED = "APPLIED"
    DUPLICATE = "DUPLICATE"
    IGNORED = "IGNORED"
    DEAD = "DEAD"


@frozen(kw_only=True)
class Arrival:
    """An item to be journalled."""

    company_id: CompanyId
    integration_id: IntegrationId
    event_key: str
    lane: str
    raw: bytes
    outcome: Outcome = Outcome.PENDING
    reason: str | None = None


@frozen(kw_only=True)
class Entry:
    """A journalled item that waits for its turn. `id` rises in the order of arrival."""

    id: int
    company_id: CompanyId
    integration_id: IntegrationId
    event_key: str
    lane: str
    raw: bytes = field(repr=False)
    attempts: int
    received_at: datetime


@frozen(kw_only=True)
class Verdict:
    """What became of an entry: ended, or (PENDING) to be tried again after `wait`."""

    entry_id: int
    outcome: Outcome
    reason: str | None = None
    wait: timedelta = timedelta(0)
    is_about_nobody: bool = False
    """Of what was told only the hash of its key stays, by which it is known when it is told again."""


@frozen(kw_only=True)
class JournalAccount:
    """How many entries stand where: nothing is unaccounted for while `sum(counts)` is what was answered with 200."""

    counts: Mapping[Outcome, int]
    oldest_pending: datetime | None


class Journal(Protocol):
    """Keeps what arrived before it is answered; shared by all companies."""

    async def append(self, arrivals: Sequence[Arrival]) -> int:
        """Keep all of them, durably, or none; returns how many were new.

        An arrival whose (integration, event key) is already kept changes nothing. Raises Unavailable.
        """
        ...

    async def companies_waiting(self, *, limit: int) -> Sequence[CompanyId]:
        """Companies with entries that are due and whose lanes are free, longest waiting first."""
        ...

    async def wait(self, *, at_most: timedelta) -> None:
        """Return when something may have arrived in this process, or after the time."""
        ...

    async def mend(self) -> int:
        """Let entries be found whose lane was forgotten at the moment of their arrival; returns how many lanes."""
        ...

    async def account(self) -> JournalAccount:
        """How many entries of all companies stand where."""
        ...


class LaneRepository(Protocol):
    """The journal as seen from one company's unit of work."""

    async def claim(self, *, lanes: int, entries: int) -> Sequence[Entry]:
        """The due entries of free lanes, in order of arrival, at most so many.

        A lane whose entries were claimed is nobody else's until the unit ends; lanes claimed by others are passed over.
        """
        ...

    async def raw_of(self, integration_id: IntegrationId, event_key: str) -> bytes | None:
        """What came under this key, while its bytes are kept; not locked."""
        ...

    async def claim_entry(self, entry_id: int) -> Entry | None:
        """One entry with its lane, for another try by itself; None when it has ended or its lane is taken."""
        ...

    async def settle(self, verdicts: Sequence[Verdict]) -> None:
        """Write down at the commit what became of them."""
        ...
