"""What messages may cost."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from jaboti_adapters.postgres.engine import Database
from jaboti_adapters.postgres.shelf import Shelf
from jaboti_adapters.postgres.statements import COMPANY, Row, Statement
from jaboti_adapters.postgres.tables import budget
from jaboti_adapters.postgres.unit import CompanyUnit
from jaboti_domain.integration.budget import Budget
from jaboti_domain.integration.ports.stores import BudgetedCompanies, BudgetRepository
from jaboti_domain.kernel.ids import CompanyId
from jaboti_domain.kernel.money import Money

if TYPE_CHECKING:
    from asyncpg import Record

FIND = Statement(select(budget).where(budget.c.company_id == COMPANY).with_for_update())
REMOVE = Statement(delete(budget).where(budget.c.company_id == COMPANY))
COMPANIES = Statement(select(budget.c.company_id).order_by(budget.c.company_id))
SHELF: Shelf[Budget] = Shelf(budget)


async def keep(unit: CompanyUnit, budgets: Sequence[Budget]) -> None:
    """Write the budget. Raises StaleVersion."""
    await SHELF.keep(unit, budgets, _row_of)


class PostgresBudgets(BudgetRepository):
    """The budget as a row."""

    def __init__(self, unit: CompanyUnit) -> None:
        self._unit = unit

    async def find(self) -> Budget | None:
        rows = await self._unit.fetch(FIND)
        return _budget_of(rows[0]) if rows else None

    async def save(self, budget: Budget) -> None:
        self._unit.save(budget)

    async def remove(self) -> None:
        await self._unit.fetch(REMOVE)


class PostgresBudgetedCompanies(BudgetedCompanies):
    """Looks at the budgets of all companies."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def companies(self) -> Sequence[CompanyId]:
        async with self._database.queue() as session:
            return [row["company_id"] for row in await session.fetch(COMPANIES)]


def _row_of(one: Budget) -> Row:
    return (one.money.amount, one.money.currency, one.warned_month, one.warned_percent)


def _budget_of(row: "Record") -> Budget:
    return Budget(
        company_id=row["company_id"],
        money=Money(row["amount"], row["currency"]),
        warned_month=row["warned_month"],
        warned_percent=row["warned_percent"],
        version=row["version"],
    )
