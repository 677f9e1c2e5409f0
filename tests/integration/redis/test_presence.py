"""Who is there, as several processes see it by Redis."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta

import pytest

from jaboti_adapters.contracts.presence import GRACE, Boards, PresenceContract, change, heard
from jaboti_adapters.redis import presence
from jaboti_adapters.redis.bus import RedisBus
from jaboti_adapters.redis.presence import RedisPresence
from jaboti_domain.identity.ports import PresenceBoard
from jaboti_domain.kernel.ids import CompanyId, UserId, new_id
from tests.integration.faults.patience import eventually
from tests.integration.redis_server import RedisServer


@pytest.fixture
def company_id() -> CompanyId:
    return CompanyId(new_id())


@pytest.fixture
def ana() -> UserId:
    return UserId(new_id())


class Process:
    """One that may die: a board with its own connections."""

    def __init__(self) -> None:
        self._stack = AsyncExitStack()

    async def begin(self, url: str, *, grace: timedelta = GRACE) -> PresenceBoard:
        bus = await self._stack.enter_async_context(RedisBus.open(url))
        return await self._stack.enter_async_context(RedisPresence.open(bus, grace=grace))

    async def end(self) -> None:
        await self._stack.aclose()


@pytest.fixture
async def boards(redis: RedisServer) -> AsyncIterator[Boards]:
    processes = [Process(), Process()]
    one, other = [await process.begin(redis.url) for process in processes]
    await asyncio.sleep(0.1)
    yield one, other
    for process in processes:
        await process.end()


class TestRedisPresence(PresenceContract):
    @pytest.fixture
    async def boards(self, boards: Boards) -> Boards:
        return boards


async def test_many_who_come_and_go_at_once_are_counted_rightly(
    boards: Boards, company_id: CompanyId, ana: UserId
) -> None:
    async def visit(board: PresenceBoard) -> None:
        async with board.connected(company_id, ana):
            await asyncio.sleep(0.01)

    async with boards[0].connected(company_id, ana):
        await asyncio.gather(*(visit(board) for board in boards for _ in range(10)))
        await asyncio.sleep(GRACE.total_seconds() + 0.2)
        assert set(await boards[1].online(company_id)) == {ana}
    await asyncio.sleep(GRACE.total_seconds() + 0.2)
    assert set(await boards[1].online(company_id)) == set()


async def test_a_process_that_dies_takes_its_connections_with_it(
    redis: RedisServer, company_id: CompanyId, ana: UserId, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence, "BEAT", 0.1)
    monkeypatch.setattr(presence, "DEAD_AFTER", 0.4)
    dying, staying = Process(), Process()
    first, other = await dying.begin(redis.url), await staying.begin(redis.url)
    await asyncio.sleep(0.1)
    async with other.changes() as changes:
        await first.connected(company_id, ana).__aenter__()
        await dying.end()
        assert await heard(changes, 2) == [change(company_id, ana, True), change(company_id, ana, False)]
    assert set(await other.online(company_id)) == set()
    await staying.end()


async def test_what_redis_forgot_is_said_again(
    redis: RedisServer, company_id: CompanyId, ana: UserId, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence, "BEAT", 0.5)
    here, there = Process(), Process()
    one, other = await here.begin(redis.url), await there.begin(redis.url)
    async with one.connected(company_id, ana), RedisBus.open(redis.url) as bus:
        await bus.redis.flushall()
        assert set(await other.online(company_id)) == set()

        async def seen_again() -> bool:
            return set(await other.online(company_id)) == {ana}

        await eventually(seen_again, within=5, what="to be online again")
    await here.end()
    await there.end()


async def test_while_redis_is_away_everybody_counts_as_they_last_did(
    redis: RedisServer, company_id: CompanyId, ana: UserId
) -> None:
    process = Process()
    board = await process.begin(redis.url)
    async with board.connected(company_id, ana):
        assert set(await board.online(company_id)) == {ana}
        redis.stop()
        assert set(await board.online(company_id)) == {ana}
        async with board.connected(company_id, UserId(new_id())):
            await board.say(company_id, ana, online=False)
        assert set(await board.online(company_id)) == {ana}
        redis.start()
    await process.end()
