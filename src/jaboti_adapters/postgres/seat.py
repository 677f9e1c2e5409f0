"""How many processes may work on one database: one by itself, or many that hear one another."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

import asyncpg
import structlog
from attrs import define

from jaboti_adapters.postgres.errors import in_our_words
from jaboti_domain.kernel.errors import Conflict

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]

log = structlog.get_logger(__name__)
LOOK_EVERY = 2.0
PATIENCE = 5.0
_ALONE = "SELECT pg_try_advisory_lock(hashtext('jaboti process'))"
_AMONG_OTHERS = "SELECT pg_try_advisory_lock_shared(hashtext('jaboti process'))"


class OtherProcesses(Conflict):
    """Another process works on this database: with more than one, all of them need JABOTI_REDIS_URL."""

    code = "process.not_alone"
    portuguese = "Outro processo trabalha neste banco de dados: com mais de um, todos precisam de JABOTI_REDIS_URL."


@asynccontextmanager
async def seat(url: str, *, among_others: bool) -> AsyncIterator[None]:
    """A place at the database, as long as the block lasts. Raises OtherProcesses, Unavailable.

    The place is a lock of a connection, so that it is free as soon as its process is gone. When the connection is lost,
    the place is taken again; should somebody else have it by then, that is logged, and nothing is stopped.
    """
    holder = _Holder(url, _AMONG_OTHERS if among_others else _ALONE)
    try:
        with in_our_words:
            if not await holder.take():
                raise OtherProcesses()
        keeper = asyncio.create_task(holder.keep())
        try:
            yield
        finally:
            keeper.cancel()
            await asyncio.wait([keeper])
    finally:
        await holder.leave()


@define
class _Holder:
    """Of the lock, and of the connection that it belongs to."""

    url: str
    lock: str
    connection: "Connection | None" = None

    async def take(self) -> bool:
        """Whether the lock is ours."""
        settings = {"application_name": "jaboti seat"}
        self.connection = await asyncpg.connect(self.url, timeout=PATIENCE, server_settings=settings)
        return bool(await self.connection.fetchval(self.lock))

    async def keep(self) -> None:
        """Take it again whenever the connection is lost."""
        while True:
            await asyncio.sleep(LOOK_EVERY)
            if self.connection is None or self.connection.is_closed():
                with suppress(OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
                    if not await self.take():
                        log.error("process.not_alone")

    async def leave(self) -> None:
        """Let it go; in time for who comes next."""
        if self.connection is not None:
            try:
                await self.connection.close(timeout=PATIENCE)
            except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
                self.connection.terminate()
