"""The journal's entries."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import count

from attrs import define, evolve, field

from jaboti_adapters.memory.bell import Bell
from jaboti_domain.integration.ports.journal import Arrival, Entry, JournalAccount, Outcome, Verdict
from jaboti_domain.kernel.forgetting import FORGOTTEN, forgotten
from jaboti_domain.kernel.ids import CompanyId, IntegrationId


@define(kw_only=True)
class EntryRow:
    """A journalled item, and where it stands."""

    entry: Entry
    outcome: Outcome
    reason: str | None
    due_at: datetime

    @property
    def lane(self) -> tuple[IntegrationId, str]:
        """Which lane it is in."""
        return self.entry.integration_id, self.entry.lane


@define(eq=False)
class Entries:
    """All that ever arrived, each once."""

    bell: Bell = field(factory=Bell)
    _ids: Iterator[int] = field(factory=lambda: count(1))
    _known: dict[tuple[IntegrationId, str], EntryRow] = field(factory=dict)
    _pending: dict[CompanyId, dict[int, EntryRow]] = field(factory=dict)

    def add(self, arrival: Arrival, *, at: datetime) -> bool:
        """Keep it; returns whether it was new."""
        key = (arrival.integration_id, arrival.event_key)
        if key in self._known or (arrival.integration_id, forgotten(arrival.event_key)) in self._known:
            return False
        row = _row(next(self._ids), arrival, at)
        self._known[key] = row
        if row.outcome is Outcome.PENDING:
            self._pending.setdefault(arrival.company_id, {})[row.entry.id] = row
        return True

    def companies(self) -> Sequence[CompanyId]:
        """Those with entries that have not ended."""
        return [company_id for company_id, rows in self._pending.items() if rows]

    def pending(self, company_id: CompanyId) -> Sequence[EntryRow]:
        """What has not ended, in order of arrival."""
        return sorted(self._pending.get(company_id, {}).values(), key=lambda row: row.entry.id)

    def find(self, company_id: CompanyId, entry_id: int) -> EntryRow | None:
        """One that has not ended."""
        return self._pending.get(company_id, {}).get(entry_id)

    def row(self, company_id: CompanyId, entry_id: int) -> EntryRow | None:
        """One, wherever it stands."""
        rows = (row for row in self._known.values() if row.entry.company_id == company_id)
        return next((row for row in rows if row.entry.id == entry_id), None)

    def dead(self, company_id: CompanyId) -> Sequence[EntryRow]:
        """The company's dead ones."""
        rows = self._known.values()
        return [row for row in rows if row.entry.company_id == company_id and row.outcome is Outcome.DEAD]

    def revive(self, company_id: CompanyId, entry_id: int, *, at: datetime) -> None:
        """A dead one is as it was when it arrived."""
        row = self.row(company_id, entry_id)
        if row is not None:
            row.entry, row.outcome, row.reason, row.due_at = evolve(row.entry, attempts=0), Outcome.PENDING, None, at
            self._pending.setdefault(company_id, {})[entry_id] = row
            self.bell.ring()

    def bury(self, company_id: CompanyId, entry_id: int, *, reason: str) -> None:
        """A dead one is done with."""
        row = self.row(company_id, entry_id)
        if row is not None:
            row.outcome, row.reason = Outcome.APPLIED, reason

    def forget(self, company_id: CompanyId, rows: Sequence[EntryRow]) -> None:
        """Keep of these only enough to know them again."""
        for row in rows:
            del self._known[(row.entry.integration_id, row.entry.event_key)]
            row.entry = evolve(row.entry, event_key=forgotten(row.entry.event_key), lane=FORGOTTEN, raw=b"")
            self._known[(row.entry.integration_id, row.entry.event_key)] = row
            if row.outcome in (Outcome.PENDING, Outcome.DEAD):
                row.outcome = Outcome.IGNORED
            row.reason = None
            self._pending.get(company_id, {}).pop(row.entry.id, None)

    def drop(self, rows: Sequence[EntryRow]) -> None:
        """Know these no more."""
        for row in rows:
            del self._known[(row.entry.integration_id, row.entry.event_key)]

    def of_company(self, company_id: CompanyId) -> Sequence[EntryRow]:
        """All of a company's entries."""
        return [row for row in self._known.values() if row.entry.company_id == company_id]

    def account(self) -> JournalAccount:
        """How many of all companies stand where."""
        waiting = [row.entry.received_at for rows in self._pending.values() for row in rows.values()]
        counts = Counter(row.outcome for row in self._known.values())
        return JournalAccount(counts=counts, oldest_pending=min(waiting, default=None))

    def settle(self, company_id: CompanyId, verdict: Verdict, *, at: datetime) -> None:
        """Write down what became of one that has not ended."""
        row = self.find(company_id, verdict.entry_id)
        if row is None:
            return
        row.outcome, row.reason, row.due_at = verdict.outcome, verdict.reason, at + verdict.wait
        row.entry = evolve(row.entry, attempts=row.entry.attempts + 1)
        if verdict.outcome is not Outcome.PENDING:
            del self._pending[company_id][verdict.entry_id]
        if verdict.is_about_nobody:
            self.forget(company_id, [row])


def _row(entry_id: int, arrival: Arrival, at: datetime) -> EntryRow:
    entry = Entry(
        id=entry_id,
        company_id=arrival.company_id,
        integration_id=arrival.integration_id,
        event_key=arrival.event_key,
        lane=arrival.lane,
        raw=arrival.raw,
        attempts=0,
        received_at=at,
    )
    return EntryRow(entry=entry, outcome=arrival.outcome, reason=arrival.reason, due_at=at)
