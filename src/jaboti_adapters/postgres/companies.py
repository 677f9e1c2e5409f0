"""Companies and their departments."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import Uuid, func, select

from jaboti_adapters.postgres.documents import named_shown
from jaboti_adapters.postgres.integrations import bot_of
from jaboti_adapters.postgres.shelf import Shelf
from jaboti_adapters.postgres.statements import COMPANY, Row, Statement, param
from jaboti_adapters.postgres.tables import chat, company, department
from jaboti_adapters.postgres.texts import read, written
from jaboti_adapters.postgres.unit import CompanyUnit
from jaboti_domain.chat.routing import ChatStatus
from jaboti_domain.company.errors import CompanyNotFound, DepartmentNotFound
from jaboti_domain.company.hours import BusinessHours
from jaboti_domain.company.model import Company, Department
from jaboti_domain.company.ports import CompanyRepository, DepartmentRepository
from jaboti_domain.company.retention import Retention
from jaboti_domain.kernel.folding import folded
from jaboti_domain.kernel.ids import DepartmentId

if TYPE_CHECKING:
    from asyncpg import Record


def _company_row(one: Company) -> Row:
    hours, bot = one.facts["businessHours"], one.facts["bot"]
    return (
        one.id,
        one.name,
        one.time_zone,
        one.currency,
        one.created_at,
        written(hours) if hours else None,
        written(bot) if bot else None,
        written(one.retention.record()),
    )


def _company_of(row: "Record") -> Company:
    return Company(
        id=row["id"],
        name=row["name"],
        time_zone=row["time_zone"],
        currency=row["currency"],
        hours=BusinessHours.of_record(read(row["hours"])) if row["hours"] else None,
        bot=bot_of(row["bot"]),
        retention=retention_of(row["retention"]),
        created_at=row["created_at"],
        version=row["version"],
    )


def retention_of(record: str | None) -> Retention:
    """What a company's column says."""
    return Retention.of_record(read(record)) if record else Retention()


def _department_row(one: Department) -> Row:
    return (
        one.id,
        one.name,
        one.key,
        one.description,
        one.created_at,
        named_shown(one),
        folded(one.name),
        one.removed_at,
    )


def _department_of(row: "Record") -> Department:
    return Department(
        id=row["id"],
        company_id=row["company_id"],
        name=row["name"],
        description=row["description"],
        created_at=row["created_at"],
        removed_at=row["removed_at"],
        version=row["version"],
    )


_OURS = select(department).where(department.c.company_id == COMPANY, department.c.removed_at.is_(None))
_ID = param("id", Uuid)

GET_COMPANY = Statement(select(company).where(company.c.id == COMPANY).with_for_update(key_share=True))
GET_DEPARTMENT = Statement(_OURS.where(department.c.id == _ID).with_for_update(key_share=True))
ALL_DEPARTMENTS = Statement(_OURS.order_by(department.c.created_at, department.c.id))
COUNT_OPEN_CHATS = Statement(
    select(func.count().label("chats")).where(
        chat.c.company_id == COMPANY,
        chat.c.status.in_([status.value for status in ChatStatus if status is not ChatStatus.CLOSED]),
        chat.c.department_id == _ID,
    )
)
COMPANIES: Shelf[Company] = Shelf(company)
DEPARTMENTS: Shelf[Department] = Shelf(department)


async def keep_companies(unit: CompanyUnit, companies: Sequence[Company]) -> None:
    """Write the company. Raises StaleVersion."""
    await COMPANIES.keep(unit, companies, _company_row)


async def keep_departments(unit: CompanyUnit, departments: Sequence[Department]) -> None:
    """Write departments. Raises DepartmentExists, StaleVersion."""
    await DEPARTMENTS.keep(unit, departments, _department_row)


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

    async def count_open_chats(self, department_id: DepartmentId) -> int:
        (row,) = await self._unit.fetch(COUNT_OPEN_CHATS, id=department_id)
        chats: int = row["chats"]
        return chats

    async def save(self, department: Department) -> None:
        self._unit.save(department)
