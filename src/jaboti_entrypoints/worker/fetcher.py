"""Fetches the files that came with messages."""

import asyncio
from collections import Counter

import structlog
from attrs import define, field

from jaboti_domain.chat.use_cases.fetch import ExpectedFile
from jaboti_domain.kernel.errors import Unavailable
from jaboti_domain.kernel.ids import CompanyId, IntegrationId
from jaboti_domain.media.model import MediaState
from jaboti_entrypoints.application import Application

log = structlog.get_logger(__name__)
POLL = 1.0
BEATS = 40
"""Thirds of a lease after which a file takes too long."""


@define(kw_only=True)
class Fetcher:
    """Several at once, of one integration never more than half of them: who is slow does not take every place."""

    application: Application
    at_once: int
    poll: float = POLL
    _stopping: bool = field(default=False, init=False)
    _moved: asyncio.Event = field(factory=asyncio.Event, init=False)
    _under_way: Counter[IntegrationId] = field(factory=Counter, init=False)
    _tasks: set[asyncio.Task[None]] = field(factory=set, init=False)

    async def run(self) -> None:
        """Until `stop`; what is under way then is broken off, and falls due again. A store that is away is awaited."""
        try:
            while not self._stopping:
                await self._patiently_claim()
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def stop(self) -> None:
        """Fetch nothing more."""
        self._stopping = True
        self._moved.set()

    async def _patiently_claim(self) -> None:
        self._moved.clear()
        try:
            if await self._claim():
                return
        except Unavailable:
            log.warning("fetcher.store_away")
        except Exception:
            log.exception("fetcher.claiming_failed")
        await self._rest()

    async def _rest(self) -> None:
        try:
            async with asyncio.timeout(self.poll):
                await self._moved.wait()
        except TimeoutError:
            return

    async def _claim(self) -> int:
        claimed = 0
        if self._room > 0:
            for company_id in await self.application.media_queue.companies_waiting(limit=32):
                claimed += await self._claim_of(company_id)
        return claimed

    @property
    def _room(self) -> int:
        return self.at_once - self._under_way.total()

    async def _claim_of(self, company_id: CompanyId) -> int:
        places = max(1, self.at_once // 2)
        busy = [integration_id for integration_id, count in self._under_way.items() if count >= places]
        most = max((count for count in self._under_way.values() if count < places), default=0)
        room = min(self._room, places - most)
        if room <= 0:
            return 0
        files = await self.application.claim_files(company_id, at_most=room, passing_over=busy)
        for expected in files:
            self._under_way[expected.integration.id] += 1
            task = asyncio.create_task(self._fetch(expected))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return len(files)

    async def _fetch(self, expected: ExpectedFile) -> None:
        integration_id = str(expected.integration.id)
        try:
            state = await self._fetched(expected)
            log.info("fetcher.fetched", integration_id=integration_id, status=state.value if state else "left")
        except asyncio.CancelledError:
            await self._give_back(expected)
            raise
        except Unavailable:
            log.warning("fetcher.file_waits", integration_id=integration_id)
        except Exception:
            log.exception("fetcher.fetching_failed", integration_id=integration_id)
        finally:
            self._leave(expected.integration.id)

    async def _fetched(self, expected: ExpectedFile) -> MediaState | None:
        """How it stands with it now; None when it is somebody else's by now, or takes too long."""
        beat = self.application.claim_files.lease.total_seconds() / 3
        fetching = asyncio.create_task(self.application.fetch_file(expected))
        try:
            for _ in range(BEATS):
                await asyncio.wait([fetching], timeout=beat)
                if fetching.done():
                    return await fetching
                if not await self._is_ours(expected):
                    return None
        finally:
            fetching.cancel()
            await asyncio.gather(fetching, return_exceptions=True)
        return None

    async def _is_ours(self, expected: ExpectedFile) -> bool:
        """A store that is away says nothing against it."""
        try:
            return await self.application.claim_files.renew(expected)
        except Unavailable:
            return True

    async def _give_back(self, expected: ExpectedFile) -> None:
        """Whoever stops lets nobody wait for the end of the lease."""
        try:
            await self.application.claim_files.give_back(expected)
        except Exception as error:
            log.warning("fetcher.not_given_back", error=type(error).__name__)

    def _leave(self, integration_id: IntegrationId) -> None:
        self._under_way[integration_id] -= 1
        if not self._under_way[integration_id]:
            del self._under_way[integration_id]
        self._moved.set()
