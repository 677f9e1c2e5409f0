"""The companies' events as rows."""

from collections.abc import Sequence

from sqlalchemy import BigInteger, Integer, Text, cast, select, true

from jaboti_adapters.postgres.engine import Database
from jaboti_adapters.postgres.queries.scope import HERE, within_company
from jaboti_adapters.postgres.queries.utf8 import utf8
from jaboti_adapters.postgres.statements import param
from jaboti_adapters.postgres.tables import company_stream, event
from jaboti_adapters.recording import audience_of
from jaboti_domain.kernel.events import Position, Recorded
from jaboti_domain.kernel.ids import CompanyId
from jaboti_domain.kernel.ports import EventStream

_SEQ = param("seq", BigInteger)
_following = (
    select(
        event.c.seq,
        event.c.at,
        event.c.name,
        utf8(cast(event.c.audience, Text)).label("audience"),
        utf8(cast(event.c.data, Text)).label("data"),
    )
    .where(event.c.company_id == HERE, event.c.seq > _SEQ)
    .order_by(event.c.seq)
    .limit(param("limit", Integer))
    .subquery("following")
)

HEAD = within_company(select(company_stream.c.epoch, company_stream.c.seq).where(company_stream.c.company_id == HERE))
AFTER = within_company(
    select((company_stream.c.forgotten > _SEQ).label("is_forgotten"), *_following.c)
    .select_from(company_stream.outerjoin(_following, true()))
    .where(company_stream.c.company_id == HERE)
    .order_by(_following.c.seq)
)


class PostgresEventStream(EventStream):
    """Reads what units of work wrote. A company that was never founded has a stream without events, of epoch 0."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def head(self, company_id: CompanyId) -> Position:
        async with self._database.single() as session:
            rows = await session.fetch(HEAD, company_id=company_id)
        return Position(*rows[0]) if rows else Position(epoch=0, seq=0)

    async def after(self, company_id: CompanyId, seq: int, *, limit: int) -> Sequence[Recorded] | None:
        async with self._database.single() as session:
            rows = await session.fetch(AFTER, company_id=company_id, seq=seq, limit=limit)
        if any(row["is_forgotten"] for row in rows):
            return None
        return [
            Recorded(
                company_id=company_id,
                seq=row["seq"],
                at=row["at"],
                name=row["name"],
                audience=audience_of(row["audience"]),
                data=row["data"],
            )
            for row in rows
            if row["seq"] is not None
        ]
