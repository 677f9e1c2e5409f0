"""What a company holds, as far as it grows old."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from attrs import evolve, frozen

from jaboti_adapters.memory.aging import AGING, Place
from jaboti_adapters.memory.store import MemoryStore
from jaboti_adapters.memory.transaction import Transaction
from jaboti_domain.company.errors import CompanyNotFound
from jaboti_domain.company.retention import Held, Retention
from jaboti_domain.kernel.ids import CompanyId
from jaboti_domain.privacy.model import Batch, Mark, RetentionRun
from jaboti_domain.privacy.ports import Holdings, RetentionReads


@frozen
class MemoryHoldings(Holdings):
    """Of one unit of work."""

    _transaction: Transaction

    async def retention(self) -> Retention:
        company = self._transaction.store.companies.get(self._transaction.company_id)
        if company is None:
            raise CompanyNotFound()
        return company.retention

    async def run(self, *, at: datetime) -> RetentionRun | None:
        company_id = self._transaction.company_id
        if not self._transaction.try_lock(("retention", company_id, company_id)):
            return None
        known = self._transaction.store.runs.get(company_id)
        if known is None or known.ended_at is not None:
            return RetentionRun(company_id=company_id, began_at=at)
        return evolve(known)

    async def keep(self, run: RetentionRun) -> None:
        self._transaction.then(partial(self._transaction.store.runs.__setitem__, run.company_id, evolve(run)))

    async def look(self, held: Held, *, before: datetime, after: Mark | None, at_most: int) -> Batch:
        marks, _ = self._next(held, before, after, at_most)
        return Batch(count=len(marks), last=marks[-1] if marks else None)

    async def remove(self, held: Held, *, before: datetime, after: Mark | None, at_most: int) -> Batch:
        marks, things = self._next(held, before, after, at_most)
        if things:
            self._transaction.then(partial(AGING[held].remove, self._place, things))
        return Batch(count=len(marks), last=marks[-1] if marks else None)

    @property
    def _place(self) -> Place:
        return Place(self._transaction.store, self._transaction.company_id)

    def _next(
        self, held: Held, before: datetime, after: Mark | None, at_most: int
    ) -> tuple[Sequence[Mark], Sequence[Any]]:
        old = sorted(AGING[held].old(self._place, before), key=lambda each: each[0])
        following = [each for each in old if after is None or each[0] > after][:at_most]
        return [mark for mark, _ in following], [thing for _, thing in following]


@frozen
class MemoryRetentionReads(RetentionReads):
    """Always of this moment."""

    _store: MemoryStore

    async def due(self, *, before: datetime, limit: int) -> Sequence[CompanyId]:
        ended = {company_id: self._ended_at(company_id) for company_id in self._store.companies.rows}
        never = sorted(company_id for company_id, at in ended.items() if at is None)
        past = sorted((at, company_id) for company_id, at in ended.items() if at is not None and at < before)
        return [*never, *(company_id for _, company_id in past)][:limit]

    def _ended_at(self, company_id: CompanyId) -> datetime | None:
        run = self._store.runs.get(company_id)
        return run.ended_at if run else None
