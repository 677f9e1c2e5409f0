"""The statements behind dashboards.

What happened was counted when it happened: a year's days and hours are a few thousand rows. Only what is open is
counted anew, out of an index that has the open chats alone.

Each figure is a row. Its `kind` says whether it is of a day, of an hour of the day, or of somebody; days and hours may
come more than once, and are to be added up.
"""

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Date,
    Integer,
    Select,
    SmallInteger,
    Text,
    Uuid,
    and_,
    case,
    cast,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    true,
    union_all,
)

from jaboti_adapters.postgres.queries.scope import HERE, within_company
from jaboti_adapters.postgres.statements import Statement, array, param
from jaboti_adapters.postgres.tables import (
    chat_interval,
    company,
    dashboard_layout,
    department,
    tally_by_day,
    tally_by_hour,
    user_account,
)
from jaboti_adapters.postgres.tables.dashboards import ALL, NONE, SUMS
from jaboti_adapters.postgres.tables.dashboards import DAY as OF_DAY
from jaboti_adapters.postgres.tables.dashboards import MONTH as OF_MONTH
from jaboti_domain.chat.routing import ChatStatus

DAY, HOUR, DEPARTMENT, ATTENDANT, TODAY = "day", "hour", "department", "attendant", "today"
DAYS, BEFORE, MONTHS, AFTER = "days", "before", "months", "after"
"""Stretches of time: what is asked for, and what that is put together of."""
OPEN = {"bot": ChatStatus.BOT, "pending": ChatStatus.PENDING, "active": ChatStatus.ACTIVE}

Column = ColumnElement[Any]
Seen = Callable[[Column, Column], Column]
"""Whether what is of this department and this attendant is in view."""

_D, _H, _I = tally_by_day.c, tally_by_hour.c, chat_interval.c
_SERVED, _VIEWER, _ONLY = array("served", Uuid), param("viewer", Uuid), param("only", Uuid)
_UNCLAIMED = param("unclaimed", Boolean)
_NONE, _ALL, _ZERO = literal(NONE, Uuid), literal(ALL, Uuid), literal_column("0", Integer)
_OPENED = _I.seconds.is_(None) & (_I.state != ChatStatus.CLOSED.value)


def _everything(_: Column, __: Column) -> Column:
    return true()


def _in_view(department_id: Column, attendant_id: Column) -> Column:
    return or_(_is_served(department_id), _is_own(department_id, attendant_id), _is_free(department_id, attendant_id))


def _is_served(department_id: Column) -> Column:
    return department_id == func.any(_SERVED)


def _is_own(department_id: Column, attendant_id: Column) -> Column:
    return and_(attendant_id == _VIEWER, or_(_ONLY.is_(None), department_id == _ONLY))


def _is_free(department_id: Column, attendant_id: Column) -> Column:
    return and_(_UNCLAIMED, department_id == _NONE, attendant_id == _NONE)


def _between(day: Column, stretch: str) -> Column:
    return day.between(param(f"{stretch}_first", Date), param(f"{stretch}_last", Date))


def _metrics(seen: Seen, *series: Select[Any]) -> Statement:
    figures = union_all(_shares(seen), _today(seen), *series).subquery("figures")
    of_department = select(department.c.name).where(department.c.company_id == HERE, department.c.id == figures.c.id)
    of_attendant = select(user_account.c.name).where(user_account.c.id == figures.c.id)
    name = case(
        (figures.c.kind == DEPARTMENT, of_department.scalar_subquery()),
        (figures.c.kind == ATTENDANT, of_attendant.scalar_subquery()),
    )
    return within_company(select(*figures.c, name.label("name")))


def _series_of_all() -> Select[Any]:
    return _series(_H.owner_id == _ALL, _H.department_id == _ALL)


def _series_in_view() -> Iterator[Select[Any]]:
    """What the departments have, what the viewer has elsewhere, and what is nobody's: nothing twice."""
    others = select(department.c.id).where(department.c.company_id == HERE, ~_is_served(department.c.id))
    elsewhere = or_(_H.department_id.in_(others), _H.department_id == _NONE)
    yield _series(_is_served(_H.owner_id), _H.department_id == _H.owner_id)
    yield _series(_is_own(_H.department_id, _H.owner_id), elsewhere)
    yield _series(_is_free(_H.department_id, _H.owner_id))


