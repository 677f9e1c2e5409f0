"""The server from a wheel."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from jaboti_adapters.postgres.embedded import EmbeddedPostgres


@pytest.fixture(scope="module")
def directory() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="jaboti-") as parent:
        yield Path(parent) / "dados-é"


async def test_what_was_kept_is_there_the_next_time(directory: Path) -> None:
    async with EmbeddedPostgres(directory) as server:
        await _run(server.owner_url, "CREATE TABLE kept AS SELECT 1 AS number")
    async with EmbeddedPostgres(directory) as server:
        assert await _run(server.owner_url, "SELECT number FROM kept") == 1
    settings = (directory / "postgresql.conf").read_text(encoding="utf-8")
    assert settings.count("shared_buffers = 128MB\nmax_connections = 100") == 1


async def test_it_is_small_durable_and_speaks_every_language(directory: Path) -> None:
    async with EmbeddedPostgres(directory) as server:
        url = server.app_url
        assert await _run(url, "SHOW fsync") == "on"
        assert await _run(url, "SHOW listen_addresses") == ""
        assert await _run(url, "SELECT lower('ÀÉÎÕÜ')") == "àéîõü"
        assert await _run(url, "SELECT current_user::text") == "jaboti_app"


async def test_users_that_were_killed_do_not_keep_it_running(directory: Path) -> None:
    async with EmbeddedPostgres(directory) as server:
        url = server.superuser_url
    (directory / ".handle_pids.json").write_text("[4194305]", encoding="utf-8")
    async with EmbeddedPostgres(directory):
        assert await _run(url, "SELECT 1") == 1
    with pytest.raises(OSError, match=r"socket|file|refused"):
        await _run(url, "SELECT 1")


@pytest.mark.parametrize("name", ["a place", "a;b", "$(id)", "a'b"])
def test_a_path_that_a_shell_would_misread_is_refused(directory: Path, name: str) -> None:
    with pytest.raises(ValueError, match="choose a path"):
        EmbeddedPostgres(directory / name)


async def _run(url: str, sql: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()
