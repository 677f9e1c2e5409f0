"""Locks on rows: each waits for their turn, and nobody for themselves."""

import asyncio

import pytest

from jaboti_adapters.memory.locks import Holder, RowLocks
from jaboti_domain.kernel.errors import Unavailable

A, B = ("chat", 1), ("chat", 2)


async def test_a_row_has_one_holder_until_it_is_released() -> None:
    locks, one, other = RowLocks(), Holder(), Holder()
    await locks.take(one, [A])
    assert locks.try_take(one, A)
    assert not locks.try_take(other, A)
    locks.release(one)
    assert locks.try_take(other, A)


async def test_whoever_waits_gets_their_turn() -> None:
    locks, holders = RowLocks(), [Holder() for _ in range(3)]
    order = []

    async def use(number: int) -> None:
        await locks.take(holders[number], [B, A])
        await asyncio.sleep(0)
        order.append(number)
        locks.release(holders[number])

    await asyncio.gather(*(use(number) for number in range(3)))
    assert order == [0, 1, 2]
    assert locks.is_free(A)


async def test_a_deadlock_is_refused_instead_of_waited_for() -> None:
    locks, one, other = RowLocks(), Holder(), Holder()
    await locks.take(one, [A])
    await locks.take(other, [B])
    waiting = asyncio.create_task(locks.take(one, [B]))
    await asyncio.sleep(0)
    with pytest.raises(Unavailable):
        await locks.take(other, [A])
    locks.release(other)
    await waiting


async def test_whoever_gives_up_waiting_holds_nobody_up() -> None:
    locks, one, other = RowLocks(), Holder(), Holder()
    await locks.take(one, [A])
    waiting = asyncio.create_task(locks.take(other, [A]))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    locks.release(one)
    assert locks.is_free(A)
