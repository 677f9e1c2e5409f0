"""The journal, and its lanes as one unit of work sees them."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from attrs import frozen

from jaboti_adapters.memory.entries import EntryRow
from jaboti_adapters.memory.locks import Key
from jaboti_adapters.memory.store import MemoryStore
from jaboti_adapters.memory.transaction import Transaction
from jaboti_domain.integration.ports.journal import Arrival, Entry, Journal, JournalAccount, LaneRepository, Verdict
from jaboti_domain.kernel.ids import CompanyId, IntegrationId


@frozen
class MemoryJournal(Journal):
    """Of all companies."""

    _store: MemoryStore

    async def append(self, arrivals: Sequence[Arrival]) -> int:
        new = sum(self._store.entries.add(arrival, at=self._store.clock()) for arrival in arrivals)
        if new:
            self._store.entries.bell.ring()
        return new

    async def companies_waiting(self, *, limit: int) -> Sequence[CompanyId]:
        waits = {company_id: self._longest_wait(company_id) for company_id in self._store.entries.companies()}
        ranked = sorted((wait, company_id) for company_id, wait in waits.items() if wait is not None)
        return [company_id for _, company_id in ranked[:limit]]

    async def wait(self, *, at_most: timedelta) -> None:
        await self._store.entries.bell.wait(at_most=at_most)

    async def mend(self) -> int:
        """A lane is the entries that are in it."""
        return 0

    async def account(self) -> JournalAccount:
        return self._store.entries.account()

    def _longest_wait(self, company_id: CompanyId) -> tuple[object, int] | None:
        at = self._store.clock()
        free = (
            row
            for row in self._store.entries.pending(company_id)
            if row.due_at <= at and self._store.locks.is_free(_lane(row))
        )
        return min(((row.due_at, row.entry.id) for row in free), default=None)


@frozen
class MemoryLanes(LaneRepository):
    """Of one unit of work."""

    _transaction: Transaction

    async def claim(self, *, lanes: int, entries: int) -> Sequence[Entry]:
        at, taken, claimed = self._transaction.store.clock(), set[Key](), list[Entry]()
        for row in self._transaction.store.entries.pending(self._transaction.company_id):
            if len(claimed) == entries:
                break
            lane = _lane(row)
            if row.due_at > at or (lane not in taken and len(taken) == lanes):
                continue
            if self._transaction.try_lock(lane):
                taken.add(lane)
                claimed.append(row.entry)
        return claimed

    async def raw_of(self, integration_id: IntegrationId, event_key: str) -> bytes | None:
        entries = (row.entry for row in self._transaction.store.entries.of_company(self._transaction.company_id))
        found = (each for each in entries if (each.integration_id, each.event_key) == (integration_id, event_key))
        return next((each.raw or None for each in found), None)

    async def claim_entry(self, entry_id: int) -> Entry | None:
        row = self._transaction.store.entries.find(self._transaction.company_id, entry_id)
        return row.entry if row and self._transaction.try_lock(_lane(row)) else None

    async def settle(self, verdicts: Sequence[Verdict]) -> None:
        self._transaction.then(partial(self._settle, tuple(verdicts)))

    def _settle(self, verdicts: Sequence[Verdict]) -> None:
        store = self._transaction.store
        for verdict in verdicts:
            store.entries.settle(self._transaction.company_id, verdict, at=store.clock())


def _lane(row: EntryRow) -> Key:
    return ("lane", row.entry.company_id, *row.lane)
