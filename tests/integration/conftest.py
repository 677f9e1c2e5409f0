"""A real PostgreSQL for the tests of this folder: one server for the session, empty at the beginning of each test."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest

from jaboti_adapters.postgres.embedded import EmbeddedPostgres
from jaboti_adapters.postgres.engine import Database
from jaboti_adapters.postgres.migrations import migrate
from tests.integration.redis_server import RedisServer

_EMPTY = """
DO $$
DECLARE named text;
BEGIN
    SET LOCAL session_replication_role = replica;
    FOR named IN
        SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT IN ('alembic_version', 'rate')
    LOOP
        EXECUTE format('DELETE FROM %I', named);
    END LOOP;
END
$$
"""


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedPostgres]:
    """The server, migrated."""
    with (
        tempfile.TemporaryDirectory(prefix="jaboti-") as directory,
        EmbeddedPostgres(Path(directory) / "pg") as server,
    ):
        asyncio.run(migrate(server.owner_url))
        yield server


@pytest.fixture
async def superuser(postgres: EmbeddedPostgres) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """A connection that nothing binds, for looking behind the scenes."""
    connection = await asyncpg.connect(postgres.superuser_url)
    yield connection
    await connection.close()


@pytest.fixture
async def database(
    postgres: EmbeddedPostgres, superuser: "asyncpg.Connection[asyncpg.Record]"
) -> AsyncIterator[Database]:
    """The application's way in; nothing is in the tables."""
    await superuser.execute(_EMPTY)
    async with Database.open(postgres.app_url) as opened:
        yield opened


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    """A Redis of the test's own, empty."""
    with RedisServer(tmp_path) as server:
        yield server
