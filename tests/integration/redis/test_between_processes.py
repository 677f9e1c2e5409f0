"""What processes tell one another by Redis, and what they do without."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from datetime import timedelta

import pytest
from attrs import frozen

from jaboti_adapters.contracts.builders import now
from jaboti_adapters.contracts.notifier import NotifierContract
from jaboti_adapters.memory.limits import CountedUses
from jaboti_adapters.memory.notifier import InProcessNotifier
from jaboti_adapters.redis.bus import RedisBus
from jaboti_adapters.redis.limits import RedisLimiter
from jaboti_adapters.redis.notifier import RedisNotifier
from jaboti_adapters.redis.revocations import RedisRevocations
from jaboti_domain.kernel.events import Audience, Recorded
from jaboti_domain.kernel.ids import CompanyId, SessionId, UserId, new_id
from jaboti_domain.kernel.ports import Rate
from tests.integration.faults.patience import until
from tests.integration.redis_server import RedisServer

A_FEW = Rate(name="a few", times=3, per=timedelta(minutes=1))


@frozen
class Pair:
    """Two processes, as it were."""

    one: RedisBus
    other: RedisBus


@pytest.fixture
async def pair(redis: RedisServer) -> AsyncIterator[Pair]:
    """Both listening."""
    async with RedisBus.open(redis.url) as one, RedisBus.open(redis.url) as other:
        met = asyncio.Event()

        async def hear(message: bytes) -> None:
            met.set()

        other.on("hello", hear)
        while not met.is_set():
            one.tell("hello", b"")
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.05)
        yield Pair(one, other)


def an_event(seq: int = 1, company_id: CompanyId | None = None) -> Recorded:
    audience = Audience(users=frozenset({UserId(new_id())}))
    company = company_id or CompanyId(new_id())
    return Recorded(
        company_id=company, seq=seq, at=now(), name="chat.read", audience=audience, data=b'{"n": "\xc3\xa7"}'
    )


class TestRedisNotifier(NotifierContract):
    @pytest.fixture
    async def notifier(self, redis: RedisServer) -> AsyncIterator[RedisNotifier]:
        async with RedisBus.open(redis.url) as bus:
            yield RedisNotifier(bus, here=InProcessNotifier())


class TestAnnouncements:
    """What is announced in one process is heard in all of them, once."""

    async def test_they_are_heard_whole_and_in_order_elsewhere(self, pair: Pair) -> None:
        here, there = [RedisNotifier(bus, here=InProcessNotifier()) for bus in (pair.one, pair.other)]
        company_id = CompanyId(new_id())
        events = [an_event(seq, company_id) for seq in range(1, 51)]
        async with there.listen() as heard:
            for first in range(0, 50, 5):
                await here.announce(events[first : first + 5])
            assert await _hear(heard, 50) == events

    async def test_they_are_not_heard_twice_where_they_were_made(self, pair: Pair) -> None:
        here = RedisNotifier(pair.one, here=InProcessNotifier())
        async with here.listen() as heard:
            await here.announce([an_event()])
            await _hear(heard, 1)
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(_hear(heard, 1), 0.3)

    async def test_without_redis_nobody_waits_and_nothing_is_raised(self, redis: RedisServer, pair: Pair) -> None:
        here = RedisNotifier(pair.one, here=InProcessNotifier())
        redis.stop()
        async with here.listen() as heard:
            began = time.perf_counter()
            for seq in range(1, 1001):
                await here.announce([an_event(seq)])
            assert time.perf_counter() - began < 10.0
            assert len(await _hear(heard, 1000)) == 1000

    async def test_they_are_heard_again_when_redis_is_back(self, redis: RedisServer, pair: Pair) -> None:
        here, there = [RedisNotifier(bus, here=InProcessNotifier()) for bus in (pair.one, pair.other)]
        redis.stop()
        await here.announce([an_event()])
        await asyncio.sleep(0.2)
        redis.start()
        event = an_event()
        async with there.listen() as heard:
            hearing = asyncio.create_task(_hear(heard, 1))
            while not hearing.done():
                await here.announce([event])
                await asyncio.sleep(0.1)
        assert event in await hearing


class TestRevocations:
    """A session that is revoked in one process is forgotten in the others."""

    async def test_others_are_told(self, pair: Pair) -> None:
        told: list[SessionId] = []
        RedisRevocations(pair.other).on_told(told.append)
        session_id = SessionId(new_id())
        RedisRevocations(pair.one).tell(session_id)
        await until(lambda: bool(told), within=5, what="word")
        assert told == [session_id]


class TestLimits:
    """Uses are counted over all processes, and by each of them while Redis is away."""

    async def test_processes_count_together(self, redis: RedisServer) -> None:
        async with limiting(redis) as one, limiting(redis) as other:
            allowances = [await each.use(A_FEW, "ana") for each in (one, other, one, other)]
            assert [each.is_allowed for each in allowances] == [True, True, True, False]
            assert [each.remaining for each in allowances] == [2, 1, 0, 0]
            assert 0 < allowances[-1].reset_after <= 60
            assert (await one.use(A_FEW, "bia")).is_allowed

    async def test_what_is_forgotten_is_counted_anew(self, redis: RedisServer) -> None:
        async with limiting(redis) as limiter:
            for _ in range(4):
                await limiter.use(A_FEW, "ana")
            await limiter.forget(A_FEW, "ana")
            assert (await limiter.use(A_FEW, "ana")).remaining == 2

    async def test_without_redis_each_counts_for_itself(self, redis: RedisServer) -> None:
        async with limiting(redis) as limiter:
            await limiter.use(A_FEW, "ana")
            redis.stop()
            began = time.perf_counter()
            assert [(await limiter.use(A_FEW, "ana")).is_allowed for _ in range(4)] == [True, True, True, False]
            assert time.perf_counter() - began < 5.0


def limiting(redis: RedisServer) -> AbstractAsyncContextManager[RedisLimiter]:
    return RedisLimiter.open(redis.url, meanwhile=CountedUses())


async def _hear(heard: AsyncIterator[object], count: int) -> list[Recorded]:
    words: list[Recorded] = []
    async with asyncio.timeout(5):
        while len(words) < count:
            words += await anext(heard)  # type: ignore[arg-type]  # sequences of events
    return words
