"""Reads of dead letters, for screens."""

import msgspec
from sqlalchemy import BigInteger, Integer, func, literal, select

from jaboti_adapters.documents import letter_document
from jaboti_adapters.postgres.engine import Database
from jaboti_adapters.postgres.letters import letter_of
from jaboti_adapters.postgres.queries.paging import place_in
from jaboti_adapters.postgres.queries.scope import HERE, within_company
from jaboti_adapters.postgres.statements import param
from jaboti_adapters.postgres.tables import integration, journal
from jaboti_domain.integration.letters import SHOWN_AT_MOST
from jaboti_domain.integration.ports.journal import Outcome
from jaboti_domain.integration.queries import DeadLetterReads
from jaboti_domain.kernel.ids import CompanyId
from jaboti_domain.kernel.paging import Cursor, JsonPage

NEWEST = 2**63 - 1

PAGE = within_company(
    select(
        journal.c.id,
        journal.c.company_id,
        journal.c.integration_id,
        integration.c.platform,
        journal.c.event_key,
        func.substring(journal.c.raw, literal(1), literal(SHOWN_AT_MOST)).label("raw"),
        func.octet_length(journal.c.raw).label("size"),
        journal.c.received_at,
        journal.c.attempts,
        journal.c.reason,
    )
    .select_from(
        journal.join(integration, (integration.c.company_id == HERE) & (integration.c.id == journal.c.integration_id))
    )
    .where(
        journal.c.company_id == HERE,
        journal.c.outcome == Outcome.DEAD.value,
        journal.c.id < param("before", BigInteger),
    )
    .order_by(journal.c.id.desc())
    .limit(param("limit", Integer))
)


class PostgresDeadLetterReads(DeadLetterReads):
    """The documents are made here, since raw bytes may be anything."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(self, company_id: CompanyId, *, after: Cursor | None, limit: int) -> JsonPage:
        before = place_in(after, id=int)["id"] if after else NEWEST
        async with self._database.single() as session:
            rows = await session.fetch(PAGE, company_id=company_id, before=before, limit=limit + 1)
        shown = [letter_document(letter_of(row), size=row["size"]) for row in rows[:limit]]
        following = Cursor([str(rows[limit - 1]["id"])]) if len(rows) > limit else None
        return JsonPage(msgspec.json.encode(shown), following)
