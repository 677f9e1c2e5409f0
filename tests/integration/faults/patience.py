"""Waiting for what is to come, in time."""

import asyncio
import time
from collections.abc import Awaitable, Callable


async def comes(wanted: Callable[[], Awaitable[bool]], *, within: float, every: float = 0.02) -> bool:
    """Whether it comes to be so in time; asked again and again."""
    deadline = time.monotonic() + within
    while not await wanted():
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(every)
    return True


async def eventually(wanted: Callable[[], Awaitable[bool]], *, within: float, what: str, every: float = 0.02) -> None:
    """Wait until it is so; AssertionError when that takes too long."""
    assert await comes(wanted, within=within, every=every), f"not within {within} s: {what}"


async def until(wanted: Callable[[], bool], *, within: float, what: str) -> None:
    """The same for what can be seen at once."""

    async def seen() -> bool:
        return wanted()

    await eventually(seen, within=within, what=what, every=0.002)
