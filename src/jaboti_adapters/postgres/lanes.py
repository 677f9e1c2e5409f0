"""The journal as one company's worker sees it: lanes are claimed with a row lock that lasts as long as the unit."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, Integer, and_, case, column, func, select, update
from sqlalchemy.dialects.postgresql import INTERVAL

from jaboti_adapters.postgres.statements import COMPANY, Given, Statement, param
from jaboti_adapters.postgres.tables import journal, journal_lane
from jaboti_adapters.postgres.texts import showable
from jaboti_adapters.postgres.unit import CompanyUnit
from jaboti_domain.integration.ports import Entry, LaneRepository, Outcome, Verdict

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
_GIVEN_LANES = Given("claimed", *_LANE_COLUMNS)
_CLAIMED = _GIVEN_LANES.many
_GIVEN_VERDICTS = Given("verdict", journal.c.id, journal.c.outcome, journal.c.reason, column("wait", INTERVAL))
_VERDICTS = _GIVEN_VERDICTS.many
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
CLAIM_LANES = Statement(
    select(journal_lane.c.integration_id, journal_lane.c.lane)
    .join(
        _waiting,
        (journal_lane.c.integration_id == _waiting.c.integration_id) & (journal_lane.c.lane == _waiting.c.lane),
    )
    .where(journal_lane.c.company_id == COMPANY)
    .order_by(_waiting.c.first)
    .limit(param("lanes", Integer))
    .with_for_update(of=journal_lane, skip_locked=True)
)
ENTRIES_OF_LANES = Statement(
    _ENTRIES.join(
        _CLAIMED, (journal.c.integration_id == _CLAIMED.c.integration_id) & (journal.c.lane == _CLAIMED.c.lane)
    )
    .where(_IS_DUE)
    .order_by(journal.c.id)
    .limit(param("entries", Integer))
)
CLAIM_LANE_OF_ENTRY = Statement(
    select(journal_lane.c.lane)
    .join(journal, _SAME_LANE)
    .where(_IS_PENDING, journal.c.id == param("id", BigInteger))
    .with_for_update(of=journal_lane, skip_locked=True)
)
ENTRY = Statement(_ENTRIES.where(_IS_PENDING, journal.c.id == param("id", BigInteger)))
SETTLE = Statement(
    update(journal)
    .where(_IS_PENDING, journal.c.id == _VERDICTS.c.id)
    .values(
        outcome=_VERDICTS.c.outcome,
        reason=_VERDICTS.c.reason,
        attempts=journal.c.attempts + 1,
        due_at=func.now() + _VERDICTS.c.wait,
        settled_at=case((_VERDICTS.c.outcome != _PENDING, func.now())),
    )
)


async def settle(unit: CompanyUnit) -> None:
    """Write down what became of entries; those that have ended before stay as they are."""
    if not unit.verdicts:
        return
    rows = [(v.entry_id, v.outcome, v.reason and showable(v.reason), v.wait) for v in unit.verdicts]
    await unit.fetch(SETTLE, **_GIVEN_VERDICTS.rows(rows))


class PostgresLanes(LaneRepository):
    """Lanes are rows: locking one makes its entries nobody else's, and a dead worker's are free at once."""

    def __init__(self, unit: CompanyUnit) -> None:
        self._unit = unit

    async def claim(self, *, lanes: int, entries: int) -> Sequence[Entry]:
        window = WINDOW * max(lanes, entries)
        claimed = await self._unit.fetch(CLAIM_LANES, lanes=lanes, window=window)
        if not claimed:
            return []
        given = _GIVEN_LANES.rows(claimed)
        return [_entry_of(row) for row in await self._unit.fetch(ENTRIES_OF_LANES, entries=entries, **given)]

    async def claim_entry(self, entry_id: int) -> Entry | None:
        if not await self._unit.fetch(CLAIM_LANE_OF_ENTRY, id=entry_id):
            return None
        rows = await self._unit.fetch(ENTRY, id=entry_id)
        return _entry_of(rows[0]) if rows else None

    async def settle(self, verdicts: Sequence[Verdict]) -> None:
        self._unit.verdicts.extend(verdicts)


def _entry_of(row: "Record") -> Entry:
    return Entry(**row)
