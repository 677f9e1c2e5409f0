"""Members of companies."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import Boolean, ColumnElement, Uuid, case, delete, exists, func, null, select, update
from sqlalchemy.dialects.postgresql import insert

from jaboti_adapters.postgres.companies import GET_COMPANY
from jaboti_adapters.postgres.documents import member_shown
from jaboti_adapters.postgres.queries.belonging import IS_MEMBER, IS_PRIMARY
from jaboti_adapters.postgres.shelf import Shelf
from jaboti_adapters.postgres.statements import COMPANY, Given, Row, Statement, array, param
from jaboti_adapters.postgres.tables import membership, membership_department, user_account
from jaboti_adapters.postgres.unit import CompanyUnit
from jaboti_domain.company.errors import MemberExists, MemberNotFound
from jaboti_domain.company.model import Membership
from jaboti_domain.company.ports import MembershipRepository
from jaboti_domain.kernel.actor import Role
from jaboti_domain.kernel.folding import folded
from jaboti_domain.kernel.ids import DepartmentId, UserId

if TYPE_CHECKING:
    from asyncpg import Record


def _row_of(one: Membership) -> Row:
    return (
        one.user_id,
        one.role,
        one.enabled,
        one.created_at,
        one.name,
        folded(one.name),
        member_shown(one),
        one.left_at,
    )


def _membership_of(row: "Record") -> Membership:
    return Membership(
        company_id=row["company_id"],
        user_id=row["user_id"],
        name=row["name"],
        role=Role(row["role"]),
        departments=frozenset(row["departments"]),
        primary=row["is_primary"],
        enabled=row["enabled"],
        created_at=row["created_at"],
        left_at=row["left_at"],
        version=row["version"],
    )


_GIVEN = Given("served", membership_department.c.user_id, membership_department.c.department_id)
_SERVED = _GIVEN.many
_OURS = membership.c.company_id == COMPANY
_MEANT = membership.c.user_id == func.any(array("users", Uuid))
_SERVES = (
    select(membership_department.c.user_id)
    .where(
        membership_department.c.company_id == COMPANY,
        membership_department.c.department_id == param("department_id", Uuid),
    )
    .scalar_subquery()
)
_DEPARTMENTS = func.array(
    select(membership_department.c.department_id)
    .where(
        membership_department.c.company_id == membership.c.company_id,
        membership_department.c.user_id == membership.c.user_id,
    )
    .scalar_subquery()
)


def _lock(*where: ColumnElement[bool]) -> Statement:
    rows = select(membership.c.user_id).where(_OURS, *where).order_by(membership.c.user_id)
    return Statement(rows.with_for_update(key_share=True))


LOCK = _lock(_MEANT)
LOCK_OF_DEPARTMENT = _lock(membership.c.user_id.in_(_SERVES), IS_MEMBER)
GET = Statement(
    select(membership, IS_PRIMARY.label("is_primary"), _DEPARTMENTS.label("departments"))
    .join(user_account, user_account.c.id == membership.c.user_id)
    .where(_OURS, _MEANT)
    .order_by(membership.c.user_id)
)
"""What belongs to a member besides their row is read when the row is locked, or it would be as it was before."""
ADMINS = Statement(
    select(membership.c.user_id)
    .join(user_account, user_account.c.id == membership.c.user_id)
    .where(_OURS, IS_MEMBER, membership.c.role == Role.ADMIN.value, membership.c.enabled, user_account.c.enabled)
)
IS_ELSEWHERE = Statement(
    select(func.is_elsewhere(param("user_id", Uuid), COMPANY, type_=Boolean).label("is_elsewhere"))
)
LEAVE_DEPARTMENTS = Statement(
    delete(membership_department).where(
        membership_department.c.company_id == COMPANY,
        membership_department.c.user_id == func.any(array("members", Uuid)),
        ~exists().where(
            _SERVED.c.user_id == membership_department.c.user_id,
            _SERVED.c.department_id == membership_department.c.department_id,
        ),
    )
)
SERVE_DEPARTMENTS = Statement(
    insert(membership_department)
    .from_select(["company_id", "user_id", "department_id"], select(COMPANY, *_SERVED.c))
    .on_conflict_do_nothing()
)
_BEGINS_HERE = user_account.c.primary_company_id.is_not_distinct_from(COMPANY)
_SHALL_BEGIN_HERE = user_account.c.id == func.any(array("primary", Uuid))
SET_PRIMARY = Statement(
    update(user_account)
    .where(user_account.c.id == func.any(array("members", Uuid)), _BEGINS_HERE.is_distinct_from(_SHALL_BEGIN_HERE))
    .values(primary_company_id=case((_SHALL_BEGIN_HERE, COMPANY), else_=null()))
)
MEMBERSHIPS: Shelf[Membership] = Shelf(membership, taken=MemberExists)


async def keep(unit: CompanyUnit, memberships: Sequence[Membership]) -> None:
    """Write members, which departments they serve, and for whom it is the primary company.

    Raises MemberExists, StaleVersion, NotFound.
    """
    if not memberships:
        return
    await MEMBERSHIPS.keep(unit, memberships, _row_of)
    members = [one.user_id for one in memberships]
    served = [(one.user_id, department_id) for one in memberships for department_id in one.departments]
    rows = _GIVEN.rows(served)
    await unit.fetch(LEAVE_DEPARTMENTS, members=members, **rows)
    await unit.fetch(SERVE_DEPARTMENTS, **rows)
    await unit.fetch(SET_PRIMARY, members=members, primary=[one.user_id for one in memberships if one.primary])


class PostgresMemberships(MembershipRepository):
    """Members as rows; which of a user's companies is the primary one is a column of theirs."""

    def __init__(self, unit: CompanyUnit) -> None:
        self._unit = unit

    async def get(self, user_id: UserId) -> Membership:
        member = await self.find(user_id)
        if member is None or member.has_left:
            raise MemberNotFound()
        return member

    async def find(self, user_id: UserId) -> Membership | None:
        found = await self._locked(LOCK, users=[user_id])
        return found[0] if found else None

    async def find_of_department(self, department_id: DepartmentId) -> Sequence[Membership]:
        found = await self._locked(LOCK_OF_DEPARTMENT, department_id=department_id)
        return [member for member in found if department_id in member.departments]

    async def admins(self) -> Collection[UserId]:
        await self._unit.fetch(GET_COMPANY)
        return [row["user_id"] for row in await self._unit.fetch(ADMINS)]

    async def is_elsewhere(self, user_id: UserId) -> bool:
        (row,) = await self._unit.fetch(IS_ELSEWHERE, user_id=user_id)
        is_elsewhere: bool = row["is_elsewhere"]
        return is_elsewhere

    async def save(self, membership: Membership) -> None:
        self._unit.save(membership)

    async def _locked(self, lock: Statement, **values: object) -> list[Membership]:
        users = [row["user_id"] for row in await self._unit.fetch(lock, **values)]
        return [_membership_of(row) for row in await self._unit.fetch(GET, users=users)] if users else []
