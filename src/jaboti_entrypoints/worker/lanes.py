"""Drains the journal."""

import asyncio
from datetime import timedelta

import structlog
from attrs import define, field

from jaboti_domain.kernel.errors import Unavailable
from jaboti_domain.kernel.ids import CompanyId
from jaboti_entrypoints.application import Application

log = structlog.get_logger(__name__)
POLL = timedelta(seconds=1)
LANES_TAKEN = timedelta(milliseconds=20)
"""How long to wait when all lanes that are due are in somebody else's hands."""
AWAY = 1.0


@define(kw_only=True)
class LaneWorker:
    """Takes companies in turn, several at once, until it is stopped."""

    application: Application
    at_once: int
    _stopping: bool = field(default=False, init=False)

    async def run(self) -> None:
        """Until `stop`, and then to the end of what was begun. A store that is away is waited for."""
        while not self._stopping:
            try:
                await self._round()
            except Unavailable:
                log.warning("lanes.store_away")
                await asyncio.sleep(AWAY)
            except Exception:
                log.exception("lanes.round_failed")
                await asyncio.sleep(AWAY)

    def stop(self) -> None:
        """Begin nothing more."""
        self._stopping = True

    async def _round(self) -> None:
        waiting = await self.application.journal.companies_waiting(limit=self.at_once * 8)
        if not waiting:
            await self.application.journal.wait(at_most=POLL)
        elif not await self._drain(list(waiting)):
            await self.application.journal.wait(at_most=LANES_TAKEN)

    async def _drain(self, companies: list[CompanyId]) -> int:
        companies.reverse()
        counts = await asyncio.gather(*(self._drain_some(companies) for _ in range(min(self.at_once, len(companies)))))
        return sum(counts)

    async def _drain_some(self, companies: list[CompanyId]) -> int:
        done = 0
        while companies and not self._stopping:
            looked_at = await self.application.drain_journal(companies.pop())
            self.application.metrics.entries.inc(looked_at)
            done += looked_at
        return done
