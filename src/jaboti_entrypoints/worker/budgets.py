"""Watches what messages cost."""

import asyncio
from contextlib import suppress

import structlog
from attrs import define, field

from jaboti_domain.kernel.errors import Unavailable
from jaboti_entrypoints.application import Application

log = structlog.get_logger(__name__)
EVERY = 60.0


@define(kw_only=True)
class BudgetWatch:
    """Holds every company's spending against its budget, once a minute."""

    application: Application
    every: float = EVERY
    _stopped: asyncio.Event = field(factory=asyncio.Event, init=False)

    async def run(self) -> None:
        """Until `stop`. A store that is away is waited for."""
        while not self._stopped.is_set():
            try:
                await self.application.watch_budgets()
            except Unavailable:
                log.warning("budgets.store_away")
            except Exception:
                log.exception("budgets.watching_failed")
            with suppress(TimeoutError):
                async with asyncio.timeout(self.every):
                    await self._stopped.wait()

    def stop(self) -> None:
        """Look no more."""
        self._stopped.set()
