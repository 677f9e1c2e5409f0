"""A place for each test: a database of its own on the session's server, with two companies in it."""

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest

from jaboti_adapters.postgres.embedded import EmbeddedPostgres
from jaboti_adapters.postgres.migrations import migrate
from tests.integration.faults.site import Site, settled_site
from tests.integration.faults.sizes import SEED
from tests.integration.redis_server import RedisServer

TEMPLATE = "faults_template"
_numbers = itertools.count(1)
_CREATE_TEMPLATE = f"""
CREATE DATABASE {TEMPLATE} OWNER jaboti_owner TEMPLATE template0 ENCODING 'UTF8'
LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C.UTF-8'
"""


@pytest.fixture
def seed() -> int:
    """What the test's plan is made from."""
    return SEED


@asynccontextmanager
async def a_database(postgres: EmbeddedPostgres) -> AsyncIterator[tuple[str, str]]:
    """A migrated, empty one, and the addresses of the application's way in and of the superuser's."""
    name = f"faults_{next(_numbers)}"
    server = await asyncpg.connect(postgres.superuser_url)
    try:
        if not await server.fetchval("SELECT true FROM pg_database WHERE datname = $1", TEMPLATE):
            await server.execute(_CREATE_TEMPLATE)
            await migrate(_of(TEMPLATE, postgres.owner_url))
        await server.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        yield _of(name, postgres.app_url), _of(name, postgres.superuser_url)
        await server.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        await server.close()


@pytest.fixture
async def site(postgres: EmbeddedPostgres, redis: RedisServer, tmp_path: Path) -> AsyncIterator[Site]:
    """The place, empty but for the companies and those who work there."""
    async with a_database(postgres) as urls:
        yield await settled_site(*urls, tmp_path, redis_url=redis.url)


def _of(database: str, url: str) -> str:
    return url.replace("/jaboti?", f"/{database}?")
