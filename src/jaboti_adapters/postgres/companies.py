"""Companies, their departments and their members."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import Uuid, delete, exists, func, select
from sqlalchemy.dialects.postgresql import insert

from jaboti_adapters.postgres.documents import named_shown
from jaboti_adapters.postgres.shelf import Shelf
from jaboti_adapters.postgres.statements import COMPANY, Given, Row, Statement, array, param
from jaboti_adapters.postgres.tables import company, department, membership, membership_department, user_account
from jaboti_adapters.postgres.unit import CompanyUnit
from jaboti_domain.company.errors import CompanyNotFound, DepartmentNotFound, MemberExists, MemberNotFound
from jaboti_domain.company.model import Company, Department, Membership
from jaboti_domain.company.ports import CompanyRepository, DepartmentRepository, MembershipRepository
from jaboti_domain.kernel.actor import Role
from jaboti_domain.kernel.ids import DepartmentId, UserId

if TYPE_CHECKING:
    from asyncpg import Record


def _company_row(one: Company) -> Row:
    return (one.id, one.name, one.time_zone, one.currency, one.created_at)


def _company_of(row: "Record") -> Company:
    return Company(
        id=row["id"],
        name=row["name"],
        time_zone=row["time_zone"],
        currency=row["currency"],
        created_at=row["created_at"],
        version=row["version"],
    )


def _department_row(one: Department) -> Row:
    return (one.id, one.name, one.name.casefold(), one.description, one.created_at, named_shown(one))


def _department_of(row: "Record") -> Department:
    return Department(
        id=row["id"],
        company_id=row["company_id"],
        name=row["name"],
        description=row["description"],
        created_at=row["created_at"],
        version=row["version"],
    )


def _membership_row(one: Membership) -> Row:
    return (one.user_id, one.role, one.primary, one.enabled, one.created_at)


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
        version=row["version"],
    )


_GIVEN = Given("served", membership_department.c.user_id, membership_department.c.department_id)
_SERVED = _GIVEN.many
_OURS = select(department).where(department.c.company_id == COMPANY)
_MEMBER = (membership.c.company_id == COMPANY) & (membership.c.user_id == param("user_id", Uuid))

GET_COMPANY = Statement(select(company).where(company.c.id == COMPANY).with_for_update(key_share=True))
GET_DEPARTMENT = Statement(_OURS.where(department.c.id == param("id", Uuid)).with_for_update(key_share=True))
ALL_DEPARTMENTS = Statement(_OURS.order_by(department.c.created_at, department.c.id))
LOCK_MEMBER = Statement(select(membership.c.user_id).where(_MEMBER).with_for_update(key_share=True))
GET_MEMBER = Statement(
    select(
        membership,
        user_account.c.name,
        func.array(
            select(membership_department.c.department_id)
            .where(
                membership_department.c.company_id == membership.c.company_id,
                membership_department.c.user_id == membership.c.user_id,
            )
            .scalar_subquery()
        ).label("departments"),
    )
    .join(user_account, user_account.c.id == membership.c.user_id)
    .where(_MEMBER)
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
COMPANIES: Shelf[Company] = Shelf(company)
DEPARTMENTS: Shelf[Department] = Shelf(department)
MEMBERSHIPS: Shelf[Membership] = Shelf(membership, taken=MemberExists)


async def keep_companies(unit: CompanyUnit, companies: Sequence[Company]) -> None:
    """Write the company. Raises StaleVersion."""
    await COMPANIES.keep(unit, companies, _company_row)


async def keep_departments(unit: CompanyUnit, departments: Sequence[Department]) -> None:
    """Write departments. Raises DepartmentExists, StaleVersion."""
    await DEPARTMENTS.keep(unit, departments, _department_row)


async def keep_memberships(unit: CompanyUnit, memberships: Sequence[Membership]) -> None:
    """Write members, and which departments they serve. Raises MemberExists, StaleVersion, NotFound."""
    if not memberships:
        return
    await MEMBERSHIPS.keep(unit, memberships, _membership_row)
    served = [(one.user_id, department_id) for one in memberships for department_id in one.departments]
    rows = _GIVEN.rows(served)
    await unit.fetch(LEAVE_DEPARTMENTS, members=[one.user_id for one in memberships], **rows)
    await unit.fetch(SERVE_DEPARTMENTS, **rows)


class PostgresCompanies(CompanyRepository):
    """The unit's company as a row."""

    def __init__(self, unit: CompanyUnit) -> None:
        self._unit = unit

    async def get(self) -> Company:
        rows = await self._unit.fetch(GET_COMPANY)
        if not rows:
            raise CompanyNotFound()
        return _company_of(rows[0])

    async def save(self, company: Company) -> None:
        self._unit.save(company)


class PostgresDepartments(DepartmentRepository):
    """Departments as rows."""

    def __init__(self, unit: CompanyUnit) -> None:
        self._unit = unit

    async def get(self, department_id: DepartmentId) -> Department:
        rows = await self._unit.fetch(GET_DEPARTMENT, id=department_id)
        if not rows:
            raise DepartmentNotFound()
        return _department_of(rows[0])

    async def all(self) -> Sequence[Department]:
        return [_department_of(row) for row in await self._unit.fetch(ALL_DEPARTMENTS)]

    async def save(self, department: Department) -> None:
        self._unit.save(department)


class PostgresMemberships(MembershipRepository):
    """Members as rows; their names are their users'."""

    def __init__(self, unit: CompanyUnit) -> None:
        self._unit = unit

    async def get(self, user_id: UserId) -> Membership:
        if not await self._unit.fetch(LOCK_MEMBER, user_id=user_id):
            raise MemberNotFound()
        (row,) = await self._unit.fetch(GET_MEMBER, user_id=user_id)
        return _membership_of(row)

    async def save(self, membership: Membership) -> None:
        self._unit.save(membership)
