"""A bell that rang while nobody listened is still heard."""

import asyncio
from datetime import timedelta

from jaboti_adapters.memory.bell import Bell

SOON, NEVER = timedelta(milliseconds=5), timedelta(hours=1)


async def test_what_rang_before_is_heard_once() -> None:
    bell = Bell()
    bell.ring()
    await asyncio.wait_for(bell.wait(at_most=NEVER), timeout=1)
    waiting = asyncio.create_task(bell.wait(at_most=NEVER))
    await asyncio.sleep(0.005)
    assert not waiting.done()
    bell.ring()
    await waiting


async def test_everyone_who_waits_is_woken() -> None:
    bell = Bell()
    waiting = [asyncio.create_task(bell.wait(at_most=NEVER)) for _ in range(3)]
    await asyncio.sleep(0)
    bell.ring()
    await asyncio.wait_for(asyncio.gather(*waiting), timeout=1)


async def test_nobody_waits_longer_than_they_said() -> None:
    await asyncio.wait_for(Bell().wait(at_most=SOON), timeout=1)
