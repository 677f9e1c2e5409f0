"""Reads of dashboards: the server adds up, and here the sums are put in their places."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from operator import itemgetter
from typing import TYPE_CHECKING, Any
from uuid import UUID

from attrs import asdict

from jaboti_adapters.postgres.engine import Database
from jaboti_adapters.postgres.layouts import layout_of
from jaboti_adapters.postgres.queries import dashboard_parts as parts
from jaboti_adapters.postgres.queries.stretches import cover
from jaboti_adapters.postgres.statements import Statement
from jaboti_adapters.postgres.tables.dashboards import NONE, SUMS
from jaboti_domain.company.errors import CompanyNotFound
from jaboti_domain.dashboard.model import Layout
from jaboti_domain.dashboard.queries import (
    Board,
    Customs,
    DashboardReads,
    Metrics,
    Open,
    Share,
    View,
    in_order,
    opened,
)
from jaboti_domain.dashboard.tally import Tally
from jaboti_domain.kernel.ids import CompanyId, UserId

if TYPE_CHECKING:
    from asyncpg import Record

_sums_of = itemgetter(*SUMS)
_open_of = itemgetter(*parts.OPEN)


class PostgresDashboardReads(DashboardReads):
    """One statement each."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def customs(self, company_id: CompanyId) -> Customs:
        rows = await self._rows(parts.CUSTOMS, company_id)
        if not rows:
            raise CompanyNotFound()
        return Customs(**rows[0])

    async def metrics(self, company_id: CompanyId, *, view: View, first: date, last: date, today: date) -> Metrics:
        sees_all = view.viewer is None and view.only is None
        statement = parts.METRICS_OF_ALL if sees_all else parts.METRICS_IN_VIEW
        kinds: defaultdict[str, list[Record]] = defaultdict(list)
        for row in await self._rows(statement, company_id, **asked(first, last, today), **_seen(view)):
            kinds[row["kind"]].append(row)
        departments = _shares(kinds[parts.DEPARTMENT])
        return Metrics(
            today=_tally(kinds[parts.TODAY][0]),
            open=opened(share.open for share in departments),
            days=_tallies(kinds[parts.DAY], "day"),
            hours=_tallies(kinds[parts.HOUR], "hour"),
            departments=departments,
            attendants=_shares(row for row in kinds[parts.ATTENDANT] if view.names(_known(row["id"]))),
        )

    async def board(self, company_id: CompanyId, *, day: date) -> Board:
        rows = await self._rows(parts.BOARD, company_id, day=day)
        told = [((row["department_id"], row["attendant_id"]), row) for row in rows]
        return Board(
            day=day,
            open={whose: many for whose, row in told if (many := _open(row))},
            tallies={whose: tally for whose, row in told if (tally := _tally(row))},
        )

    async def layout(self, company_id: CompanyId, user_id: UserId) -> Layout:
        rows = await self._rows(parts.LAYOUT, company_id, user_id=user_id)
        return layout_of(rows[0]) if rows else Layout.untouched(company_id, user_id)

    async def _rows(self, statement: Statement, company_id: CompanyId, **values: object) -> "list[Record]":
        async with self._database.single() as session:
            return await session.fetch(statement, company_id=company_id, **values)


def _seen(view: View) -> Mapping[str, object]:
    """Supervisors see a department as those do who serve it."""
    if view.only is None:
        served = view.departments
    else:
        served = frozenset({view.only} if view.viewer is None else {view.only} & view.departments)
    return {
        "served": list(served),
        "viewer": view.viewer,
        "only": view.only,
        "unclaimed": view.only is None,
    }


def asked(first: date, last: date, today: date) -> Mapping[str, object]:
    """The days that are asked for, and what they are put together of."""
    covered = cover(first, last, today=today)
    stretches = {parts.BEFORE: covered.before, parts.MONTHS: covered.months, parts.AFTER: covered.after}
    named = {f"{name}_{part}": value for name, it in stretches.items() for part, value in asdict(it).items()}
    return {f"{parts.DAYS}_first": first, f"{parts.DAYS}_last": last, "today": today, **named}


def _tallies(rows: "Iterable[Record]", key: str) -> dict[Any, Tally]:
    added: defaultdict[Any, Tally] = defaultdict(Tally)
    for row in rows:
        added[row[key]] = added[row[key]].plus(_tally(row))
    return {place: tally for place, tally in added.items() if tally}


def _shares(rows: "Iterable[Record]") -> list[Share]:
    return in_order(Share(id=_known(row["id"]), name=row["name"], tally=_tally(row), open=_open(row)) for row in rows)


def _known(id_: UUID) -> Any:
    return None if id_ == NONE else id_


def _tally(row: "Record") -> Tally:
    return Tally(*_sums_of(row))


def _open(row: "Record") -> Open:
    return Open(*_open_of(row))
