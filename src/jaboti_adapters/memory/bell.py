"""A bell that wakes whoever waits."""

import asyncio
from datetime import timedelta

from attrs import define, field


@define
class Bell:
    """It goes on ringing until somebody heard it."""

    _rung: asyncio.Event = field(factory=asyncio.Event)

    def ring(self) -> None:
        """Wake everyone."""
        self._rung.set()

    async def wait(self, *, at_most: timedelta) -> None:
        """Return when it rang since the last time somebody heard it, or after the time."""
        try:
            async with asyncio.timeout(at_most.total_seconds()):
                await self._rung.wait()
        except TimeoutError:
            return
        self._rung.clear()
