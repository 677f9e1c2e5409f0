"""The journal as one company's worker sees it: lanes are claimed with a row lock that lasts as long as the unit."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import (
    CTE,
    BigInteger,
    Integer,
    Subquery,
    Text,
    Uuid,
    and_,
    case,
    column,
    delete,
    func,
    literal,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import INTERVAL

from jaboti_adapters.postgres.statements import COMPANY, Given, Row, Statement, array, param
from jaboti_adapters.postgres.tables import journal, journal_lane
from jaboti_adapters.postgres.texts import showable
from jaboti_adapters.postgres.unit import CompanyUnit
from jaboti_domain.integration.ports.journal import Entry, LaneRepository, Outcome, Verdict
from jaboti_domain.kernel.forgetting import FORGOTTEN
from jaboti_domain.kernel.ids import IntegrationId

if TYPE_CHECKING:
    from asyncpg import Record

WINDOW = 8
"""Free lanes are looked for among the oldest due entries, so many times as many as are asked for."""

_PENDING = Outcome.PENDING.value
_IS_PENDING = (journal.c.company_id == COMPANY) & (journal.c.outcome == _PENDING)
_IS_DUE = _IS_PENDING & (journal.c.due_at <= func.now())
_SAME_LANE = and_(
    journal_lane.c.company_id == journal.c.company_id,
    journal_lane.c.integration_id == journal.c.integration_id,
    journal_lane.c.lane == journal.c.lane,
)
_LANE_COLUMNS = (journal.c.integration_id, journal.c.lane)
VERDICTS = Given("verdict", journal.c.id, journal.c.outcome, journal.c.reason, column("wait", INTERVAL))
_ENTRIES = select(
    journal.c.id,
    journal.c.company_id,
    journal.c.integration_id,
    journal.c.event_key,
    journal.c.lane,
    journal.c.raw,
    journal.c.attempts,
    journal.c.received_at,
)

_oldest = (
    select(*_LANE_COLUMNS, journal.c.due_at, journal.c.id)
    .where(_IS_DUE)
    .order_by(journal.c.due_at, journal.c.id)
    .limit(param("window", Integer))
    .subquery("oldest")
)
_waiting = (
    select(_oldest.c.integration_id, _oldest.c.lane, func.min(_oldest.c.id).label("first"))
    .group_by(_oldest.c.integration_id, _oldest.c.lane)
    .subquery("waiting")
)
_claimed = (
    select(journal_lane.c.integration_id, journal_lane.c.lane)
    .join(
        _waiting,
        (journal_lane.c.integration_id == _waiting.c.integration_id) & (journal_lane.c.lane == _waiting.c.lane),
    )
    .where(journal_lane.c.company_id == COMPANY)
    .order_by(_waiting.c.first)
    .limit(param("lanes", Integer))
    .with_for_update(of=journal_lane, skip_locked=True)
    .cte("claimed")
)
CLAIM = Statement(
    _ENTRIES.join(
        _claimed, (journal.c.integration_id == _claimed.c.integration_id) & (journal.c.lane == _claimed.c.lane)
    )
    .where(_IS_DUE)
    .order_by(journal.c.id)
    .limit(param("entries", Integer))
    .with_for_update(of=journal, key_share=True)
)
"""Locks free lanes, and their entries: of one whose lane was let go of just now, what has ended is passed over."""
CLAIM_LANE_OF_ENTRY = Statement(
    select(journal_lane.c.lane)
    .join(journal, _SAME_LANE)
    .where(_IS_PENDING, journal.c.id == param("id", BigInteger))
    .with_for_update(of=journal_lane, skip_locked=True)
)
ENTRY = Statement(_ENTRIES.where(_IS_PENDING, journal.c.id == param("id", BigInteger)))


_IDS = array("ids", BigInteger)
LANES_OF = Statement(select(*_LANE_COLUMNS).where(_IS_PENDING, journal.c.id == func.any(_IDS)).distinct())
FORGET = Statement(
    update(journal)
    .where(_IS_PENDING, journal.c.id == func.any(_IDS))
    .values(
        event_key=literal(FORGOTTEN) + func.encode(func.sha256(func.convert_to(journal.c.event_key, "UTF8")), "hex"),
        lane=FORGOTTEN,
        raw=b"",
    )
)
"""What is still to be settled says nothing any more."""
_GIVEN_LANES = Given("lane", *_LANE_COLUMNS)
_LEFT = _GIVEN_LANES.many
FORGET_LANES = Statement(
    delete(journal_lane).where(
        journal_lane.c.company_id == COMPANY,
        journal_lane.c.integration_id == _LEFT.c.integration_id,
        journal_lane.c.lane == _LEFT.c.lane,
        ~select(journal.c.id).where(_IS_PENDING, _SAME_LANE).exists(),
    )
)
"""A lane in which something arrives at this moment is made again by `MEND` (journal_statements.py)."""


def settling(verdicts: Subquery) -> CTE:
    """Writes down what became of entries; those that have ended before stay as they are."""
    return (
        update(journal)
        .where(_IS_PENDING, journal.c.id == verdicts.c.id)
        .values(
            outcome=verdicts.c.outcome,
            reason=verdicts.c.reason,
            attempts=journal.c.attempts + 1,
            due_at=func.now() + verdicts.c.wait,
            settled_at=case((verdicts.c.outcome != _PENDING, func.now())),
        )
        .returning(journal.c.id)
        .cte("settled")
    )


def verdict_row(verdict: Verdict) -> Row:
    """What `settling` takes of a verdict."""
    return (verdict.entry_id, verdict.outcome, verdict.reason and showable(verdict.reason), verdict.wait)


RAW = Statement(
    select(journal.c.raw).where(
        journal.c.company_id == COMPANY,
        journal.c.integration_id == param("integration_id", Uuid),
        journal.c.event_key == param("event_key", Text),
    )
)


class PostgresLanes(LaneRepository):
    """Lanes are rows: locking one makes its entries nobody else's, and a dead worker's are free at once."""

    def __init__(self, unit: CompanyUnit) -> None:
        self._unit = unit

    async def claim(self, *, lanes: int, entries: int) -> Sequence[Entry]:
        window = WINDOW * max(lanes, entries)
        rows = await self._unit.fetch(CLAIM, lanes=lanes, entries=entries, window=window)
        return [_entry_of(row) for row in rows]

    async def raw_of(self, integration_id: IntegrationId, event_key: str) -> bytes | None:
        rows = await self._unit.fetch(RAW, integration_id=integration_id, event_key=event_key)
        return rows[0]["raw"] or None if rows else None

    async def claim_entry(self, entry_id: int) -> Entry | None:
        if not await self._unit.fetch(CLAIM_LANE_OF_ENTRY, id=entry_id):
            return None
        rows = await self._unit.fetch(ENTRY, id=entry_id)
        return _entry_of(rows[0]) if rows else None

    async def settle(self, verdicts: Sequence[Verdict]) -> None:
        if about_nobody := [verdict.entry_id for verdict in verdicts if verdict.is_about_nobody]:
            lanes = [tuple(row) for row in await self._unit.fetch(LANES_OF, ids=about_nobody)]
            await self._unit.fetch(FORGET, ids=about_nobody)
            await self._unit.fetch(FORGET_LANES, **_GIVEN_LANES.rows(lanes))
        self._unit.verdicts.extend(verdicts)


def _entry_of(row: "Record") -> Entry:
    return Entry(**row)
