"""What a company holds, as far as it grows old."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import JSON, Integer, null, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from jaboti_adapters.postgres import aging, expiring
from jaboti_adapters.postgres.companies import retention_of
from jaboti_adapters.postgres.engine import Database
from jaboti_adapters.postgres.statements import COMPANY, Statement, param
from jaboti_adapters.postgres.tables import company, retention_run
from jaboti_adapters.postgres.tables.columns import MOMENT
from jaboti_adapters.postgres.texts import read, written
from jaboti_adapters.postgres.unit import CompanyUnit
from jaboti_domain.company.errors import CompanyNotFound
from jaboti_domain.company.retention import Held, Retention
from jaboti_domain.kernel.ids import CompanyId
from jaboti_domain.privacy.model import Batch, Mark, RetentionRun
from jaboti_domain.privacy.ports import Holdings, RetentionReads

if TYPE_CHECKING:
    from asyncpg import Record

_RUN = retention_run.c
_OURS = (_RUN.company_id == COMPANY,)
_VALUES = {
    "began_at": param("began_at", MOMENT),
    "ended_at": param("ended_at", MOMENT),
    "removed": param("removed", JSON),
}

RETENTION = Statement(select(company.c.retention).where(company.c.id == COMPANY))
BEGIN = Statement(
    insert(retention_run)
    .values(company_id=COMPANY, began_at=param("began_at", MOMENT), ended_at=null(), removed=param("removed", JSON))
    .on_conflict_do_nothing()
)
LOCK = Statement(select(retention_run).where(*_OURS).with_for_update(skip_locked=True))
KEEP = Statement(update(retention_run).where(*_OURS).values(_VALUES))
DUE = Statement(
    select(company.c.id)
    .join_from(company, retention_run, _RUN.company_id == company.c.id, isouter=True)
    .where(or_(_RUN.ended_at.is_(None), _RUN.ended_at < param("before", MOMENT)))
    .order_by(_RUN.ended_at.nulls_first(), company.c.id)
    .limit(param("limit", Integer))
)


class PostgresHoldings(Holdings):
    """Of one unit of work."""

    def __init__(self, unit: CompanyUnit) -> None:
        self._unit = unit

    async def retention(self) -> Retention:
        rows = await self._unit.fetch(RETENTION)
        if not rows:
            raise CompanyNotFound()
        return retention_of(rows[0]["retention"])

    async def run(self, *, at: datetime) -> RetentionRun | None:
        await self._unit.fetch(BEGIN, began_at=at, removed=written({}))
        rows = await self._unit.fetch(LOCK)
        if not rows:
            return None
        run = _run_of(rows[0])
        return run if run.ended_at is None else RetentionRun(company_id=run.company_id, began_at=at)

    async def keep(self, run: RetentionRun) -> None:
        removed = written({held.value: count for held, count in run.removed.items()})
        await self._unit.fetch(KEEP, began_at=run.began_at, ended_at=run.ended_at, removed=removed)

    async def look(self, held: Held, *, before: datetime, after: Mark | None, at_most: int) -> Batch:
        if held is Held.MESSAGES:
            return await expiring.look(self._unit, before=before, after=after, at_most=at_most)
        one = aging.AGING[held]
        return await self._batch(one.look(at_most), one, before, after)

    async def remove(self, held: Held, *, before: datetime, after: Mark | None, at_most: int) -> Batch:
        if held is Held.MESSAGES:
            return await expiring.expire(self._unit, before=before, after=after, at_most=at_most)
        one = aging.AGING[held]
        batch = await self._batch(one.remove(at_most), one, before, after)
        if held is Held.EVENTS and batch.last is not None:
            (self._unit.forgotten_events,) = batch.last
        return batch

    async def _batch(self, statement: Statement, one: aging.Aging, before: datetime, after: Mark | None) -> Batch:
        mark = dict(zip(one.key, after or one.first, strict=True))
        rows = await self._unit.fetch(statement, before=before, **mark)
        if not rows:
            return Batch(count=0, last=None)
        return Batch(count=rows[0]["count"], last=tuple(rows[0][name] for name in one.key))


class PostgresRetentionReads(RetentionReads):
    """Looks at the runs of all companies."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def due(self, *, before: datetime, limit: int) -> Sequence[CompanyId]:
        async with self._database.queue() as session:
            return [row["id"] for row in await session.fetch(DUE, before=before, limit=limit)]


def _run_of(row: "Record") -> RetentionRun:
    removed = {Held(name): count for name, count in read(row["removed"]).items()}
    return RetentionRun(
        company_id=row["company_id"], began_at=row["began_at"], ended_at=row["ended_at"], removed=removed
    )