def _series(*which: Column) -> Select[Any]:
    """The days, and the hours of the day."""
    kind = case((func.grouping(_H.day) == 0, DAY), else_=HOUR)
    figure = _figure(kind, _sums(_H), day=_H.day, hour=_H.hour)
    ours = (_H.company_id == HERE, _between(_H.day, DAYS), *which)
    return figure.where(*ours).group_by(func.grouping_sets(_H.day, _H.hour))


def _shares(seen: Seen) -> Select[Any]:
    """The departments and the attendants, with what they have open; days are taken as months where that is shorter."""
    counted = union_all(
        _whose(OF_DAY, BEFORE, seen),
        _whose(OF_DAY, AFTER, seen),
        _whose(OF_MONTH, MONTHS, seen),
        _opened(seen),
    ).subquery("counted")
    keys = (counted.c.department_id, counted.c.attendant_id)
    kind = case((func.grouping(keys[0]) == 0, DEPARTMENT), else_=ATTENDANT)
    many: list[Column] = [cast(func.sum(counted.c[name]), BigInteger).label(name) for name in OPEN]
    return _figure(kind, _sums(counted.c), many, id_=func.coalesce(*keys)).group_by(func.grouping_sets(*keys))


def _whose(span: str, stretch: str, seen: Seen) -> Select[Any]:
    keys = (_D.department_id, _D.attendant_id)
    ours = (_D.company_id == HERE, _D.span == span, _between(_D.day, stretch), seen(*keys))
    sign = param(f"{stretch}_sign", BigInteger)
    sums = [(func.sum(_D[name]) * sign).label(name) for name in SUMS]
    return select(*keys, *sums, *_none_open()).where(*ours).group_by(*keys)


def _opened(seen: Seen) -> Select[Any]:
    keys = func.coalesce(_I.department_id, _NONE), func.coalesce(_I.attendant_id, _NONE)
    ours = (_I.company_id == HERE, _OPENED, seen(*keys))
    return select(*keys, *_no_sums(), *_counts()).where(*ours).group_by(*keys)


def _today(seen: Seen) -> Select[Any]:
    return _figure(TODAY, _sums(_D)).where(*_on_day("today"), seen(_D.department_id, _D.attendant_id))


def _board() -> Statement:
    """What is open, and what counted on one day, by department and attendant."""
    whose = (_I.department_id, _I.attendant_id)
    is_known = (func.nullif(_D.department_id, _NONE), func.nullif(_D.attendant_id, _NONE))
    now = select(*whose, *_no_sums(), *_counts()).where(_I.company_id == HERE, _OPENED).group_by(*whose)
    then = select(*is_known, *(_D[name] for name in SUMS), *_none_open()).where(*_on_day("day"))
    return within_company(union_all(now, then))


def _on_day(name: str) -> tuple[Column, ...]:
    return _D.company_id == HERE, _D.span == OF_DAY, _D.day == param(name, Date)


def _figure(
    kind: str | Column,
    sums: "list[Column]",
    counts: "list[Column] | None" = None,
    *,
    day: Column | None = None,
    hour: Column | None = None,
    id_: Column | None = None,
) -> Select[Any]:
    return select(
        cast(kind, Text).label("kind"),
        cast(null() if day is None else day, Date).label("day"),
        cast(null() if hour is None else hour, SmallInteger).label("hour"),
        cast(null() if id_ is None else id_, Uuid).label("id"),
        *sums,
        *(_none_open() if counts is None else counts),
    )


def _sums(of: Any) -> list[Column]:
    return [func.coalesce(cast(func.sum(of[name]), BigInteger), _ZERO).label(name) for name in SUMS]


def _no_sums() -> list[Column]:
    return [_ZERO.label(name) for name in SUMS]


def _counts() -> list[Column]:
    return [func.count().filter(_I.state == status.value).label(name) for name, status in OPEN.items()]


def _none_open() -> list[Column]:
    return [_ZERO.label(name) for name in OPEN]


CUSTOMS = within_company(select(company.c.time_zone, company.c.currency).where(company.c.id == HERE))
METRICS_OF_ALL = _metrics(_everything, _series_of_all())
METRICS_IN_VIEW = _metrics(_in_view, *_series_in_view())
BOARD = _board()
LAYOUT = within_company(
    select(dashboard_layout).where(
        dashboard_layout.c.company_id == HERE, dashboard_layout.c.user_id == param("user_id", Uuid)
    )
)
