"""Runs the errands: messages and read receipts on their way to the platforms."""

import asyncio
import time
from collections import Counter, defaultdict
from datetime import timedelta

import structlog
from attrs import define, field

from jaboti_domain.chat.use_cases.parcels import Delivery, Parcel
from jaboti_domain.integration.errors import NotTried, OutcomeUnknown
from jaboti_domain.kernel.errors import Unavailable
from jaboti_domain.kernel.ids import CompanyId, IntegrationId
from jaboti_entrypoints.application import Application

log = structlog.get_logger(__name__)
POLL = timedelta(seconds=1)
AWAY = 1.0
LEASE = 10.0
"""So many seconds after the claim a delivery is broken off, long before the parcel may be given to somebody else."""
HANDING = 40.0
PER_INTEGRATION = 32
"""So many at once at most, and never more than half of what the others leave: who is slow does not take every place."""


@define(kw_only=True)
class Dispatcher:
    """Claims while there is room, delivers side by side, settles what has come back in batches."""

    application: Application
    at_once: int
    lease: float = LEASE
    handing: float = HANDING
    """So many seconds after the claim a file is no longer waited for."""
    _stopping: bool = field(default=False, init=False)
    _under_way: defaultdict[CompanyId, Counter[IntegrationId]] = field(factory=lambda: defaultdict(Counter), init=False)
    _tasks: set[asyncio.Task[None]] = field(factory=set, init=False)
    _done: asyncio.Queue[Delivery] = field(factory=asyncio.Queue, init=False)
    _moved: asyncio.Event = field(factory=asyncio.Event, init=False)

    async def run(self) -> None:
        """Until `stop`, and then until all that was claimed is settled. A store that is away is waited for."""
        settler = asyncio.create_task(self._settle_all())
        try:
            while not self._stopping:
                await self._patiently_claim()
            await asyncio.gather(*self._tasks)
            await self._done.join()
        finally:
            settler.cancel()
            await asyncio.gather(settler, return_exceptions=True)

    def stop(self) -> None:
        """Claim nothing more."""
        self._stopping = True
        self._moved.set()

    async def _patiently_claim(self) -> None:
        self._moved.clear()
        try:
            if not await self._claim():
                await self._rest()
        except Unavailable:
            log.warning("dispatcher.store_away")
            await asyncio.sleep(AWAY)
        except Exception:
            log.exception("dispatcher.claiming_failed")
            await asyncio.sleep(AWAY)

    async def _rest(self) -> None:
        """Until something was queued, or what follows a settled delivery in its lane may go."""
        news = [
            asyncio.create_task(self.application.outbox.wait(at_most=POLL)),
            asyncio.create_task(self._moved.wait()),
        ]
        await asyncio.wait(news, return_when=asyncio.FIRST_COMPLETED)
        for each in news:
            each.cancel()
        await asyncio.gather(*news, return_exceptions=True)

    async def _claim(self) -> int:
        if self._room <= 0:
            await self._moved.wait()
            return 1
        claimed = 0
        for company_id in await self.application.outbox.companies_waiting(limit=32):
            claimed += await self._claim_of(company_id)
        return claimed

    @property
    def _room(self) -> int:
        return self.at_once - sum(each.total() for each in self._under_way.values())

    async def _claim_of(self, company_id: CompanyId) -> int:
        places = max(1, min(PER_INTEGRATION, self._room // 2))
        taken = self._under_way[company_id]
        busy = [integration_id for integration_id, count in taken.items() if count >= places]
        most = max((count for count in taken.values() if count < places), default=0)
        errands = min(places - most, self._room)
        if errands <= 0:
            return 0
        claimed_at = time.monotonic()
        parcels = await self.application.claim_errands(company_id, errands=errands, passing_over=busy)
        taken.update(parcel.integration.id for parcel in parcels)
        for parcel in parcels:
            task = asyncio.create_task(self._deliver(parcel, claimed_at))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return len(parcels)

    async def _deliver(self, parcel: Parcel, claimed_at: float) -> None:
        delivery = await self._delivered(parcel, claimed_at)
        outcome = delivery.failure.code if delivery.failure else "channel.accepted"
        self.application.metrics.deliveries.labels(outcome).inc()
        if delivery.failure is not None:
            log.info(
                "dispatcher.failed",
                integration_id=str(parcel.integration.id),
                code=delivery.failure.error_code,
                kind=delivery.failure.code,
            )
        self._done.put_nowait(delivery)

    async def _delivered(self, parcel: Parcel, claimed_at: float) -> Delivery:
        """A file may take its time until the platform has it; the message with it has its lease from then on.

        A message that takes its file along has the time of both.
        """
        patience = claimed_at + self.handing
        ready = await self._handed_over(parcel, until=patience)
        if isinstance(ready, Delivery):
            return ready
        if ready.outbound is not None and ready.outbound.file is not None:
            return await self._sent(ready, until=patience)
        began = claimed_at if ready is parcel else time.monotonic()
        return await self._sent(ready, until=began + self.lease)

    async def _handed_over(self, parcel: Parcel, *, until: float) -> Parcel | Delivery:
        try:
            async with asyncio.timeout(max(0.0, until - time.monotonic())):
                return await self.application.hand_over(parcel)
        except TimeoutError:
            late = NotTried(error_code="file_too_slow", title="The file did not get to the platform in time")
            return Delivery(parcel=parcel, failure=late)

    async def _sent(self, parcel: Parcel, *, until: float) -> Delivery:
        def fence() -> None:
            """A process that was asleep goes on where it was before it notices any timeout."""
            if time.monotonic() >= until:
                raise NotTried(error_code="too_late", title="The claim is too old")

        try:
            fence()
            async with asyncio.timeout(until - time.monotonic()):
                return await self.application.deliver(parcel, fence=fence)
        except NotTried as late:
            return Delivery(parcel=parcel, failure=late)
        except TimeoutError:
            return Delivery(parcel=parcel, failure=OutcomeUnknown(error_code="cut_off", title="The claim is too old"))

    async def _settle_all(self) -> None:
        while True:
            deliveries = [await self._done.get()]
            while not self._done.empty():
                deliveries.append(self._done.get_nowait())
            by_company: defaultdict[CompanyId, list[Delivery]] = defaultdict(list)
            for delivery in deliveries:
                by_company[delivery.parcel.integration.company_id].append(delivery)
            await asyncio.gather(*(self._settle(company_id, some) for company_id, some in by_company.items()))

    async def _settle(self, company_id: CompanyId, deliveries: list[Delivery]) -> None:
        """What can't be written down falls due again by itself, as unsure."""
        try:
            await self._patiently_settle(company_id, deliveries)
        except Exception:
            log.exception("dispatcher.settling_failed", company_id=str(company_id), deliveries=len(deliveries))
        for delivery in deliveries:
            self._leave(company_id, delivery.parcel.integration.id)
            self._done.task_done()
        self._moved.set()

    def _leave(self, company_id: CompanyId, integration_id: IntegrationId) -> None:
        taken = self._under_way[company_id]
        taken[integration_id] -= 1
        if not taken[integration_id]:
            del taken[integration_id]
        if not taken:
            del self._under_way[company_id]

    async def _patiently_settle(self, company_id: CompanyId, deliveries: list[Delivery]) -> None:
        while True:
            try:
                await self.application.settle_deliveries(company_id, deliveries)
                return
            except Unavailable:
                log.warning("dispatcher.settling_waits", company_id=str(company_id), deliveries=len(deliveries))
                await asyncio.sleep(AWAY)
