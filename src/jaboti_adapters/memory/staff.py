"""Companies, departments and the people who work there, as screens get them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TypeVar
from uuid import UUID

import msgspec
from attrs import frozen

from jaboti_adapters.memory.store import MemoryStore
from jaboti_adapters.showing import time_shown
from jaboti_domain.company.errors import CompanyNotFound, DepartmentNotFound, MemberNotFound
from jaboti_domain.company.model import Company, Department, Membership
from jaboti_domain.company.queries import AttendantFilter, AttendantReads, CompanyReads
from jaboti_domain.kernel.errors import InvalidCursor
from jaboti_domain.kernel.folding import folded
from jaboti_domain.kernel.ids import CompanyId, DepartmentId, UserId
from jaboti_domain.kernel.paging import Cursor, Json, JsonPage

Document = Mapping[str, object]
Place = tuple[str, UUID]
R = TypeVar("R")

_write = msgspec.json.Encoder().encode


@frozen
class MemoryCompanyReads(CompanyReads):
    """Always of this moment."""

    _store: MemoryStore

    async def companies_of(self, user_id: UserId) -> Json:
        return _write([self._company(member) for member in self._memberships(user_id)])

    async def company_of(self, user_id: UserId, company_id: CompanyId) -> Json:
        for member in self._memberships(user_id):
            if member.company_id == company_id:
                return _write(self._company(member))
        raise CompanyNotFound()

    async def members(self, company_id: CompanyId, *, after: Cursor | None, limit: int) -> JsonPage:
        return _page(members_of(self._store, company_id), _place, self._member, after=after, limit=limit)

    async def member(self, company_id: CompanyId, user_id: UserId) -> Json:
        return _write(self._member(member_of(self._store, company_id, user_id)))

    async def departments(self, company_id: CompanyId, *, after: Cursor | None, limit: int) -> JsonPage:
        rows = self._store.departments.where("company", company_id)
        there = [row for row in rows if row.removed_at is None]
        return _page(there, _place_of_department, self._department, after=after, limit=limit)

    async def department(self, company_id: CompanyId, department_id: DepartmentId) -> Json:
        row = self._store.departments.get(department_id)
        if row is None or row.company_id != company_id or row.removed_at is not None:
            raise DepartmentNotFound()
        return _write(self._department(row))

    def _memberships(self, user_id: UserId) -> Sequence[Membership]:
        rows = self._store.memberships.where("user", user_id)
        return sorted(
            (row for row in rows if row.enabled and not row.has_left),
            key=lambda row: (not self._store.is_primary(row), self._company_of(row).name, row.company_id),
        )

    def _company_of(self, member: Membership) -> Company:
        return self._store.companies.rows[member.company_id]

    def _company(self, member: Membership) -> Document:
        company = self._company_of(member)
        return {
            "id": company.id,
            **company.facts,
            "role": member.role,
            "primary": self._store.is_primary(member),
            "version": company.version,
        }

    def _member(self, member: Membership) -> Document:
        return {
            "userId": member.user_id,
            "name": member.name,
            "email": self._store.users.rows[member.user_id].email,
            "role": member.role,
            "primary": self._store.is_primary(member),
            "enabled": member.enabled,
            "joinedAt": time_shown(member.created_at),
            "version": member.version,
        }

    def _department(self, department: Department) -> Document:
        members = members_of(self._store, department.company_id)
        serving = sorted((member for member in members if department.id in member.departments), key=_place)
        return {
            "id": department.id,
            "name": department.name,
            "description": department.description,
            "members": [{"id": member.user_id, "name": member.name} for member in serving],
            "version": department.version,
        }


@frozen
class MemoryAttendantReads(AttendantReads):
    """Always of this moment."""

    _store: MemoryStore

    async def page(
        self,
        company_id: CompanyId,
        *,
        where: AttendantFilter,
        present: Collection[UserId],
        after: Cursor | None,
        limit: int,
    ) -> JsonPage:
        found = [row for row in members_of(self._store, company_id) if self._holds(row, where, present)]
        return _page(found, _place, lambda row: self._attendant(row, present), after=after, limit=limit)

    async def one(self, company_id: CompanyId, user_id: UserId, *, present: Collection[UserId]) -> Json:
        return _write(self._attendant(member_of(self._store, company_id, user_id), present))

    def _holds(self, member: Membership, where: AttendantFilter, present: Collection[UserId]) -> bool:
        return (
            (where.department_id is None or where.department_id in member.departments)
            and (where.online is None or where.online == (member.user_id in present))
            and (where.search is None or self._is_meant(member, folded(where.search)))
        )

    def _is_meant(self, member: Membership, search: str) -> bool:
        return search in folded(member.name) or search in self._email(member)

    def _email(self, member: Membership) -> str:
        return self._store.users.rows[member.user_id].email

    def _attendant(self, member: Membership, present: Collection[UserId]) -> Document:
        departments = [self._store.departments.rows[each] for each in member.departments]
        return {
            "id": member.user_id,
            "name": member.name,
            "email": self._email(member),
            "role": member.role,
            "departments": [{"id": d.id, "name": d.name} for d in sorted(departments, key=_place_of_department)],
            "online": member.user_id in present,
            "enabled": member.enabled,
            "version": member.version,
        }


def members_of(store: MemoryStore, company_id: CompanyId) -> list[Membership]:
    """Those who have not left."""
    return [row for row in store.memberships.where("company", company_id) if not row.has_left]


def member_of(store: MemoryStore, company_id: CompanyId, user_id: UserId) -> Membership:
    """One of them. Raises MemberNotFound."""
    row = store.memberships.get((company_id, user_id))
    if row is None or row.has_left:
        raise MemberNotFound()
    return row


def _place(member: Membership) -> Place:
    return folded(member.name), member.user_id


def _place_of_department(department: Department) -> Place:
    return folded(department.name), department.id


def _page(
    rows: Sequence[R],
    place_of: Callable[[R], Place],
    shown: Callable[[R], Document],
    *,
    after: Cursor | None,
    limit: int,
) -> JsonPage:
    begin = _place_in(after) if after else None
    following = sorted((row for row in rows if begin is None or place_of(row) > begin), key=place_of)
    page = following[:limit]
    name, last = place_of(page[-1]) if page else ("", UUID(int=0))
    return JsonPage(_write(list(map(shown, page))), Cursor([name, str(last)]) if len(following) > limit else None)


def _place_in(cursor: Cursor) -> Place:
    try:
        name, last = cursor.key
        return name, UUID(last)
    except ValueError as error:
        raise InvalidCursor() from error
