"""What a company means to spend in a month."""

from datetime import date, datetime
from decimal import Decimal
from typing import Self

from attrs import define, field
from attrs.setters import frozen as frozen_field

from jaboti_domain.integration.events import BudgetWarned
from jaboti_domain.kernel.events import Aggregate
from jaboti_domain.kernel.ids import CompanyId
from jaboti_domain.kernel.money import Money

THRESHOLDS = (80, 100)
"""Per cent of the budget at which the company is warned."""


@define(kw_only=True)
class Budget(Aggregate):
    """A monthly budget; each threshold is told once a month."""

    company_id: CompanyId = field(on_setattr=frozen_field)
    money: Money
    warned_month: date | None = None
    """The first day of the month in which the company was warned last."""
    warned_percent: int = 0

    @classmethod
    def of(cls, company_id: CompanyId, money: Money) -> Self:
        """A new one."""
        return cls(company_id=company_id, money=money)

    def change(self, money: Money) -> None:
        """Another amount: its thresholds are told anew."""
        if money != self.money:
            self.money, self.warned_month, self.warned_percent = money, None, 0

    def spent(self, amount: Decimal, *, month: date, at: datetime) -> None:
        """So much was spent in this month until now: warn of each threshold that was passed and not told of yet."""
        told = self.warned_percent if self.warned_month == month else 0
        for percent in THRESHOLDS:
            if percent > told and amount * 100 >= self.money.amount * percent:
                self.warned_month, self.warned_percent = month, percent
                self._warn(percent, amount, month, at)

    def _warn(self, percent: int, amount: Decimal, month: date, at: datetime) -> None:
        self.record(
            BudgetWarned(
                company_id=self.company_id,
                at=at,
                percent=percent,
                month=f"{month:%Y-%m}",
                budget=self.money.digits,
                spent=Money(amount, self.money.currency).digits,
                currency=self.money.currency,
            )
        )
