"""What messages may cost, and what they do cost."""

from collections.abc import Callable, Collection

from attrs import frozen

from jaboti_domain.integration.budget import Budget
from jaboti_domain.integration.costs import RateCard
from jaboti_domain.integration.errors import BudgetNotFound
from jaboti_domain.integration.ports.stores import BudgetedCompanies, IntegrationUnitOfWork, RateCards
from jaboti_domain.integration.queries import MonthSpent, UsageReads
from jaboti_domain.kernel.actor import Actor, Operation
from jaboti_domain.kernel.deeds import Facts
from jaboti_domain.kernel.ids import CompanyId
from jaboti_domain.kernel.money import Money
from jaboti_domain.kernel.ports import Clock

NEVER_SET = 0
"""The version of a budget that there is not."""


@frozen(kw_only=True)
class BudgetState:
    """The company's budget, if it has one, and what was spent of it this month."""

    budget: Budget | None
    spent: MonthSpent

    @property
    def version(self) -> int:
        """The budget's."""
        return self.budget.version if self.budget else NEVER_SET


@frozen(kw_only=True)
class _OnBudgets:
    new_uow: Callable[[CompanyId], IntegrationUnitOfWork]
    clock: Clock
    usage_reads: UsageReads

    async def _state(self, company_id: CompanyId, budget: Budget | None) -> BudgetState:
        return BudgetState(budget=budget, spent=await self.usage_reads.spent_in_month(company_id, self.clock()))


@frozen(kw_only=True)
class LookAtBudget(_OnBudgets):
    """A supervisor looks what is left."""

    async def __call__(self, actor: Actor) -> BudgetState:
        """As it is now."""
        actor.must(Operation.READ_COSTS)
        async with self.new_uow(actor.company_id) as uow:
            budget = await uow.budgets.find()
        return await self._state(actor.company_id, budget)


@frozen(kw_only=True)
class SetBudget(_OnBudgets):
    """An admin says what a month may cost, in one currency; what is billed in others is not counted."""

    async def __call__(self, actor: Actor, money: Money, *, versions: Collection[int] | None = None) -> BudgetState:
        """As it then is. Raises StaleVersion."""
        actor.must(Operation.MANAGE_BUDGET)
        async with self.new_uow(actor.company_id) as uow:
            known = await uow.budgets.find()
            before = known.money if known else None
            budget = known or Budget.of(actor.company_id, money)
            budget.must_be_in(versions)
            budget.change(money)
            if before != money:
                await uow.budgets.save(budget)
                await uow.audit.add(
                    actor.did(
                        "budget.set",
                        subject="budget",
                        subject_id=actor.company_id,
                        at=self.clock(),
                        before=_facts(before),
                        after=_facts(money),
                    )
                )
                await uow.commit()
        return await self._state(actor.company_id, budget)


@frozen(kw_only=True)
class RemoveBudget:
    """An admin lets a month cost what it may."""

    new_uow: Callable[[CompanyId], IntegrationUnitOfWork]
    clock: Clock

    async def __call__(self, actor: Actor, *, versions: Collection[int] | None = None) -> None:
        """Raises BudgetNotFound, StaleVersion."""
        actor.must(Operation.MANAGE_BUDGET)
        async with self.new_uow(actor.company_id) as uow:
            budget = await uow.budgets.find()
            if budget is None:
                raise BudgetNotFound()
            budget.must_be_in(versions)
            await uow.budgets.remove()
            deed = actor.did(
                "budget.removed",
                subject="budget",
                subject_id=actor.company_id,
                at=self.clock(),
                before=_facts(budget.money),
            )
            await uow.audit.add(deed)
            await uow.commit()


@frozen(kw_only=True)
class WatchBudgets:
    """From time to time each company's spending is held against its budget."""

    new_uow: Callable[[CompanyId], IntegrationUnitOfWork]
    clock: Clock
    usage_reads: UsageReads
    budgeted_companies: BudgetedCompanies

    async def __call__(self) -> int:
        """How many companies were warned. Raises Unavailable."""
        return sum([await self._watch(company_id) for company_id in await self.budgeted_companies.companies()])

    async def _watch(self, company_id: CompanyId) -> bool:
        at = self.clock()
        spent = await self.usage_reads.spent_in_month(company_id, at)
        async with self.new_uow(company_id) as uow:
            budget = await uow.budgets.find()
            money = spent.of(budget.money.currency) if budget else None
            if budget is None or money is None:
                return False
            budget.spent(money.amount, month=spent.month, at=at)
            if not budget.has_news:
                return False
            await uow.budgets.save(budget)
            await uow.commit()
        return True


@frozen(kw_only=True)
class ImportRates:
    """The operator hands over rate cards; messages that were delivered keep the price that they had."""

    rate_cards: RateCards

    async def __call__(self, cards: Collection[RateCard]) -> None:
        """All of them or none; a card replaces the one of the same market, category, currency and day."""
        await self.rate_cards.put(cards)


def _facts(money: Money | None) -> Facts | None:
    return {"amount": money.digits, "currency": money.currency} if money else None
