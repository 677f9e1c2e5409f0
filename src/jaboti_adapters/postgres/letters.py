"""Dead letters as one company's unit of work sees them."""

from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import BigInteger, Text, func, null, select, update
from sqlalchemy.dialects.postgresql import insert

from jaboti_adapters.postgres.statements import COMPANY, Statement, param
from jaboti_adapters.postgres.tables import integration, journal, journal_lane
from jaboti_adapters.postgres.texts import showable
from jaboti_adapters.postgres.unit import CompanyUnit
from jaboti_domain.integration.errors import DeadLetterNotDead, DeadLetterNotFound
from jaboti_domain.integration.letters import DeadLetter, entry_in
from jaboti_domain.integration.messaging import Platform
from jaboti_domain.integration.ports.journal import Outcome
from jaboti_domain.integration.ports.stores import DeadLetterRepository

if TYPE_CHECKING:
    from asyncpg import Record

_ENTRY = (journal.c.company_id == COMPANY) & (journal.c.id == param("id", BigInteger))
_ITS_INTEGRATION = (integration.c.company_id == journal.c.company_id) & (integration.c.id == journal.c.integration_id)

GET = Statement(
    select(
        journal.c.id,
        journal.c.company_id,
        journal.c.integration_id,
        integration.c.platform,
        journal.c.event_key,
        journal.c.raw,
        journal.c.received_at,
        journal.c.attempts,
        journal.c.reason,
        journal.c.outcome,
    )
    .join(integration, _ITS_INTEGRATION)
    .where(_ENTRY)
    .with_for_update(of=journal, key_share=True)
)
_lane = select(journal.c.company_id, journal.c.integration_id, journal.c.lane).where(_ENTRY)
_with_lane = insert(journal_lane).from_select([*journal_lane.c], _lane).on_conflict_do_nothing().cte("with_lane")
REPLAY = Statement(
    update(journal)
    .where(_ENTRY)
    .values(outcome=Outcome.PENDING.value, reason=null(), attempts=0, due_at=func.now(), settled_at=null())
    .add_cte(_with_lane)
)
"""An entry that arrived dead has no lane yet."""
DONE = Statement(
    update(journal)
    .where(_ENTRY)
    .values(outcome=Outcome.APPLIED.value, reason=param("reason", Text), settled_at=func.now())
)


class PostgresDeadLetters(DeadLetterRepository):
    """Entries of the journal."""

    def __init__(self, unit: CompanyUnit) -> None:
        self._unit = unit

    async def get(self, letter_id: UUID) -> DeadLetter:
        entry_id = entry_in(self._unit.company_id, letter_id)
        rows = [] if entry_id is None else await self._unit.fetch(GET, id=entry_id)
        if not rows:
            raise DeadLetterNotFound()
        if rows[0]["outcome"] != Outcome.DEAD:
            raise DeadLetterNotDead()
        return letter_of(rows[0])

    async def replay(self, letter: DeadLetter) -> None:
        await self._unit.fetch(REPLAY, id=letter.entry_id)

    async def done(self, letter: DeadLetter, *, reason: str) -> None:
        await self._unit.fetch(DONE, id=letter.entry_id, reason=showable(reason))


def letter_of(row: "Record") -> DeadLetter:
    """A dead letter, of which `raw` may be only the beginning."""
    return DeadLetter(
        entry_id=row["id"],
        company_id=row["company_id"],
        integration_id=row["integration_id"],
        platform=Platform(row["platform"]),
        event_key=row["event_key"],
        raw=row["raw"],
        received_at=row["received_at"],
        attempts=row["attempts"],
        reason=row["reason"],
    )
