"""Reads of companies, their members and departments, for screens."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, ColumnElement, FromClause, Text, Uuid, cast, func, literal, select, tuple_

from jaboti_adapters.postgres.engine import Database
from jaboti_adapters.postgres.queries.attendants import PEOPLE, SORT_KEY, members_in_order, place_after_member
from jaboti_adapters.postgres.queries.belonging import COMPANIES, IS_MEMBER, IS_PRIMARY, IS_THEIRS, PRIMARY_FIRST
from jaboti_adapters.postgres.queries.chat_documents import array_of
from jaboti_adapters.postgres.queries.paging import LIMIT, page_in, paged
from jaboti_adapters.postgres.queries.scope import HERE, within_company
from jaboti_adapters.postgres.queries.times import time_in_json
from jaboti_adapters.postgres.queries.utf8 import utf8
from jaboti_adapters.postgres.statements import Statement, param
from jaboti_adapters.postgres.tables import company, department, membership, membership_department, user_account
from jaboti_adapters.postgres.texts import written
from jaboti_domain.company.errors import CompanyNotFound, DepartmentNotFound, MemberNotFound
from jaboti_domain.company.queries import CompanyReads
from jaboti_domain.company.retention import Retention
from jaboti_domain.kernel.errors import NotFound
from jaboti_domain.kernel.ids import CompanyId, DepartmentId, UserId
from jaboti_domain.kernel.paging import Cursor, Json, JsonPage

if TYPE_CHECKING:
    from asyncpg import Record

_C, _M, _D, _TIES = company.c, membership.c, department.c, membership_department.c
_PLACE = tuple_(param("after_name", Text), param("after_id", Uuid))


def _written(shown: Mapping[str, ColumnElement[Any]]) -> ColumnElement[str]:
    return cast(func.json_build_object(*(each for pair in shown.items() for each in pair)), Text)


_COMPANY = _written(
    {
        "id": _C.id,
        "name": _C.name,
        "timeZone": _C.time_zone,
        "currency": _C.currency,
        "businessHours": _C.hours,
        "bot": _C.bot,
        "retention": func.coalesce(_C.retention, cast(literal(written(Retention().record())), JSON)),
        "role": _M.role,
        "primary": IS_PRIMARY,
        "version": _C.version,
    }
)


def _member(members: FromClause) -> ColumnElement[str]:
    one = members.c
    return _written(
        {
            "userId": one.user_id,
            "name": one.name,
            "email": one.email,
            "role": one.role,
            "primary": one.primary_company_id.is_not_distinct_from(HERE),
            "enabled": one.enabled,
            "joinedAt": time_in_json(one.created_at),
            "version": one.version,
        }
    )


def _department(departments: FromClause) -> ColumnElement[str]:
    one = departments.c
    serving = (
        select(array_of(_M.shown, SORT_KEY, _M.user_id))
        .select_from(membership_department)
        .join(membership, (_M.company_id == HERE) & (_M.user_id == _TIES.user_id))
        .where(_TIES.company_id == HERE, _TIES.department_id == one.id, IS_MEMBER)
        .scalar_subquery()
    )
    return _written(
        {
            "id": one.id,
            "name": one.name,
            "description": one.description,
            "members": cast(serving, JSON),
            "version": one.version,
        }
    )


def _members(*where: ColumnElement[bool]) -> Statement:
    members = members_in_order(*where).subquery("members")
    listed = select(_member(members).label("document"), members.c.by_name, members.c.user_id)
    return paged(listed, "by_name", "user_id", falling=False)


def _departments(*where: ColumnElement[bool]) -> Statement:
    ours = select(*department.c, _BY_NAME.label("by_name")).where(
        _D.company_id == HERE, _D.removed_at.is_(None), *where
    )
    departments = ours.order_by(_BY_NAME, _D.id).limit(LIMIT + 1).subquery("departments")
    listed = select(_department(departments).label("document"), departments.c.by_name, departments.c.id)
    return paged(listed, "by_name", "id", falling=False)


_BY_NAME = _D.sort_key.collate("C")
_ONE_MEMBER = (
    select(*membership.c, user_account.c.email, user_account.c.primary_company_id)
    .select_from(PEOPLE)
    .where(_M.company_id == HERE, _M.user_id == param("id", Uuid), IS_MEMBER)
    .subquery("member")
)
_ONE_DEPARTMENT = (
    select(department).where(_D.company_id == HERE, _D.id == param("id", Uuid), _D.removed_at.is_(None)).subquery("one")
)

COMPANIES_OF = Statement(
    select(utf8(array_of(_COMPANY, *PRIMARY_FIRST)).label("json")).select_from(COMPANIES).where(IS_THEIRS)
)
COMPANY_OF = Statement(
    select(utf8(_COMPANY).label("json")).select_from(COMPANIES).where(IS_THEIRS, _C.id == param("id", Uuid))
)
MEMBERS = _members()
MEMBERS_AFTER = _members(tuple_(SORT_KEY, _M.user_id) > _PLACE)
MEMBER = within_company(select(utf8(_member(_ONE_MEMBER)).label("json")))
DEPARTMENTS = _departments()
DEPARTMENTS_AFTER = _departments(tuple_(_BY_NAME, _D.id) > _PLACE)
DEPARTMENT = within_company(select(utf8(_department(_ONE_DEPARTMENT)).label("json")))


class PostgresCompanyReads(CompanyReads):
    """The server writes the JSON."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def companies_of(self, user_id: UserId) -> Json:
        async with self._database.user(user_id) as transaction:
            rows = await transaction.fetch(COMPANIES_OF, user_id=user_id)
        return _only(rows, CompanyNotFound)

    async def company_of(self, user_id: UserId, company_id: CompanyId) -> Json:
        async with self._database.user(user_id) as transaction:
            rows = await transaction.fetch(COMPANY_OF, user_id=user_id, id=company_id)
        return _only(rows, CompanyNotFound)

    async def members(self, company_id: CompanyId, *, after: Cursor | None, limit: int) -> JsonPage:
        place = place_after_member(after) if after else {}
        rows = await self._rows(MEMBERS_AFTER if after else MEMBERS, company_id, limit=limit, **place)
        return page_in(rows[0], "by_name", "user_id")

    async def member(self, company_id: CompanyId, user_id: UserId) -> Json:
        return _only(await self._rows(MEMBER, company_id, id=user_id), MemberNotFound)

    async def departments(self, company_id: CompanyId, *, after: Cursor | None, limit: int) -> JsonPage:
        place = place_after_member(after) if after else {}
        rows = await self._rows(DEPARTMENTS_AFTER if after else DEPARTMENTS, company_id, limit=limit, **place)
        return page_in(rows[0], "by_name", "id")

    async def department(self, company_id: CompanyId, department_id: DepartmentId) -> Json:
        return _only(await self._rows(DEPARTMENT, company_id, id=department_id), DepartmentNotFound)

    async def _rows(self, statement: Statement, company_id: CompanyId, **values: object) -> "list[Record]":
        async with self._database.single() as session:
            return await session.fetch(statement, company_id=company_id, **values)


def _only(rows: "list[Record]", missing: type[NotFound]) -> Json:
    if not rows:
        raise missing()
    document: Json = rows[0]["json"]
    return document
