"""The call log: what is noted in this process goes to the server in batches, and nobody waits for it."""

import asyncio
from collections import deque
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Integer, func, insert, select
from sqlalchemy import delete as delete_from

from jaboti_adapters.postgres.engine import Database
from jaboti_adapters.postgres.statements import COMPANY, Given, Row, Statement, param
from jaboti_adapters.postgres.tables import call_log
from jaboti_adapters.postgres.tables.columns import MOMENT
from jaboti_adapters.postgres.texts import showable
from jaboti_domain.integration.calls import Call
from jaboti_domain.integration.ports.stores import CallLog
from jaboti_domain.kernel.errors import Conflict, Unavailable
from jaboti_domain.kernel.ids import CompanyId

EVERY = 0.25
"""Seconds from the first note to the writing."""
AWAY = 2.0
"""Seconds to the next try while the server is away."""
AT_ONCE = 1000
ROOM = 20_000
"""Calls that may wait in this process."""

_GIVEN = Given("call", *call_log.c)
_oldest = (
    select(call_log.c.at, call_log.c.id)
    .where(call_log.c.company_id == COMPANY, call_log.c.at < param("before", MOMENT))
    .order_by(call_log.c.at, call_log.c.id)
    .limit(param("at_most", Integer))
    .subquery("oldest")
)
_gone = (
    delete_from(call_log)
    .where(call_log.c.company_id == COMPANY, call_log.c.at == _oldest.c.at, call_log.c.id == _oldest.c.id)
    .returning(call_log.c.id)
    .cte("gone")
)

ADD = Statement(insert(call_log).from_select([*call_log.c], select(*_GIVEN.many.c)))
FORGET = Statement(select(func.count().label("gone")).select_from(_gone))


class PostgresCallLog(CallLog):
    """A batch that could not be written is tried again while the server is away, and dropped for any other reason."""

    def __init__(self, database: Database, *, room: int = ROOM) -> None:
        self._database = database
        self._room = room
        self._waiting: deque[Call] = deque()
        self._batch: Sequence[Call] = ()
        self._writer: asyncio.Task[None] | None = None
        self._turn = asyncio.Lock()
        self._dropped = 0

    @property
    def dropped(self) -> int:
        return self._dropped

    def note(self, call: Call) -> None:
        if len(self._waiting) >= self._room:
            self._dropped += 1
            return
        self._waiting.append(call)
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write_soon())

    async def flush(self) -> None:
        while self._batch or self._waiting:
            try:
                await self._write_one()
            except Unavailable:
                self._dropped += len(self._batch) + len(self._waiting)
                self._batch = ()
                self._waiting.clear()

    async def forget(self, company_id: CompanyId, *, before: datetime, at_most: int = 10_000) -> int:
        async with self._database.company(company_id) as transaction:
            (row,) = await transaction.fetch(FORGET, company_id=company_id, before=before, at_most=at_most)
            await transaction.commit()
        gone: int = row["gone"]
        return gone

    async def _write_soon(self) -> None:
        await asyncio.sleep(EVERY)
        while self._batch or self._waiting:
            try:
                await self._write_one()
            except Unavailable:
                await asyncio.sleep(AWAY)

    async def _write_one(self) -> None:
        """Raises Unavailable, and then the batch stays; perhaps it was written, and is found to be there next time."""
        async with self._turn:
            if not self._batch:
                self._batch = [self._waiting.popleft() for _ in range(min(AT_ONCE, len(self._waiting)))]
            try:
                await self._write(self._batch)
            except Conflict:
                pass
            except Unavailable:
                raise
            except Exception:
                self._dropped += len(self._batch)
            self._batch = ()

    async def _write(self, calls: Sequence[Call]) -> None:
        if calls:
            async with self._database.queue() as session:
                await session.fetch(ADD, **_GIVEN.rows(map(_row_of, calls)))


def _row_of(call: Call) -> Row:
    return (
        call.company_id,
        call.at,
        call.id,
        call.integration_id,
        call.platform,
        call.direction,
        call.kind,
        call.outcome,
        call.http_status,
        call.latency_ms,
        call.request_id and showable(call.request_id),
        call.peer,
        call.items,
        call.error_code and showable(call.error_code),
        call.error_title and showable(call.error_title),
    )
