"""What messages cost, and what they may cost."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from functools import partial
from zoneinfo import ZoneInfo

import msgspec
from attrs import evolve, frozen

from jaboti_adapters.documents import Document, money_document
from jaboti_adapters.memory.store import Counted, MemoryStore
from jaboti_adapters.memory.transaction import Transaction
from jaboti_domain.integration.budget import Budget
from jaboti_domain.integration.costs import Charge, RateBook, RateCard
from jaboti_domain.integration.ports.stores import BudgetedCompanies, BudgetRepository, RateCards, UsageRepository
from jaboti_domain.integration.queries import MonthSpent, UsageGrouping, UsageReads
from jaboti_domain.kernel.errors import InvalidCursor
from jaboti_domain.kernel.ids import CompanyId
from jaboti_domain.kernel.money import Money
from jaboti_domain.kernel.paging import Cursor, JsonPage

Group = tuple[str, str, str, str]
"""What is grouped by, platform, category and currency."""


@frozen
class MemoryUsage(UsageRepository):
    """Of one unit of work."""

    _transaction: Transaction

    async def add(self, *charges: Charge) -> None:
        self._transaction.then(partial(self._add, charges))

    def _add(self, charges: Sequence[Charge]) -> None:
        store = self._transaction.store
        usage = store.usage.setdefault(self._transaction.company_id, {})
        for charge in charges:
            chat = store.chats.get(charge.chat_id)
            counted = Counted(charge, chat.department_id if chat else None)
            usage.setdefault((charge.integration_id, charge.provider_id), counted)


@frozen
class MemoryBudgets(BudgetRepository):
    """Of one unit of work."""

    _transaction: Transaction

    async def find(self) -> Budget | None:
        await self._transaction.lock("budget", [self._transaction.company_id])
        row = self._transaction.store.budgets.get(self._transaction.company_id)
        return evolve(row) if row else None

    async def save(self, budget: Budget) -> None:
        self._transaction.save(self._transaction.store.budgets, budget.company_id, budget)

    async def remove(self) -> None:
        self._transaction.then(self._remove)

    def _remove(self) -> None:
        self._transaction.store.budgets.rows.pop(self._transaction.company_id, None)


@frozen
class MemoryBudgetedCompanies(BudgetedCompanies):
    """Of all companies."""

    _store: MemoryStore

    async def companies(self) -> Sequence[CompanyId]:
        return list(self._store.budgets.rows)


@frozen
class MemoryRateCards(RateCards):
    """Never behind."""

    _store: MemoryStore

    async def all(self) -> Sequence[RateCard]:
        return sorted(self._store.rates.values(), key=lambda card: card.key)

    async def put(self, cards: Collection[RateCard]) -> None:
        self._store.rates.update({card.key: card for card in cards})

    async def book(self) -> RateBook:
        return RateBook(self._store.rates.values())


@frozen
class MemoryUsageReads(UsageReads):
    """Always of this moment."""

    _store: MemoryStore

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
        end = _group_in(after) if after else None
        groups: defaultdict[Group, list[Charge]] = defaultdict(list)
        for counted in self._between(company_id, since, until):
            groups[self._group(company_id, counted, by)].append(counted.charge)
        falling = [group for group in sorted(groups, reverse=True) if end is None or group < end]
        shown = [self._document(group, groups[group], by) for group in falling[:limit]]
        following = Cursor(falling[limit - 1]) if len(falling) > limit else None
        return JsonPage(msgspec.json.encode(shown), following)

    async def cost_between(self, company_id: CompanyId, since: datetime, until: datetime) -> Sequence[Money]:
        sums: defaultdict[str, Decimal] = defaultdict(Decimal)
        for counted in self._between(company_id, since, until):
            if counted.charge.price.amount is not None:
                sums[counted.charge.price.currency] += counted.charge.price.amount
        return [Money(sums[currency], currency) for currency in sorted(sums)]

    async def spent_in_month(self, company_id: CompanyId, at: datetime) -> MonthSpent:
        begun = at.astimezone(self._zone(company_id)).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        return MonthSpent(month=begun.date(), sums=await self.cost_between(company_id, begun, at))

    def _between(self, company_id: CompanyId, since: datetime, until: datetime) -> Iterator[Counted]:
        usage = self._store.usage.get(company_id, {})
        return (counted for counted in usage.values() if since <= counted.charge.at < until)

    def _zone(self, company_id: CompanyId) -> ZoneInfo:
        return ZoneInfo(self._store.companies.rows[company_id].time_zone)

    def _group(self, company_id: CompanyId, counted: Counted, by: UsageGrouping) -> Group:
        charge = counted.charge
        keys: dict[UsageGrouping, Callable[[], object]] = {
            UsageGrouping.DAY: lambda: charge.at.astimezone(self._zone(company_id)).date(),
            UsageGrouping.ATTENDANT: lambda: charge.attendant_id or "",
            UsageGrouping.DEPARTMENT: lambda: counted.department_id or "",
            UsageGrouping.CHAT: lambda: charge.chat_id,
        }
        platform = self._store.integrations.rows[charge.integration_id].platform
        return str(keys[by]()), platform.value, charge.price.category, charge.price.currency

    def _document(self, group: Group, charges: Sequence[Charge], by: UsageGrouping) -> Document:
        key, platform, category, currency = group
        amounts = [charge.price.amount for charge in charges if charge.price.amount is not None]
        return {
            "day": key if by is UsageGrouping.DAY else None,
            "attendant": self._named(key, by) if by is UsageGrouping.ATTENDANT else None,
            "department": self._named(key, by) if by is UsageGrouping.DEPARTMENT else None,
            "chatId": key if by is UsageGrouping.CHAT else None,
            "platform": platform,
            "category": category,
            "messages": len(charges),
            "unpriced": len(charges) - len(amounts),
            "cost": money_document(Money(sum(amounts, Decimal(0)), currency)),
        }

    def _named(self, key: str, by: UsageGrouping) -> Document | None:
        users = {str(row.id): row.name for row in self._store.users.rows.values()}
        departments = {str(row.id): row.name for row in self._store.departments.rows.values()}
        names = users if by is UsageGrouping.ATTENDANT else departments
        return {"id": key, "name": names[key]} if key else None


def _group_in(cursor: Cursor) -> Group:
    try:
        key, platform, category, currency = cursor.key
    except ValueError as error:
        raise InvalidCursor() from error
    return key, platform, category, currency
