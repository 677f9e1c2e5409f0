"""The way to the server: sessions and transactions, for one company or user at a time."""

from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Self

import asyncpg
from attrs import frozen

from jaboti_adapters.postgres.pool import Link, Pool
from jaboti_adapters.postgres.statements import Statement
from jaboti_domain.kernel.errors import Unavailable
from jaboti_domain.kernel.ids import CompanyId, UserId

if TYPE_CHECKING:
    from jaboti_adapters.postgres.pool import Connection, Rows

LONGEST_CALL = 10.0
"""Seconds after which a silent server is given up; it gives up a statement by itself after 5."""

SETTINGS = {
    "TimeZone": "UTC",
    "synchronous_commit": "on",
    "statement_timeout": "5s",
    "lock_timeout": "1s",
    "idle_in_transaction_session_timeout": "5s",
    "jit": "off",
    "plan_cache_mode": "force_generic_plan",
}


class Session:
    """`async with` holds a connection, on which each statement is a transaction by itself."""

    _link: Link

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def __aenter__(self) -> Self:
        self._link, _ = await self._pool.acquire()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.give_back(self._link)

    def fetch(self, statement: Statement, /, **values: object) -> Awaitable["Rows"]:
        """The rows that the statement gives for these values of its parameters."""
        return self._link.fetch(statement, values)


class Transaction(Session):
    """`async with` begins it, and leaving undoes it unless it was committed, which is the last that can be done."""

    def __init__(self, pool: Pool, *, begin: str = "BEGIN") -> None:
        super().__init__(pool)
        self._begin = begin
        self._ended = False

    async def __aenter__(self) -> Self:
        self._link, begun = await self._pool.acquire(self._begin)
        if not begun:
            try:
                await self._link.run(self._begin)
            except BaseException:
                self._pool.give_back(self._link, sound=False)
                raise
        self._link.has_failed = False
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._ended:
            await self._undo()

    async def commit(self) -> None:
        """Keep it. Raises Unavailable when it is doomed, as it is when a statement failed."""
        if self._link.has_failed:
            raise Unavailable()
        await self._pool.finish(self._link, "COMMIT")
        self._ended = True

    def doom(self) -> None:
        """Let nothing of it be kept, whoever tries to commit it."""
        self._link.has_failed = True

    async def _undo(self) -> None:
        if not self._link.is_sound:
            self._pool.give_back(self._link)
            return
        try:
            await self._pool.finish(self._link, "ROLLBACK")
        except BaseException as error:
            self._pool.give_back(self._link, sound=False)
            if not isinstance(error, Unavailable):
                raise


@frozen
class Database:
    """A PostgreSQL database: for one company or user at a time, or for the queues of all companies."""

    _tenants: Pool
    _queues: Pool

    @classmethod
    @asynccontextmanager
    async def open(cls, url: str, *, size: int = 10, queue_size: int = 4) -> AsyncIterator[Self]:
        """Connections are opened when they are needed, at most so many, and closed at the end."""
        database = cls(
            Pool(partial(_connect, url, {"application_name": "jaboti"}), size=size),
            Pool(partial(_connect, url, {"application_name": "jaboti queue", "app.queue": "on"}), size=queue_size),
        )
        try:
            yield database
        finally:
            await database._tenants.close()
            await database._queues.close()

    def company(self, company_id: CompanyId) -> Transaction:
        """A transaction in which the rows of this company are to be seen."""
        return Transaction(self._tenants, begin=f"BEGIN; SET LOCAL app.company_id = '{company_id.hex}'")

    def user(self, user_id: UserId) -> Transaction:
        """A transaction in which this user's memberships of all companies are to be seen."""
        return Transaction(self._tenants, begin=f"BEGIN; SET LOCAL app.user_id = '{user_id.hex}'")

    def nobody(self) -> Transaction:
        """A transaction in which only what belongs to no company is to be seen: users and sessions."""
        return Transaction(self._tenants)

    def single(self) -> Session:
        """A session whose statements each name the company or user that they are for (queries/scope)."""
        return Session(self._tenants)

    def queue(self) -> Session:
        """A session in which the queues of all companies are to be seen."""
        return Session(self._queues)


async def _connect(url: str, settings: dict[str, str]) -> "Connection":
    return await asyncpg.connect(url, server_settings=SETTINGS | settings, command_timeout=LONGEST_CALL)
