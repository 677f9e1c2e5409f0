"""A step of retention reads a few rows, however many there are, as the server plans it in production."""

import json
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest

from jaboti_adapters.contracts.scene import Scene
from jaboti_adapters.postgres.aging import AGING
from jaboti_adapters.postgres.embedded import EmbeddedPostgres
from jaboti_adapters.postgres.engine import SETTINGS, Database
from jaboti_domain.company.retention import Held
from tests.integration.postgres.on_postgres import postgres_backend

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]

ROWS, AT_ONCE = 20_000, 50
MANY: dict[Held, str] = {
    Held.EVENTS: "INSERT INTO event SELECT $1, n + 100, now() - n * interval '1 minute', 'x', '{}', '{}' FROM n",
    Held.CALL_LOG: """
        INSERT INTO call_log (company_id, at, id, integration_id, platform, direction, kind, outcome, latency_ms)
        SELECT $1, now() - n * interval '1 minute', gen_random_uuid(), $1, '', '', '', '', 1 FROM n
    """,
    Held.COMMANDS: """
        INSERT INTO command SELECT $1, gen_random_uuid(), n::text, '', now() - n * interval '1 minute' FROM n
    """,
    Held.JOURNAL: """
        INSERT INTO journal (company_id, integration_id, event_key, lane, raw, received_at, outcome, due_at)
        SELECT $1, $1, 'm:' || n, 'a', '', now() - interval '1 year', 'APPLIED', now() FROM n
    """,
}


@pytest.fixture
async def app(postgres: EmbeddedPostgres) -> AsyncIterator["Connection"]:
    """The application's role, with statements planned as in production."""
    connection = await asyncpg.connect(postgres.app_url, server_settings=SETTINGS)
    yield connection
    await connection.close()


async def step(
    scene: Scene, superuser: "Connection", app: "Connection", held: Held, *, years: int = 0, limit: str = f"{AT_ONCE}"
) -> float:
    """How many rows a step reads where there are many, which are too old after so many years."""
    await superuser.execute(f"WITH n AS (SELECT n FROM generate_series(1, {ROWS}) n) {MANY[held]}", scene.company_id)
    await superuser.execute(f"ANALYZE {AGING[held].table}")
    one = AGING[held]
    before = scene.now() - timedelta(days=365 * years)
    values = {"company_id": scene.company_id, "before": before, **dict(zip(one.key, one.first, strict=True))}
    sql = one.remove(AT_ONCE).sql.replace(f"LIMIT {AT_ONCE}", f"LIMIT {limit}")
    plan = await planned(app, sql, one.remove(AT_ONCE).arguments(values), scene)
    return max(read_by(plan))


@pytest.fixture
async def scene(database: Database) -> Scene:
    """A company."""
    return await Scene.set_in(postgres_backend(database))


@pytest.mark.parametrize("held", MANY)
@pytest.mark.parametrize("years", [0, 9])
async def test_a_step_reads_a_few_rows(
    scene: Scene, superuser: "Connection", app: "Connection", held: Held, years: int
) -> None:
    assert await step(scene, superuser, app, held, years=years) <= 2 * AT_ONCE


async def test_a_step_that_is_planned_without_knowing_how_many_is_found(
    scene: Scene, superuser: "Connection", app: "Connection"
) -> None:
    assert await step(scene, superuser, app, Held.EVENTS, limit=f"(SELECT {AT_ONCE})") > 2 * AT_ONCE


async def planned(app: "Connection", sql: str, arguments: list[object], scene: Scene) -> dict[str, Any]:
    """What the server did for a statement that it had prepared without knowing the values."""
    given = ", ".join(f"'{value}'" for value in arguments)
    async with app.transaction():
        await app.execute(f"SET LOCAL app.company_id = '{scene.company_id}'")
        await app.execute(f"PREPARE step AS {sql}")
        (explained,) = json.loads(await app.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE step ({given})"))
        await app.execute("DEALLOCATE step")
    plan: dict[str, Any] = explained["Plan"]
    return plan


def read_by(plan: dict[str, Any]) -> Iterator[float]:
    """How many rows each part of it gave, and threw away."""
    yield plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)
    for part in plan.get("Plans", ()):
        yield from read_by(part)
