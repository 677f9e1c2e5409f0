"""A signal between those who queue something and those who work it off."""

import asyncio
from collections.abc import Callable
from datetime import timedelta


class Signal:
    """Stays given until somebody noticed it, so that none is missed between looking and waiting."""

    def __init__(self, pass_on: Callable[[], None] | None = None) -> None:
        """`pass_on` tells other processes that it was given here."""
        self._given = asyncio.Event()
        self._pass_on = pass_on

    def give(self) -> None:
        """Wake everyone who waits, here and elsewhere."""
        self.wake()
        if self._pass_on is not None:
            self._pass_on()

    def wake(self) -> None:
        """Wake everyone who waits here."""
        self._given.set()

    async def wait(self, *, at_most: timedelta) -> None:
        """Return when it was given since the last time somebody noticed, or after the time."""
        try:
            async with asyncio.timeout(at_most.total_seconds()):
                await self._given.wait()
        except TimeoutError:
            return
        self._given.clear()
