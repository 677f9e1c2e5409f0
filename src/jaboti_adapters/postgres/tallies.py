"""Accounting: with each milestone of a chat an interval ends, another begins, and what the chat counts for changes.

An interval keeps the day, the hour and the seconds that it was given when it was written. So what a chat counts for can
be taken back exactly, when it moves or is opened again, whatever the company's time zone and hours are by then.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING
from uuid import UUID

from attrs import define, field
from sqlalchemy import CTE, Subquery, Table, Uuid, and_, func, select, update
from sqlalchemy.dialects.postgresql import insert

from jaboti_adapters.postgres.statements import COMPANY, Given, Row, Statement, array
from jaboti_adapters.postgres.tables import chat_interval, company, tally_by_day, tally_by_hour
from jaboti_adapters.postgres.tables.dashboards import ALL, DAY, MONTH, NONE, SUMS
from jaboti_adapters.postgres.texts import read
from jaboti_adapters.postgres.unit import CompanyUnit
from jaboti_domain.chat.events import Milestone
from jaboti_domain.chat.routing import ChatStatus
from jaboti_domain.company.errors import CompanyNotFound
from jaboti_domain.company.hours import BusinessHours
from jaboti_domain.dashboard.intervals import Calendar, Interval, calendar_of, lived_on
from jaboti_domain.dashboard.tally import NOTHING, Cell, Tally, difference, tallied
from jaboti_domain.kernel.ids import ChatId

if TYPE_CHECKING:
    from asyncpg import Record

_I = chat_interval.c
_COLUMNS = tuple(c for c in _I if c.name != "company_id")


def _given(table: Table) -> Given:
    return Given(table.name, *(c for c in table.c if c.name != "company_id"))


_TALLIES = {table.name: table for table in (tally_by_day, tally_by_hour)}

PARTS: Mapping[str, Given] = {
    "interval": _given(chat_interval),
    "ending": Given("ending", _I.chat_id, _I.version, _I.seconds, _I.business_seconds),
    **{name: _given(table) for name, table in _TALLIES.items()},
}
"""What an account may consist of."""
COUNTED = tuple(_TALLIES)
"""The parts that are added to what is there. Whoever adds holds the stream's lock, so that nobody waits for two."""

RECALL = Statement(
    select(company.c.time_zone, company.c.hours, *_COLUMNS)
    .select_from(
        company.outerjoin(
            chat_interval, and_(_I.company_id == company.c.id, _I.chat_id == func.any(array("ids", Uuid)))
        )
    )
    .where(company.c.id == COMPANY)
    .order_by(_I.chat_id, _I.version)
)


def ending(rows: Subquery) -> CTE:
    """Intervals end that were going on."""
    going_on = (_I.company_id == COMPANY, _I.chat_id == rows.c.chat_id, _I.version == rows.c.version)
    values = {"seconds": rows.c.seconds, "business_seconds": rows.c.business_seconds}
    ended = update(chat_interval).where(*going_on, _I.seconds.is_(None)).values(values)
    return ended.returning(_I.chat_id).cte("ending")


def counting(name: str, rows: Subquery, stream: CTE) -> CTE:
    """Add to the sums of a table, once the stream is locked."""
    table = _TALLIES[name]
    values = select(COMPANY, *rows.c).select_from(rows, stream)
    adding = insert(table).from_select([c.name for c in table.c], values)
    return (
        adding.on_conflict_do_update(
            index_elements=[c.name for c in table.primary_key],
            set_={name: table.c[name] + adding.excluded[name] for name in SUMS},
        )
        .returning(table.c.company_id)
        .cte(f"counted_{name}")
    )


async def account(unit: CompanyUnit, milestones: Sequence[Milestone]) -> Mapping[str, Sequence[Row]]:
    """The parts that these milestones make. Without any the server is not asked. Raises CompanyNotFound."""
    if not milestones:
        return {}
    told: defaultdict[ChatId, list[Milestone]] = defaultdict(list)
    for milestone in milestones:
        told[milestone.chat_id].append(milestone)
    rows = await unit.fetch(RECALL, ids=list(told))
    if not rows:
        raise CompanyNotFound()
    lives: defaultdict[ChatId, list[Interval]] = defaultdict(list)
    for row in rows:
        if row["chat_id"] is not None:
            lives[row["chat_id"]].append(_interval_of(row))
    books = _Books(_calendar(rows[0]["time_zone"], rows[0]["hours"]))
    for chat_id, news in told.items():
        books.enter(chat_id, lives[chat_id], news)
    return books.parts()


@lru_cache(maxsize=1024)
def _calendar(time_zone: str, hours: str | None) -> Calendar:
    return calendar_of(time_zone, BusinessHours.of_record(read(hours)) if hours else None)


@define
class _Books:
    calendar: Calendar
    intervals: list[Row] = field(factory=list)
    endings: list[Row] = field(factory=list)
    changes: dict[Cell, Tally] = field(factory=dict)

    def enter(self, chat_id: ChatId, life: Sequence[Interval], milestones: Sequence[Milestone]) -> None:
        after = life
        for milestone in milestones:
            after = lived_on(after, milestone, self.calendar)
        known = len(life)
        if life:
            last = after[known - 1]
            self.endings.append((chat_id, last.version, last.seconds, last.business_seconds))
        self.intervals += [(chat_id, *_row_of(interval)) for interval in after[known:]]
        for cell, tally in difference(tallied(after), tallied(life)).items():
            self.changes[cell] = self.changes.get(cell, NOTHING).plus(tally)

    def parts(self) -> dict[str, Sequence[Row]]:
        counted = {name: self._summed(keys) for name, keys in _KEYS.items()}
        return {"interval": self.intervals, "ending": self.endings, **counted}

    def _summed(self, keys: "Callable[[Cell], Iterable[Row]]") -> list[Row]:
        summed: defaultdict[Row, Tally] = defaultdict(Tally)
        for cell, tally in self.changes.items():
            for key in keys(cell):
                summed[key] = summed[key].plus(tally)
        return [(*key, *tally) for key, tally in summed.items() if tally]


def _by_day(cell: Cell) -> Iterator[Row]:
    whose = (_known(cell.department_id), _known(cell.attendant_id))
    yield DAY, cell.day, *whose
    yield MONTH, cell.day.replace(day=1), *whose


def _by_hour(cell: Cell) -> Iterator[Row]:
    department_id, attendant_id = _known(cell.department_id), _known(cell.attendant_id)
    yield ALL, ALL, cell.day, cell.hour
    if department_id != NONE:
        yield department_id, department_id, cell.day, cell.hour
    if attendant_id != NONE or department_id == NONE:
        yield attendant_id, department_id, cell.day, cell.hour


_KEYS: "Mapping[str, Callable[[Cell], Iterable[Row]]]" = {tally_by_day.name: _by_day, tally_by_hour.name: _by_hour}


def _known(id: UUID | None) -> UUID:
    return id or NONE


def _row_of(one: Interval) -> Row:
    return (
        one.version,
        one.state,
        one.department_id,
        one.attendant_id,
        one.since,
        one.day,
        one.hour,
        one.seconds,
        one.business_seconds,
    )


def _interval_of(row: "Record") -> Interval:
    return Interval(
        version=row["version"],
        state=ChatStatus(row["state"]),
        department_id=row["department_id"],
        attendant_id=row["attendant_id"],
        since=row["since"],
        day=row["day"],
        hour=row["hour"],
        seconds=row["seconds"],
        business_seconds=row["business_seconds"],
    )
