"""A signal between those who queue something and those who work it off, in one process."""

import asyncio
from datetime import timedelta


class Signal:
    """Stays given until somebody noticed it, so that none is missed between looking and waiting."""

    def __init__(self) -> None:
        self._given = asyncio.Event()

    def give(self) -> None:
        """Wake everyone who waits."""
        self._given.set()

    async def wait(self, *, at_most: timedelta) -> None:
        """Return when it was given since the last time somebody noticed, or after the time."""
        try:
            async with asyncio.timeout(at_most.total_seconds()):
                await self._given.wait()
        except TimeoutError:
            return
        self._given.clear()
