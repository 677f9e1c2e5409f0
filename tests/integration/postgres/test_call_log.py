"""The call log is a log: nobody waits for it, and a server that is away costs it at most what there is no room for."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest

from jaboti_adapters.contracts.builders import a_call
from jaboti_adapters.contracts.calls import ids
from jaboti_adapters.contracts.scene import Scene
from jaboti_adapters.postgres import calls
from jaboti_adapters.postgres.calls import PostgresCallLog
from jaboti_adapters.postgres.engine import Database
from jaboti_domain.integration.queries import CallFilter
from tests.integration.postgres.on_postgres import postgres_backend

if TYPE_CHECKING:
    import asyncpg

    Connection = asyncpg.Connection[asyncpg.Record]

TRANSACTIONS = "SELECT count(DISTINCT xmin::text) FROM call_log"


@pytest.fixture
async def scene(database: Database) -> Scene:
    return await Scene.set_in(postgres_backend(database))


@pytest.fixture
async def nowhere() -> AsyncIterator[Database]:
    """A server that is away."""
    async with Database.open("postgresql://jaboti_app@127.0.0.1:9/jaboti") as database:
        yield database


async def test_calls_are_written_together_and_by_themselves(
    scene: Scene, database: Database, superuser: "Connection"
) -> None:
    log = PostgresCallLog(database)
    for _ in range(300):
        log.note(a_call(scene.integration))
    await written(log)
    assert await superuser.fetchval("SELECT count(*) FROM call_log") == 300
    assert await superuser.fetchval(TRANSACTIONS) == 1


async def test_noting_takes_microseconds(scene: Scene, database: Database) -> None:
    log, call = PostgresCallLog(database), a_call(scene.integration)
    began = time.perf_counter()
    for _ in range(1_000):
        log.note(call)
    assert time.perf_counter() - began < 0.1


async def test_calls_of_several_companies_go_together(
    scene: Scene, database: Database, superuser: "Connection"
) -> None:
    other, log = await Scene.set_in(scene.backend), PostgresCallLog(database)
    for each in (scene, other):
        log.note(a_call(each.integration))
    await log.flush()
    assert await superuser.fetchval(TRANSACTIONS) == 1
    assert [len(await ids(each)) for each in (scene, other)] == [1, 1]


async def test_without_a_server_so_many_wait_and_the_rest_is_counted(scene: Scene, nowhere: Database) -> None:
    log = PostgresCallLog(nowhere, room=10)
    for _ in range(15):
        log.note(a_call(scene.integration))
    assert log.dropped == 5
    await log.flush()
    assert log.dropped == 15


async def test_what_waited_for_the_server_is_written_when_it_is_back(
    scene: Scene, database: Database, nowhere: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls, "EVERY", 0.01)
    monkeypatch.setattr(calls, "AWAY", 0.01)
    log = PostgresCallLog(nowhere)
    log.note(a_call(scene.integration))
    await asyncio.sleep(0.1)
    log.note(a_call(scene.integration))
    log._database = database
    await written(log)
    assert (len(await ids(scene)), log.dropped) == (2, 0)


async def test_a_batch_that_was_written_without_our_knowing_is_there_once(scene: Scene, database: Database) -> None:
    log, call = PostgresCallLog(database), a_call(scene.integration)
    for _ in range(2):
        log.note(call)
        await log.flush()
    assert (await ids(scene), log.dropped) == ([str(call.id)], 0)


async def test_an_odd_call_is_dropped_and_harms_no_later_one(scene: Scene, database: Database) -> None:
    log = PostgresCallLog(database)
    log.note(a_call(scene.integration, error="\x00\ud800"))
    await log.flush()
    log.note(a_call(scene.integration))
    await log.flush()
    assert len(await ids(scene)) + log.dropped == 2


async def test_flushing_beside_the_writer_writes_nothing_twice(
    scene: Scene, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls, "EVERY", 0)
    log = PostgresCallLog(database)
    for _ in range(20):
        for _ in range(10):
            log.note(a_call(scene.integration))
        await asyncio.gather(log.flush(), log.flush())
    assert log.dropped == 0
    page = await scene.backend.call_reads.page(scene.company_id, where=CallFilter(), after=None, limit=500)
    assert page.items.count(b'"kind"') == 200


async def written(log: PostgresCallLog) -> None:
    """Until the writer has nothing left to write."""
    assert log._writer is not None
    await asyncio.wait_for(log._writer, 10)
