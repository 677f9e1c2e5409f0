"""/integrations/usage and /integrations/budget: what messages cost, and what they may cost."""

from datetime import timedelta
from decimal import Decimal
from typing import Annotated

import msgspec
from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from jaboti_domain.integration.messaging import Platform
from jaboti_domain.integration.queries import UsageGrouping
from jaboti_domain.integration.use_cases.spend import BudgetState
from jaboti_domain.kernel.actor import Operation
from jaboti_domain.kernel.money import Money
from jaboti_entrypoints.rest import headers
from jaboti_entrypoints.rest.answer import NO_CONTENT, Answer, shown
from jaboti_entrypoints.rest.cursor import cursor_after, page, place_after
from jaboti_entrypoints.rest.route import Call, Header, Route
from jaboti_entrypoints.rest.wire import Given, Id, NamedShown, PagedQuery, Shown, Span

LIST = "usage"
USUAL_SPAN = timedelta(days=30)
LEAST = "0.000001"


def _positive(amount: str) -> str:
    if Decimal(amount) < Decimal(LEAST):
        raise PydanticCustomError("too_small", "nothing", {"limit": LEAST})
    return amount


Amount = Annotated[str, Field(pattern=r"^[0-9]{1,9}(\.[0-9]{1,6})?$"), AfterValidator(_positive)]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$", description="ISO 4217.")]


class UsageList(PagedQuery, Span):
    """Which messages, by when they were delivered: in the last 30 days, unless `from` and `to` say otherwise."""

    group_by: UsageGrouping = Field(UsageGrouping.DAY, description="A day is one of the company's time zone.")


class MoneyShown(Shown):
    """An amount with six decimals, and its currency."""

    amount: str
    currency: str

    @classmethod
    def of(cls, money: Money) -> "MoneyShown":
        """As it is shown."""
        return cls(amount=money.digits, currency=money.currency)


class UsageShown(Shown):
    """Messages that were delivered, and their cost, by platform, category, currency and what was asked for: of `day`,
    `attendant`, `department` and `chatId` only that one is there. What the bot wrote has no attendant. The cost of
    `unpriced` messages is not known: there is no rate card for them.
    """

    day: str | None
    attendant: NamedShown | None
    department: NamedShown | None
    chat_id: Id | None
    platform: Platform
    category: str
    messages: int
    unpriced: int
    cost: MoneyShown


class UsagePage(Shown):
    """Of days the newest first; `totals` are of the whole stretch of time, one per currency."""

    items: list[UsageShown]
    next_cursor: str | None
    totals: list[MoneyShown]


class BudgetGiven(Given):
    """What a month may cost."""

    amount: Amount
    currency: Currency


class BudgetShown(Shown):
    """The monthly budget, if there is one, and what this month (of the company's time zone) cost until now."""

    budget: MoneyShown | None
    month: str
    spent: list[MoneyShown]


async def usage(call: Call[UsageList]) -> Answer:
    """GET /integrations/usage"""
    given, company_id, reads = call.given, call.actor.company_id, call.application.usage_reads
    until = given.until or call.application.clock()
    since = given.since or until - USUAL_SPAN
    of = f"{LIST} by {given.group_by}"
    after = place_after(given.cursor, of=of, company_id=company_id)
    found = await reads.page(company_id, since=since, until=until, by=given.group_by, after=after, limit=given.limit)
    totals = [MoneyShown.of(money).model_dump() for money in await reads.cost_between(company_id, since, until)]
    listed = page(found.items, cursor_after(found, of=of, company_id=company_id))
    return Answer(b'%b,"totals":%b}' % (listed[:-1], msgspec.json.encode(totals)))


async def budget(call: Call[None]) -> Answer:
    """GET /integrations/budget"""
    return _shown(await call.application.look_at_budget(call.actor))


async def set_budget(call: Call[BudgetGiven]) -> Answer:
    """PUT /integrations/budget"""
    money = Money.parse(call.given.amount, call.given.currency)
    versions = headers.expected_versions(call.scope)
    return _shown(await call.application.set_budget(call.actor, money, versions=versions))


async def remove_budget(call: Call[None]) -> Answer:
    """DELETE /integrations/budget"""
    await call.application.remove_budget(call.actor, versions=headers.expected_versions(call.scope))
    return NO_CONTENT


ROUTES = (
    Route(
        method="GET",
        path="/integrations/usage",
        endpoint=usage,
        access=Operation.READ_COSTS,
        request=UsageList,
        answers={200: UsagePage},
        tag="costs",
        summary="What messages cost",
        description="A message counts once, when it was delivered, at the price of that day.",
    ),
    Route(
        method="GET",
        path="/integrations/budget",
        endpoint=budget,
        access=Operation.READ_COSTS,
        answers={200: BudgetShown},
        answer_headers=("ETag",),
        tag="costs",
        summary="The monthly budget, and what is spent of it",
    ),
    Route(
        method="PUT",
        path="/integrations/budget",
        endpoint=set_budget,
        access=Operation.MANAGE_BUDGET,
        request=BudgetGiven,
        answers={200: BudgetShown},
        headers=(Header.IF_MATCH,),
        answer_headers=("ETag",),
        tag="costs",
        summary="Say what a month may cost",
        description="At 80 % and at 100 % of it supervisors and admins get the event `budget.warning`, once a month "
        "each. Messages that are billed in another currency do not count.",
    ),
    Route(
        method="DELETE",
        path="/integrations/budget",
        endpoint=remove_budget,
        access=Operation.MANAGE_BUDGET,
        answers={204: None},
        problems=(404,),
        headers=(Header.IF_MATCH,),
        tag="costs",
        summary="Let a month cost what it may",
    ),
)


def _shown(state: BudgetState) -> Answer:
    document = BudgetShown(
        budget=MoneyShown.of(state.budget.money) if state.budget else None,
        month=f"{state.spent.month:%Y-%m}",
        spent=[MoneyShown.of(money) for money in state.spent.sums],
    )
    return shown(document)._replace(headers=(headers.etag(state.version),))
