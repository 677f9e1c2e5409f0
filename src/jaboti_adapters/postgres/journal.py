"""The journal as those see it who fill it, and those who look for work in it.

What arrives at the same time is written together: a commit waits for the disk, and one wait is enough for all.
"""

import asyncio
from collections.abc import Collection, Sequence
from datetime import timedelta

from attrs import field, frozen

from jaboti_adapters.postgres import journal_statements
from jaboti_adapters.postgres.engine import Database
from jaboti_adapters.postgres.signal import Signal
from jaboti_adapters.postgres.statements import Row
from jaboti_domain.integration.ports.journal import Arrival, Journal, JournalAccount, Outcome
from jaboti_domain.kernel.ids import CompanyId, IntegrationId

FLIGHTS = 2
"""Statements at once: while one waits for the disk, the next one is read."""
LARGEST = 4 * 1024 * 1024
"""Bytes in one statement; a single body may bring more."""
NAMES = 512
"""Bytes that an arrival takes besides its body, about."""

Lane = tuple[IntegrationId, str]


@frozen(eq=False)
class _Call:
    """What somebody brought, and where they wait for the number of those that were new."""

    rows: Sequence[Row]
    lanes: Collection[Lane]
    size: int
    new: asyncio.Future[int] = field(factory=lambda: asyncio.get_running_loop().create_future())


def _call_of(arrivals: Sequence[Arrival]) -> _Call:
    return _Call(
        rows=[journal_statements.row_of(each) for each in arrivals],
        lanes={(each.integration_id, each.lane) for each in arrivals},
        size=sum(len(each.raw) + NAMES for each in arrivals),
    )


class PostgresJournal(Journal):
    """Writes what several callers bring in one statement. What belongs to one lane is written in order of arrival."""

    def __init__(self, database: Database, arrived: Signal | None = None) -> None:
        self._database = database
        self._arrived = arrived or Signal()
        self._calls: list[_Call] = []
        self._flights: dict[asyncio.Task[None], Collection[Lane]] = {}

    async def append(self, arrivals: Sequence[Arrival]) -> int:
        if not arrivals:
            return 0
        call = _call_of(arrivals)
        self._calls.append(call)
        self._depart()
        return await call.new

    async def companies_waiting(self, *, limit: int) -> Sequence[CompanyId]:
        async with self._database.queue() as session:
            return [row["company_id"] for row in await session.fetch(journal_statements.COMPANIES, limit=limit)]

    async def wait(self, *, at_most: timedelta) -> None:
        await self._arrived.wait(at_most=at_most)

    async def account(self) -> JournalAccount:
        async with self._database.queue() as session:
            rows = await session.fetch(journal_statements.ACCOUNT)
        counts = {Outcome(row["outcome"]): row["entries"] for row in rows}
        oldest = next((row["oldest"] for row in rows if row["outcome"] == Outcome.PENDING), None)
        return JournalAccount(counts=counts, oldest_pending=oldest)

    async def mend(self) -> int:
        async with self._database.queue() as session:
            (row,) = await session.fetch(journal_statements.MEND)
        if row["lanes"]:
            self._arrived.give()
        return int(row["lanes"])

    def _depart(self) -> None:
        while len(self._flights) < FLIGHTS and (batch := self._next_batch()):
            flight = asyncio.create_task(self._fly(batch))
            self._flights[flight] = {lane for call in batch for lane in call.lanes}
            flight.add_done_callback(self._land)

    def _land(self, flight: asyncio.Task[None]) -> None:
        del self._flights[flight]
        self._depart()

    def _next_batch(self) -> list[_Call]:
        """The calls that may go now: none whose lane is in flight or waits before it."""
        busy = {lane for lanes in self._flights.values() for lane in lanes}
        batch, left, size = list[_Call](), list[_Call](), 0
        for call in self._calls:
            fits = not batch or size + call.size <= LARGEST
            if fits and busy.isdisjoint(call.lanes):
                batch.append(call)
                size += call.size
            else:
                left.append(call)
                busy.update(call.lanes)
        self._calls = left
        return batch

    async def _fly(self, calls: Sequence[_Call]) -> None:
        """Write them together; where that fails, each alone, so that one odd call harms nobody else."""
        try:
            await self._write(calls)
        except Exception as error:
            if len(calls) > 1:
                await asyncio.gather(*(self._fly([call]) for call in calls))
            elif not calls[0].new.done():
                calls[0].new.set_exception(error)

    async def _write(self, calls: Sequence[_Call]) -> None:
        rows = [row for call in calls for row in call.rows]
        async with self._database.queue() as session:
            kept = await session.fetch(journal_statements.APPEND, **journal_statements.arguments(rows))
        fresh = {tuple(row) for row in kept}
        if fresh:
            self._arrived.give()
        for call in calls:
            new = {row[1:3] for row in call.rows} & fresh
            fresh -= new
            if not call.new.done():
                call.new.set_result(len(new))
