"""A process that is killed while it removes what is old leaves the rest, and the account of it, to the next one."""

import asyncio
import sys
from base64 import b64encode
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import pytest

from bench.process import running
from jaboti_adapters.contracts.audit import shown
from jaboti_adapters.contracts.scene import Scene
from jaboti_adapters.postgres.embedded import EmbeddedPostgres
from jaboti_adapters.postgres.engine import Database
from tests.integration.faults.patience import eventually
from tests.integration.postgres.on_postgres import KEYS, postgres_backend

if TYPE_CHECKING:
    import asyncpg

    Connection = asyncpg.Connection[asyncpg.Record]

CALLS = 30_000
OLD_CALLS = """
    INSERT INTO call_log (company_id, at, id, integration_id, platform, direction, kind, outcome, latency_ms)
    SELECT $1, now() - interval '1 year', gen_random_uuid(), $1, '', '', '', '', 1 FROM generate_series(1, $2::int)
"""
LEFT = "SELECT count(*) FROM call_log"


TRIES = 3
"""Where the server lets a process wait too long, it says so and ends; whoever called it calls it again."""


async def _either(process: asyncio.subprocess.Process, holds: Callable[[], Awaitable[bool]]) -> bool:
    return process.returncode is not None or await holds()


@pytest.fixture
async def scene(database: Database) -> Scene:
    """A company."""
    return await Scene.set_in(postgres_backend(database))


async def test_what_a_killed_process_began_another_ends(
    scene: Scene, postgres: EmbeddedPostgres, superuser: "Connection"
) -> None:
    await superuser.execute(OLD_CALLS, scene.company_id, CALLS)
    words = (sys.executable, "-m", "jaboti_entrypoints", "retention", "run", "--company", str(scene.company_id))
    env = {
        "JABOTI_DATABASE_URL": postgres.app_url,
        "JABOTI_TOKEN_KEYS": f"test:{b64encode(KEYS['test']).decode()}",
        "JABOTI_VAULT_KEYS": f"test:{b64encode(KEYS['test']).decode()}",
    }

    async def is_at_it() -> bool:
        return int(await superuser.fetchval(LEFT)) < CALLS

    for _ in range(TRIES):
        async with running(*words, env=env) as first:
            await eventually(lambda: _either(first, is_at_it), within=60, what="something goes", every=0.002)
            if first.returncode is None:
                first.kill()
                await first.wait()
        if await is_at_it():
            break
    assert 0 < await superuser.fetchval(LEFT) < CALLS
    assert await shown(scene) == []
    async with running(*words, env=env) as second:
        assert await asyncio.wait_for(second.wait(), 120) == 0
    (entry,) = await shown(scene)
    assert (entry["action"], entry["after"]) == ("retention.applied", {"removed": {"callLog": CALLS}})
    assert await superuser.fetchval(LEFT) == 0
