"""What is old enough goes."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from attrs import frozen

from jaboti_domain.company.retention import Held, Retention
from jaboti_domain.identity.ports import IdentityUnitOfWork
from jaboti_domain.kernel.deeds import Deed
from jaboti_domain.kernel.ids import CompanyId
from jaboti_domain.kernel.ports import Clock, Rate, RateLimiter
from jaboti_domain.media.use_cases import SweepFiles
from jaboti_domain.privacy.model import Batch, Mark, RetentionRun
from jaboti_domain.privacy.ports import PrivacyUnitOfWork, RetentionReads

AT_ONCE = 500
"""Things that are looked at in one transaction: so few that nobody waits long for what it has locked."""
DAY = timedelta(days=1)
COMPANIES_AT_ONCE = 1000

Removed = Mapping[Held, int]


@frozen(kw_only=True)
class ApplyRetention:
    """What a company wants to keep no longer goes, in small transactions; one entry in its audit log tells of it."""

    new_uow: Callable[[CompanyId], PrivacyUnitOfWork]
    sweep_files: SweepFiles
    clock: Clock
    at_once: int = AT_ONCE

    async def __call__(self, company_id: CompanyId) -> Removed | None:
        """How many of each kind have gone; None while another process is at it.

        One that broke off is gone on with: what is gone is gone, and counted in the entry. Raises CompanyNotFound.
        """
        at = self.clock()
        async with self.new_uow(company_id) as uow:
            retention, run = await uow.holdings.retention(), await uow.holdings.run(at=at)
            if run is None:
                return None
            await uow.holdings.keep(run)
            await uow.commit()
        for held, before in retention.cutoffs(at):
            if not await self._removed(run, held, before):
                return None
        await self.sweep_files(company_id)
        return await self._end(run, retention)

    async def preview(self, company_id: CompanyId) -> Removed:
        """How many of each kind would go; nothing is touched. Raises CompanyNotFound."""
        async with self.new_uow(company_id) as uow:
            retention = await uow.holdings.retention()
        counts = Counter[Held]()
        for held, before in retention.cutoffs(self.clock()):
            after: Mark | None = None
            while (batch := await self._looked_at(company_id, held, before, after)).last is not None:
                counts[held] += batch.count
                after = batch.last
        return +counts

    async def _looked_at(self, company_id: CompanyId, held: Held, before: datetime, after: Mark | None) -> Batch:
        async with self.new_uow(company_id) as uow:
            return await uow.holdings.look(held, before=before, after=after, at_most=self.at_once)

    async def _removed(self, mine: RetentionRun, held: Held, before: datetime) -> bool:
        """Whether all of it could be removed, and nobody else took over meanwhile."""
        after: Mark | None = None
        while True:
            async with self.new_uow(mine.company_id) as uow:
                run = await uow.holdings.run(at=mine.began_at)
                if run is None or run.began_at != mine.began_at:
                    return False
                batch = await uow.holdings.remove(held, before=before, after=after, at_most=self.at_once)
                run.took(held, batch.count)
                await uow.holdings.keep(run)
                await uow.commit()
            if batch.last is None:
                return True
            after = batch.last

    async def _end(self, mine: RetentionRun, retention: Retention) -> Removed | None:
        at = self.clock()
        async with self.new_uow(mine.company_id) as uow:
            run = await uow.holdings.run(at=mine.began_at)
            if run is None or run.began_at != mine.began_at:
                return None
            run.end(at=at)
            await uow.holdings.keep(run)
            if run.removed:
                await uow.audit.add(_deed(run, retention, at))
            await uow.commit()
        return run.removed


@frozen(kw_only=True)
class KeepHouse:
    """Once a day what is too old goes, of every company; and records of who signed in, which belong to none."""

    apply_retention: ApplyRetention
    new_identity_uow: Callable[[], IdentityUnitOfWork]
    retention_reads: RetentionReads
    limiter: RateLimiter
    clock: Clock
    sessions_kept: timedelta
    every: timedelta = DAY

    async def __call__(self) -> int:
        """Returns of how many companies something was looked at. What fails for one is raised after all had a turn."""
        failed = list[Exception]()
        companies = await self.retention_reads.due(before=self.clock() - self.every, limit=COMPANIES_AT_ONCE)
        for company_id in companies:
            try:
                await self.apply_retention(company_id)
            except Exception as error:
                failed.append(error)
        if (await self.limiter.use(Rate(name="housekeeping", times=1, per=self.every), "sessions")).is_allowed:
            await self.forget_sessions()
        if failed:
            raise failed[0]
        return len(companies)

    async def forget_sessions(self) -> int:
        """Records of sessions that are over, and were used last longer ago than they have to be kept; how many went."""
        before, gone = self.clock() - self.sessions_kept, 0
        while True:
            async with self.new_identity_uow() as uow:
                count = await uow.sessions.forget(used_before=before, at_most=AT_ONCE)
                await uow.commit()
            gone += count
            if count < AT_ONCE:
                return gone


def _deed(run: RetentionRun, retention: Retention, at: datetime) -> Deed:
    removed = {held.value: count for held, count in run.removed.items()}
    return Deed(
        at=at,
        action="retention.applied",
        actor_id=None,
        actor_name="jaboti",
        subject="company",
        subject_id=run.company_id,
        before={"retention": retention.record()},
        after={"removed": removed},
    )
