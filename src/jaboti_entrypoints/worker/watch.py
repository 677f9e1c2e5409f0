"""Looks after something once a minute."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog
from attrs import define, field

from jaboti_domain.kernel.errors import Unavailable

log = structlog.get_logger(__name__)
EVERY = 60.0


@define(kw_only=True)
class Watch:
    """Looks, and looks again."""

    name: str
    look: Callable[[], Awaitable[object]]
    every: float = EVERY
    _stopped: asyncio.Event = field(factory=asyncio.Event, init=False)

    async def run(self) -> None:
        """Until `stop`. A store that is away is waited for."""
        while not self._stopped.is_set():
            try:
                await self.look()
            except Unavailable:
                log.warning(f"{self.name}.store_away")
            except Exception:
                log.exception(f"{self.name}.watching_failed")
            with suppress(TimeoutError):
                async with asyncio.timeout(self.every):
                    await self._stopped.wait()

    def stop(self) -> None:
        """Look no more."""
        self._stopped.set()
