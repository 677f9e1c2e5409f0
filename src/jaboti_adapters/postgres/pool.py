"""Connections that are kept open.

The pool is our own and small: asyncpg's costs 100 µs a transaction, a sixth of what sending a message takes. It resets
every connection that comes back and wraps each call; here nothing outlives a transaction, so that nothing is reset.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import asyncpg
from attrs import define

from jaboti_adapters.postgres.errors import in_our_words
from jaboti_adapters.postgres.statements import Statement
from jaboti_domain.kernel.errors import Unavailable

if TYPE_CHECKING:
    from asyncpg.prepared_stmt import PreparedStatement

    Connection = asyncpg.Connection[asyncpg.Record]
    Rows = list[asyncpg.Record]

PATIENCE = 1.0
"""Seconds to wait for a connection that others use."""
OPENS_WITHIN = 3.0
"""Seconds that a new connection may take: a busy server forks, and looks who calls."""
FIRST_USES = 8
"""After so many uses a statement is planned for the second time."""

_SPOILING = (TimeoutError, asyncpg.InternalClientError, asyncpg.InvalidCachedStatementError)


@define(eq=False)
class _Plan:
    """The server plans a statement when it is first used, by the size that tables have then."""

    prepared: "PreparedStatement[asyncpg.Record]"
    lifetime: int
    uses_left: int


class Link:
    """An open connection, and what it has prepared. A call that was cut off or timed out spoils it.

    A statement is planned anew after each doubling of its uses, since tables may have grown as much.
    """

    def __init__(self, connection: "Connection") -> None:
        self._connection = connection
        self._plans: dict[Statement, _Plan] = {}
        self._spoilt = False
        self.has_failed = False
        """Whether something failed since this was last set: what was begun can only be undone."""

    @property
    def is_sound(self) -> bool:
        """Whether it may be used again."""
        return not self._spoilt and not self._connection.is_closed()

    async def fetch(self, statement: Statement, values: dict[str, object]) -> "Rows":
        """The rows that the statement gives."""
        with in_our_words:
            try:
                plan = self._plans.get(statement)
                if plan is None or not plan.uses_left:
                    plan = self._plans[statement] = await self._planned(statement, plan)
                plan.uses_left -= 1
                return await plan.prepared.fetch(*statement.arguments(values))
            except BaseException as error:
                self._fail(error)
                raise

    async def run(self, sql: str) -> None:
        """Run SQL without parameters."""
        with in_our_words:
            try:
                await self._connection.execute(sql)
            except BaseException as error:
                self._fail(error)
                raise

    def cut(self) -> None:
        """Close it without a word to the server."""
        self._connection.terminate()

    async def close(self) -> None:
        """Say good-bye."""
        await self._connection.close(timeout=PATIENCE)

    async def _planned(self, statement: Statement, worn: "_Plan | None") -> "_Plan":
        lifetime = 2 * worn.lifetime if worn else FIRST_USES
        return _Plan(await self._connection.prepare(statement.sql), lifetime, uses_left=lifetime)

    def _fail(self, error: BaseException) -> None:
        self.has_failed = True
        if not isinstance(error, Exception) or isinstance(error, _SPOILING):
            self._spoilt = True


@define(eq=False)
class Waiter:
    """Somebody who waits for a link, and what it is to begin with (nothing, when empty).

    Gets a link and whether it has begun; or None: there is room to open one.
    """

    begin: str
    answer: "asyncio.Future[tuple[Link, bool] | None]"

    def give_up(self) -> None:
        """It took too long."""
        if not self.answer.done():
            self.answer.set_exception(Unavailable())


class Pool:
    """At most so many links, opened when they are needed and handed out again, the last used first."""

    def __init__(self, connect: Callable[[], Awaitable["Connection"]], *, size: int) -> None:
        self._connect = connect
        self._room = size
        self._idle: list[Link] = []
        self._waiters: deque[Waiter] = deque()
        self._closed = False

    async def acquire(self, begin: str = "") -> tuple[Link, bool]:
        """A link, to be given back, and whether it has begun. Raises Unavailable when none is to be had in time."""
        if self._closed:
            raise Unavailable()
        if self._room:
            self._room -= 1
        elif (handed := await self._handed(begin)) is not None:
            return handed
        try:
            return self._known() or await self._opened(), False
        except BaseException:
            self._make_room()
            raise

    async def finish(self, link: Link, last: str) -> None:
        """Run the last of a transaction and take the link back.

        Whoever waits for a link to begin something gets this one, and it begins in the same round trip.
        """
        heir = self._heir()
        try:
            await link.run(f"{last}; {heir.begin}" if heir else last)
        except BaseException:
            if heir is not None:
                self._waiters.appendleft(heir)
            raise
        if heir is None or heir.answer.done():
            self.give_back(link, sound=heir is None)
        else:
            heir.answer.set_result((link, True))

    def give_back(self, link: Link, *, sound: bool = True) -> None:
        """Take a link back; one that is not sound is cut, and another is opened in its place when it is needed."""
        if not sound or not link.is_sound or self._closed:
            link.cut()
            self._make_room()
        elif (waiter := self._next()) is not None:
            waiter.answer.set_result((link, False))
        else:
            self._idle.append(link)
            self._room += 1

    async def close(self) -> None:
        """Close the idle links now, and the others when they come back."""
        self._closed = True
        while self._idle:
            await self._idle.pop().close()

    async def _handed(self, begin: str) -> tuple[Link, bool] | None:
        loop = asyncio.get_running_loop()
        waiter = Waiter(begin, loop.create_future())
        self._waiters.append(waiter)
        alarm = loop.call_later(PATIENCE, waiter.give_up)
        try:
            return await waiter.answer
        except BaseException:
            self._refuse(waiter)
            raise
        finally:
            alarm.cancel()

    def _refuse(self, waiter: Waiter) -> None:
        """They left, perhaps with the answer already on its way."""
        if waiter.answer.cancelled() or waiter.answer.exception() is not None:
            return
        if (handed := waiter.answer.result()) is not None:
            self.give_back(handed[0], sound=not handed[1])
        else:
            self._make_room()

    def _heir(self) -> Waiter | None:
        """Who comes next, if they would have to begin."""
        waiter = self._next()
        if waiter is not None and not waiter.begin:
            self._waiters.appendleft(waiter)
            return None
        return waiter

    def _next(self) -> Waiter | None:
        while self._waiters:
            waiter = self._waiters.popleft()
            if not waiter.answer.done():
                return waiter
        return None

    def _make_room(self) -> None:
        waiter = self._next()
        if waiter is None:
            self._room += 1
        else:
            waiter.answer.set_result(None)

    def _known(self) -> Link | None:
        while self._idle:
            link = self._idle.pop()
            if link.is_sound:
                return link
        return None

    async def _opened(self) -> Link:
        with in_our_words:
            return Link(await asyncio.wait_for(self._connect(), OPENS_WITHIN))
