"""Reads of attendants, for screens."""

from collections.abc import Collection
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ColumnElement, FromClause, Select, Text, Uuid, cast, exists, func, or_, select, tuple_

from jaboti_adapters.postgres.engine import Database
from jaboti_adapters.postgres.queries.belonging import IS_MEMBER
from jaboti_adapters.postgres.queries.chat_documents import array_of
from jaboti_adapters.postgres.queries.paging import LIMIT, page_in, paged, place_in
from jaboti_adapters.postgres.queries.scope import HERE, within_company
from jaboti_adapters.postgres.queries.utf8 import utf8
from jaboti_adapters.postgres.statements import Statement, array, param
from jaboti_adapters.postgres.tables import department, membership, membership_department, user_account
from jaboti_domain.company.errors import MemberNotFound
from jaboti_domain.company.queries import AttendantFilter, AttendantReads
from jaboti_domain.kernel.folding import folded
from jaboti_domain.kernel.ids import CompanyId, UserId
from jaboti_domain.kernel.paging import Cursor, Json, JsonPage

_M, _U = membership.c, user_account.c
PEOPLE = membership.join(user_account, _U.id == _M.user_id)
SORT_KEY = _M.sort_key.collate("C")
_USER, _SEARCH = param("user_id", Uuid), param("search", Text)
_TIES, _D = membership_department.c, department.c


def _is_present(user_id: ColumnElement[Any]) -> ColumnElement[bool]:
    return user_id == func.any(array("present", Uuid))


_CONDITIONS: dict[str, ColumnElement[bool]] = {
    "department_id": exists().where(
        _TIES.company_id == HERE, _TIES.user_id == _M.user_id, _TIES.department_id == param("department_id", Uuid)
    ),
    "online": _is_present(_M.user_id),
    "offline": ~_is_present(_M.user_id),
    "search": or_(func.strpos(_M.sort_key, _SEARCH) > 0, func.strpos(_U.email, _SEARCH) > 0),
    "after_name": tuple_(SORT_KEY, _M.user_id) > tuple_(param("after_name", Text), param("after_id", Uuid)),
}


def members_in_order(*where: ColumnElement[bool]) -> Select[Any]:
    """The first LIMIT members and one more: only these are made into documents."""
    members = select(*membership.c, _U.email, _U.primary_company_id, SORT_KEY.label("by_name")).select_from(PEOPLE)
    return members.where(_M.company_id == HERE, IS_MEMBER, *where).order_by(SORT_KEY, _M.user_id).limit(LIMIT + 1)


def _document(members: FromClause) -> ColumnElement[str]:
    one = members.c
    served = (
        select(array_of(_D.shown, _D.sort_key.collate("C"), _D.id))
        .select_from(membership_department)
        .join(department, (_D.company_id == HERE) & (_D.id == _TIES.department_id))
        .where(_TIES.company_id == HERE, _TIES.user_id == one.user_id)
        .scalar_subquery()
    )
    shown = {
        "id": one.user_id,
        "name": one.name,
        "email": one.email,
        "role": one.role,
        "departments": cast(served, JSON),
        "online": _is_present(one.user_id),
        "enabled": one.enabled,
        "version": one.version,
    }
    return cast(func.json_build_object(*(each for pair in shown.items() for each in pair)), Text)


@cache
def page(conditions: frozenset[str]) -> Statement:
    """The statement for a list with these conditions."""
    members = members_in_order(*(_CONDITIONS[name] for name in sorted(conditions))).subquery("members")
    listed = select(_document(members).label("document"), members.c.by_name, members.c.user_id)
    return paged(listed, "by_name", "user_id", falling=False)


def _one() -> Statement:
    found = select(*membership.c, _U.email).select_from(PEOPLE)
    member = found.where(_M.company_id == HERE, _M.user_id == _USER, IS_MEMBER).subquery("member")
    return within_company(select(utf8(_document(member)).label("json")))


ONE = _one()


class PostgresAttendantReads(AttendantReads):
    """The server writes the JSON."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(
        self,
        company_id: CompanyId,
        *,
        where: AttendantFilter,
        present: Collection[UserId],
        after: Cursor | None,
        limit: int,
    ) -> JsonPage:
        values: dict[str, object] = {
            "department_id": where.department_id,
            "online": where.online or None,
            "offline": where.online is False or None,
            "search": None if where.search is None else folded(where.search),
            **(place_after_member(after) if after else {}),
        }
        given = {name: value for name, value in values.items() if value is not None}
        statement = page(frozenset(given.keys() & _CONDITIONS.keys()))
        async with self._database.single() as session:
            (row,) = await session.fetch(statement, company_id=company_id, present=list(present), limit=limit, **given)
        return page_in(row, "by_name", "user_id")

    async def one(self, company_id: CompanyId, user_id: UserId, *, present: Collection[UserId]) -> Json:
        async with self._database.single() as session:
            rows = await session.fetch(ONE, company_id=company_id, user_id=user_id, present=list(present))
        if not rows:
            raise MemberNotFound()
        document: Json = rows[0]["json"]
        return document


def place_after_member(cursor: Cursor) -> dict[str, object]:
    """Where a page that is sorted by name and id ended. Raises InvalidCursor."""
    return dict(place_in(cursor, after_name=str, after_id=UUID))
