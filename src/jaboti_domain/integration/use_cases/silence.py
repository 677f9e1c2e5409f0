"""Who has been silent for long is asked whether there was something to hear."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta

from attrs import frozen

from jaboti_domain.integration.errors import SendingFailed
from jaboti_domain.integration.messaging import Platform
from jaboti_domain.integration.model import Integration
from jaboti_domain.integration.ports.channels import Reconciling
from jaboti_domain.integration.ports.stores import IntegrationDirectory
from jaboti_domain.integration.queries import CallReads
from jaboti_domain.integration.use_cases.intake import CatchUp
from jaboti_domain.kernel.ids import IntegrationId
from jaboti_domain.kernel.ports import Clock, Rate, RateLimiter

SILENCE = timedelta(minutes=15)
AT_ONCE = 8
"""So many are asked side by side: one that hangs does not keep the others waiting."""
FURTHEST = timedelta(days=7)
OVERLAP = timedelta(minutes=1)
"""Clocks differ, and what was under way when we were last told may have been lost."""


@frozen(kw_only=True)
class BreakSilence:
    """Platforms that can be asked, and told us nothing for a while, are asked what they have had since.

    It may be that nothing happened, that we were away, or that the platform gave up telling us: asking is cheap, and
    what is known already changes nothing. An integration that never told us anything is left alone: what was there
    before it was connected is nobody's business.
    """

    directory: IntegrationDirectory
    reconcilers: Mapping[Platform, Reconciling]
    call_reads: CallReads
    catch_up: CatchUp
    limiter: RateLimiter
    clock: Clock
    silence: timedelta = SILENCE

    async def __call__(self) -> int:
        """Returns how many items were new. Each integration is asked once in that time, by one of all processes.

        What nobody foresaw at one of them is raised after all were asked.
        """
        places, ids = asyncio.Semaphore(AT_ONCE), await self.directory.active_on(self.reconcilers)
        new = await asyncio.gather(*(self._ask(each, places) for each in ids), return_exceptions=True)
        failed = [each for each in new if isinstance(each, BaseException)]
        if failed:
            raise failed[0]
        return sum(each for each in new if isinstance(each, int))

    async def _ask(self, integration_id: IntegrationId, places: asyncio.Semaphore) -> int:
        async with places:
            integration = await self.directory.by_id(integration_id)
            return await self._ask_silent(integration) if integration is not None else 0

    async def _ask_silent(self, integration: Integration) -> int:
        at, last = self.clock(), await self.call_reads.last(integration.company_id, integration.id)
        if last.inbound_at is None or at - last.inbound_at < self.silence:
            return 0
        turn = Rate(name="catch-up", times=1, per=self.silence)
        if not (await self.limiter.use(turn, str(integration.id))).is_allowed:
            return 0
        since = max(last.inbound_at - OVERLAP, at - FURTHEST)
        try:
            return await self.catch_up(integration.id, since=since)
        except SendingFailed:
            await self.limiter.forget(turn, str(integration.id))
            return 0
