"""The statements behind dashboards.

What happened was counted when it happened: a year's days and hours are a few thousand rows. Only what is open is
counted anew, out of an index that has the open chats alone.

Each figure is a row. Its `kind` says whether it is of a day, of an hour of the day, or of somebody; departments and
attendants may come twice, once with their sums and once with what they have open.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Date,
    FromClause,
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
    tally_by_attendant,
    tally_by_day,
    tally_by_hour,
    user_account,
)
from jaboti_adapters.postgres.tables.dashboards import ALL, NONE, SUMS
from jaboti_domain.chat.routing import ChatStatus

DAY, HOUR, DEPARTMENT, ATTENDANT, TODAY = "day", "hour", "department", "attendant", "today"
OPEN = {"bot": ChatStatus.BOT, "pending": ChatStatus.PENDING, "active": ChatStatus.ACTIVE}

Column = ColumnElement[Any]
Seen = Callable[[Column, Column], Column]
"""Whether what is of this department and this attendant is in view."""

_D, _H, _A, _I = tally_by_day.c, tally_by_hour.c, tally_by_attendant.c, chat_interval.c
_SERVED, _VIEWER, _ONLY = array("served", Uuid), param("viewer", Uuid), param("only", Uuid)
_UNCLAIMED, _DATE = param("unclaimed", Boolean), param("day", Date)
_NONE, _ALL, _ZERO = literal(NONE, Uuid), literal(ALL, Uuid), literal_column("0", Integer)
_ASKED_FOR = (param("first", Date), param("last", Date))
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


def _metrics(seen: Seen, hours: FromClause) -> Statement:
    figures = union_all(
        _days(seen),
        _figure(HOUR, _sums(hours), hour=hours.c.hour).group_by(hours.c.hour),
        _opened(seen),
        _figure(TODAY, _sums(tally_by_day)).where(
            _D.company_id == HERE, _D.day == param("today", Date), seen(_D.department_id, _D.attendant_id)
        ),
    ).subquery("figures")
    of_department = select(department.c.name).where(department.c.company_id == HERE, department.c.id == figures.c.id)
    of_attendant = select(user_account.c.name).where(user_account.c.id == figures.c.id)
    name = case(
        (figures.c.kind == DEPARTMENT, of_department.scalar_subquery()),
        (figures.c.kind == ATTENDANT, of_attendant.scalar_subquery()),
    )
    return within_company(select(*figures.c, name.label("name")))


def _days(seen: Seen) -> Select[Any]:
    """The days, the departments and the attendants, in one go."""
    keys = (_D.day, _D.department_id, _D.attendant_id)
    kind = case((func.grouping(_D.day) == 0, DAY), (func.grouping(_D.department_id) == 0, DEPARTMENT), else_=ATTENDANT)
    figure = _figure(kind, _sums(tally_by_day), day=_D.day, id_=func.coalesce(_D.department_id, _D.attendant_id))
    ours = (_D.company_id == HERE, _D.day.between(*_ASKED_FOR), seen(_D.department_id, _D.attendant_id))
    return figure.where(*ours).group_by(func.grouping_sets(*keys))


def _hours_of_all() -> FromClause:
    return _hours(_H, _H.department_id == _ALL).subquery("hours")


def _hours_in_view() -> FromClause:
    """What the departments have, what the viewer has elsewhere, and what is nobody's: nothing twice."""
    own = _is_own(_A.department_id, _A.attendant_id) & ~_is_served(_A.department_id)
    free = _is_free(_A.department_id, _A.attendant_id)
    return union_all(_hours(_H, _is_served(_H.department_id)), _hours(_A, own), _hours(_A, free)).subquery("hours")


def _hours(of: Any, which: Column) -> Select[Any]:
    ours = (of.company_id == HERE, of.day.between(*_ASKED_FOR), which)
    return select(of.hour, *(of[name] for name in SUMS)).where(*ours)


def _opened(seen: Seen) -> Select[Any]:
    department_id, attendant_id = func.coalesce(_I.department_id, _NONE), func.coalesce(_I.attendant_id, _NONE)
    kind = case((func.grouping(department_id) == 0, DEPARTMENT), else_=ATTENDANT)
    figure = _figure(kind, _no_sums(), _counts(), id_=func.coalesce(department_id, attendant_id))
    ours = (_I.company_id == HERE, _OPENED, seen(department_id, attendant_id))
    return figure.where(*ours).group_by(func.grouping_sets(department_id, attendant_id))


def _board() -> Statement:
    """What is open, and what counted on one day, by department and attendant."""
    whose = (_I.department_id, _I.attendant_id)
    is_known = (func.nullif(_D.department_id, _NONE), func.nullif(_D.attendant_id, _NONE))
    now = select(*whose, *_no_sums(), *_counts()).where(_I.company_id == HERE, _OPENED).group_by(*whose)
    then = select(*is_known, *(_D[name] for name in SUMS), *_none_open()).where(_D.company_id == HERE, _D.day == _DATE)
    return within_company(union_all(now, then))


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


def _sums(of: FromClause) -> list[Column]:
    return [func.coalesce(cast(func.sum(of.c[name]), BigInteger), _ZERO).label(name) for name in SUMS]


def _no_sums() -> list[Column]:
    return [_ZERO.label(name) for name in SUMS]


def _counts() -> list[Column]:
    return [func.count().filter(_I.state == status.value).label(name) for name, status in OPEN.items()]


def _none_open() -> list[Column]:
    return [_ZERO.label(name) for name in OPEN]


CUSTOMS = within_company(select(company.c.time_zone, company.c.currency).where(company.c.id == HERE))
METRICS_OF_ALL = _metrics(_everything, _hours_of_all())
METRICS_IN_VIEW = _metrics(_in_view, _hours_in_view())
BOARD = _board()
LAYOUT = within_company(
    select(dashboard_layout).where(
        dashboard_layout.c.company_id == HERE, dashboard_layout.c.user_id == param("user_id", Uuid)
    )
)
