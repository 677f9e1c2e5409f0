"""The place of the walk."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from jaboti_adapters.postgres.embedded import EmbeddedPostgres
from tests.integration.faults.conftest import a_database
from tests.integration.faults.site import Site, settled_site
from tests.integration.redis_server import RedisServer
from tests.integration.walk.walker import PEOPLE


@pytest.fixture
async def walk_site(postgres: EmbeddedPostgres, redis: RedisServer, tmp_path: Path) -> AsyncIterator[Site]:
    """Two companies; in the first there is somebody in each role."""
    async with a_database(postgres) as urls:
        yield await settled_site(*urls, tmp_path, redis_url=redis.url, plan=PEOPLE)
