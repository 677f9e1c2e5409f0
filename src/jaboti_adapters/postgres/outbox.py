"""The outbound lanes of all companies."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Integer, func, select, true

from jaboti_adapters.postgres.engine import Database
from jaboti_adapters.postgres.signal import Signal
from jaboti_adapters.postgres.statements import Statement, param
from jaboti_adapters.postgres.tables import errand
from jaboti_adapters.postgres.waiting import companies_with
from jaboti_domain.chat.ports import Outbox, OutboxAccount
from jaboti_domain.kernel.ids import CompanyId

_waiting = companies_with(errand)
_earlier = errand.alias("earlier")
_is_first = ~(
    select(_earlier.c.id)
    .where(
        _earlier.c.company_id == errand.c.company_id,
        _earlier.c.chat_id == errand.c.chat_id,
        _earlier.c.id < errand.c.id,
    )
    .exists()
)
_longest = (
    select(errand.c.due_at, errand.c.id)
    .where(errand.c.company_id == _waiting.c.company_id, errand.c.due_at <= func.now(), _is_first)
    .order_by(errand.c.due_at, errand.c.id)
    .limit(1)
    .lateral("longest")
)

COMPANIES = Statement(
    select(_waiting.c.company_id)
    .join(_longest, true())
    .order_by(_longest.c.due_at, _longest.c.id)
    .limit(param("limit", Integer))
)
ACCOUNT = Statement(
    select(
        func.count().filter(~errand.c.sending).label("waiting"),
        func.count().filter(errand.c.sending).label("sending"),
        func.min(errand.c.due_at).filter(~errand.c.sending).label("oldest"),
    )
)


class PostgresOutbox(Outbox):
    """Looks at the errands of all companies. `queued` is given by the units of work that queue one."""

    def __init__(self, database: Database, queued: Signal) -> None:
        self._database = database
        self._queued = queued

    async def companies_waiting(self, *, limit: int) -> Sequence[CompanyId]:
        async with self._database.queue() as session:
            return [row["company_id"] for row in await session.fetch(COMPANIES, limit=limit)]

    async def wait(self, *, at_most: timedelta) -> None:
        await self._queued.wait(at_most=at_most)

    async def account(self) -> OutboxAccount:
        async with self._database.queue() as session:
            (row,) = await session.fetch(ACCOUNT)
        return OutboxAccount(**row)
