"""Reads of costs, for screens."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Numeric,
    Select,
    Subquery,
    Text,
    Uuid,
    case,
    cast,
    func,
    literal,
    null,
    select,
    tuple_,
)

from jaboti_adapters.postgres.engine import Database
from jaboti_adapters.postgres.queries.paging import page_in, paged, place_in
from jaboti_adapters.postgres.queries.scope import HERE, within_company
from jaboti_adapters.postgres.statements import Statement, param
from jaboti_adapters.postgres.tables import company, department, integration, usage, user_account
from jaboti_adapters.postgres.tables.columns import MOMENT
from jaboti_domain.integration.queries import MonthSpent, UsageGrouping, UsageReads
from jaboti_domain.kernel.ids import CompanyId
from jaboti_domain.kernel.money import Money
from jaboti_domain.kernel.paging import Cursor, JsonPage

KEYS = ("key", "platform", "category", "currency")

_U = usage.c
_SINCE, _UNTIL = param("since", MOMENT), param("until", MOMENT)
_BETWEEN = (_U.company_id == HERE, _U.at >= _SINCE, _U.at < _UNTIL)
_ZONE = select(company.c.time_zone).where(company.c.id == HERE).scalar_subquery()
_DAY = cast(func.timezone(_ZONE, _U.at), Date)
_KEY: dict[UsageGrouping, ColumnElement[str]] = {
    UsageGrouping.DAY: cast(_DAY, Text),
    UsageGrouping.ATTENDANT: func.coalesce(cast(_U.attendant_id, Text), ""),
    UsageGrouping.DEPARTMENT: func.coalesce(cast(_U.department_id, Text), ""),
    UsageGrouping.CHAT: cast(_U.chat_id, Text),
}
_SUM = cast(func.sum(_U.amount), Numeric(24, 6))


def _groups(by: UsageGrouping) -> Subquery:
    key = _KEY[by].label("key")
    of_integration = (integration.c.company_id == HERE) & (integration.c.id == _U.integration_id)
    return (
        select(
            key,
            integration.c.platform,
            _U.category,
            _U.currency,
            func.count().label("messages"),
            func.count().filter(_U.amount.is_(None)).label("unpriced"),
            func.coalesce(_SUM, cast(literal("0"), Numeric(24, 6))).label("amount"),
        )
        .select_from(usage.join(integration, of_integration))
        .where(*_BETWEEN)
        .group_by(key, integration.c.platform, _U.category, _U.currency)
        .subquery("groups")
    )


def _document(groups: Subquery, by: UsageGrouping) -> ColumnElement[Any]:
    id_ = cast(func.nullif(groups.c.key, ""), Uuid)
    names = {
        UsageGrouping.ATTENDANT: select(user_account.c.name).where(user_account.c.id == id_),
        UsageGrouping.DEPARTMENT: select(department.c.name).where(
            department.c.company_id == HERE, department.c.id == id_
        ),
    }
    named = {which: _named(groups, name) if which is by else null() for which, name in names.items()}
    return func.json_build_object(
        "day",
        groups.c.key if by is UsageGrouping.DAY else null(),
        "attendant",
        named[UsageGrouping.ATTENDANT],
        "department",
        named[UsageGrouping.DEPARTMENT],
        "chatId",
        groups.c.key if by is UsageGrouping.CHAT else null(),
        "platform",
        groups.c.platform,
        "category",
        groups.c.category,
        "messages",
        groups.c.messages,
        "unpriced",
        groups.c.unpriced,
        "cost",
        func.json_build_object("amount", cast(groups.c.amount, Text), "currency", groups.c.currency),
    )


def _named(groups: Subquery, name: Select[Any]) -> ColumnElement[Any]:
    shown = func.json_build_object("id", groups.c.key, "name", name.scalar_subquery())
    return case((groups.c.key != "", shown))


@cache
def page(by: UsageGrouping, *, goes_on: bool) -> Statement:
    """The statement for usage in groups."""
    groups = _groups(by)
    listed = select(cast(_document(groups, by), Text).label("document"), *(groups.c[key] for key in KEYS))
    if goes_on:
        end = tuple_(*(param(f"after_{key}", Text) for key in KEYS))
        listed = listed.where(tuple_(*(groups.c[key] for key in KEYS)) < end)
    return paged(listed, *KEYS)


_SUMS = select(_U.currency, _SUM.label("amount")).where(_U.amount.is_not(None)).group_by(_U.currency)
BETWEEN = within_company(_SUMS.where(*_BETWEEN).order_by(_U.currency))
_begun = func.date_trunc(literal("month"), func.timezone(_ZONE, param("at", MOMENT)))
MONTH = within_company(select(cast(_begun, Date).label("month"), func.timezone(_ZONE, _begun).label("since")))


class PostgresUsageReads(UsageReads):
    """The server writes the JSON, and knows the company's calendar."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(
        self,
        company_id: CompanyId,
        *,
        since: datetime,
        until: datetime,
        by: UsageGrouping,
        after: Cursor | None,
        limit: int,
    ) -> JsonPage:
        place = place_in(after, **{f"after_{key}": str for key in KEYS}) if after else {}
        values = {"company_id": company_id, "since": since, "until": until, "limit": limit, **place}
        async with self._database.single() as session:
            (row,) = await session.fetch(page(by, goes_on=after is not None), **values)
        return page_in(row, *KEYS)

    async def cost_between(self, company_id: CompanyId, since: datetime, until: datetime) -> Sequence[Money]:
        async with self._database.single() as session:
            rows = await session.fetch(BETWEEN, company_id=company_id, since=since, until=until)
        return [Money(row["amount"], row["currency"]) for row in rows]

    async def spent_in_month(self, company_id: CompanyId, at: datetime) -> MonthSpent:
        async with self._database.single() as session:
            (row,) = await session.fetch(MONTH, company_id=company_id, at=at)
        return MonthSpent(month=row["month"], sums=await self.cost_between(company_id, row["since"], at))
