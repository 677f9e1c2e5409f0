"""Two servers that act as one."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from jaboti_adapters.postgres.embedded import EmbeddedPostgres
from tests.integration.accounts.pair import Pair
from tests.integration.faults.conftest import a_database
from tests.integration.faults.site import running, settled_site
from tests.integration.redis_server import RedisServer
from tests.integration.walk.walker import PEOPLE


@pytest.fixture
async def pair(postgres: EmbeddedPostgres, redis: RedisServer, tmp_path: Path) -> AsyncIterator[Pair]:
    """On one database and one Redis, with somebody in each role."""
    async with a_database(postgres) as urls:
        site = await settled_site(*urls, tmp_path, redis_url=redis.url, plan=PEOPLE)
        servers = [site.server("--no-workers", sign_ins_per_minute=100_000) for _ in range(2)]
        async with running(*servers), Pair.opened([server.url for server in servers]) as opened:
            yield opened
