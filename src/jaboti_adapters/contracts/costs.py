"""What stores of usage, rate cards and budgets promise."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve

from jaboti_adapters.contracts.builders import a_charge
from jaboti_adapters.contracts.scene import Scene
from jaboti_adapters.contracts.suite import BackendContract
from jaboti_domain.integration.budget import Budget
from jaboti_domain.integration.costs import SEED, Charge, RateCard
from jaboti_domain.integration.messaging import Platform
from jaboti_domain.integration.queries import MonthSpent, UsageGrouping
from jaboti_domain.kernel.errors import InvalidCursor, StaleVersion
from jaboti_domain.kernel.events import Named
from jaboti_domain.kernel.money import Money
from jaboti_domain.kernel.paging import Cursor

MIDNIGHT = datetime(2026, 11, 23, 3, tzinfo=UTC)
"""In the scene's company, which is in São Paulo."""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class UsageContract(BackendContract):
    """A message is charged once, and what was charged is summed exactly."""

    async def test_a_message_is_charged_once(self, scene: Scene) -> None:
        chat = await scene.a_chat()
        first = a_charge(chat, "0.0625", at=MIDNIGHT, provider_id="wamid.1")
        await charge(scene, first, evolve(first, at=MIDNIGHT + HOUR))
        await charge(scene, a_charge(chat, "9", at=MIDNIGHT, provider_id="wamid.1"))
        assert await costs(scene) == [Money(Decimal("0.062500"), "USD")]

    async def test_each_integration_has_messages_of_its_own(self, scene: Scene) -> None:
        chat, second = await scene.a_chat(), await scene.an_integration()
        one = a_charge(chat, "0.1", at=MIDNIGHT, provider_id="wamid.1")
        await charge(scene, one, evolve(one, integration_id=second.id))
        assert await costs(scene) == [Money(Decimal("0.2"), "USD")]

    async def test_sums_are_exact_and_apart_by_currency(self, scene: Scene) -> None:
        chat = await scene.a_chat()
        dollars = [a_charge(chat, "0.000001", at=MIDNIGHT) for _ in range(10)]
        await charge(scene, *dollars, a_charge(chat, "0.35", at=MIDNIGHT, currency="BRL"))
        await charge(scene, a_charge(chat, None, at=MIDNIGHT))
        assert await costs(scene) == [Money(Decimal("0.35"), "BRL"), Money(Decimal("0.00001"), "USD")]

    async def test_a_span_begins_with_its_first_moment_and_ends_before_its_last(self, scene: Scene) -> None:
        chat = await scene.a_chat()
        await charge(scene, *(a_charge(chat, "1", at=MIDNIGHT + n * HOUR) for n in range(3)))
        found = await scene.backend.usage_reads.cost_between(scene.company_id, MIDNIGHT, MIDNIGHT + 2 * HOUR)
        assert found == [Money(Decimal(2), "USD")]

    async def test_what_another_company_spent_is_not_counted(self, scene: Scene) -> None:
        other = await Scene.set_in(scene.backend)
        await charge(other, a_charge(await other.a_chat(), at=MIDNIGHT))
        assert await costs(scene) == []
        assert await usage(scene) == []

    async def test_a_day_is_one_of_the_companys_calendar(self, scene: Scene) -> None:
        chat = await scene.a_chat()
        before = a_charge(chat, "1", at=MIDNIGHT - HOUR)
        await charge(scene, before, *(a_charge(chat, "2", at=MIDNIGHT, category="marketing") for _ in range(2)))
        assert await usage(scene) == [
            shown(day="2026-11-23", category="marketing", messages=2, amount="4.000000"),
            shown(day="2026-11-22", category="utility", amount="1.000000"),
        ]

    async def test_what_has_no_price_is_counted_apart(self, scene: Scene) -> None:
        chat = await scene.a_chat()
        await charge(scene, a_charge(chat, "1", at=MIDNIGHT), a_charge(chat, None, at=MIDNIGHT))
        assert await usage(scene) == [shown(day="2026-11-23", messages=2, unpriced=1, amount="1.000000")]

    async def test_usage_is_grouped_by_who_wrote_and_where(self, scene: Scene) -> None:
        chat = await scene.a_chat(attendant=scene.ana)
        async with scene.change(chat.id) as changed:
            changed.transfer_to_department(scene.ana, Named(scene.sales.id, "Vendas"), reason="", at=scene.now())
        await charge(scene, a_charge(chat, "1", at=MIDNIGHT, attendant=scene.ana))
        await charge(scene, a_charge(chat, "2", at=MIDNIGHT))
        ana = {"id": str(scene.ana.user_id), "name": "Ana"}
        assert await usage(scene, UsageGrouping.ATTENDANT) == [
            shown(attendant=ana, amount="1.000000"),
            shown(amount="2.000000"),
        ]
        sales = {"id": str(scene.sales.id), "name": "Vendas"}
        expected = shown(department=sales, messages=2, amount="3.000000")
        assert await usage(scene, UsageGrouping.DEPARTMENT) == [expected]
        assert await usage(scene, UsageGrouping.CHAT) == [
            shown(chatId=str(chat.id), messages=2, amount="3.000000"),
        ]

    async def test_every_grouping_sums_to_the_same_to_the_sixth_decimal(self, scene: Scene) -> None:
        chats = [await scene.a_chat(attendant=who) for who in (scene.ana, scene.caio, None)]
        chats[0].transfer_to_department(scene.ana, Named(scene.sales.id, "Vendas"), reason="", at=scene.now())
        await scene.keep(chats[0])
        charges = [
            a_charge(chat, f"0.{n * 7919 % 1000003:06}", at=MIDNIGHT + n * HOUR, attendant=who)
            for n in range(1, 60)
            for chat, who in zip(chats, (scene.ana, scene.caio, None), strict=True)
        ]
        await charge(scene, *charges)
        (whole,) = await costs(scene)
        for by in UsageGrouping:
            groups = await usage(scene, by)
            assert len(groups) >= 2
            assert sum(Decimal(group["cost"]["amount"]) for group in groups) == whole.amount
            assert sum(group["messages"] for group in groups) == len(charges)

    async def test_the_department_is_that_of_then(self, scene: Scene) -> None:
        chat = await scene.a_chat(attendant=scene.ana)
        await charge(scene, a_charge(chat, "1", at=MIDNIGHT))
        async with scene.change(chat.id) as changed:
            changed.transfer_to_department(scene.ana, Named(scene.sales.id, "Vendas"), reason="", at=scene.now())
        assert await usage(scene, UsageGrouping.DEPARTMENT) == [shown(amount="1.000000")]

    async def test_pages_follow_one_another(self, scene: Scene) -> None:
        chat = await scene.a_chat()
        days = [a_charge(chat, "1", at=MIDNIGHT + n * DAY) for n in range(2)]
        await charge(scene, *days, *(a_charge(chat, "1", at=MIDNIGHT, category=c) for c in ("service", "marketing")))
        seen, after = [], None
        for _ in range(2):
            page = await scene.backend.usage_reads.page(
                scene.company_id,
                since=MIDNIGHT,
                until=MIDNIGHT + 9 * DAY,
                by=UsageGrouping.DAY,
                after=after,
                limit=2,
            )
            seen += [(each["day"], each["category"]) for each in json.loads(page.items)]
            after = page.next
        newest, oldest = "2026-11-24", "2026-11-23"
        assert seen == [(newest, "utility"), (oldest, "utility"), (oldest, "service"), (oldest, "marketing")]
        assert after is None

    @pytest.mark.parametrize("key", [[], ["x"], ["1", "2", "3", "4", "5"]])
    async def test_a_cursor_of_another_list_is_refused(self, scene: Scene, key: list[str]) -> None:
        with pytest.raises(InvalidCursor):
            await scene.backend.usage_reads.page(
                scene.company_id, since=MIDNIGHT, until=MIDNIGHT, by=UsageGrouping.DAY, after=Cursor(key), limit=2
            )

    async def test_a_month_is_one_of_the_companys_calendar(self, scene: Scene) -> None:
        chat, begun = await scene.a_chat(), datetime(2026, 11, 1, 3, tzinfo=UTC)
        await charge(scene, a_charge(chat, "1", at=begun - HOUR), a_charge(chat, "2", at=begun))
        await charge(scene, a_charge(chat, "4", at=begun + 2 * DAY))
        reads = scene.backend.usage_reads
        november = MonthSpent(month=date(2026, 11, 1), sums=[Money(Decimal(2), "USD")])
        assert await reads.spent_in_month(scene.company_id, begun + DAY) == november
        october = await reads.spent_in_month(scene.company_id, begun - timedelta(milliseconds=1))
        assert october == MonthSpent(month=date(2026, 10, 1), sums=[Money(Decimal(1), "USD")])


class RateCardsContract(BackendContract):
    """Rate cards are the installation's."""

    async def test_every_installation_begins_with_brazils_prices(self, scene: Scene) -> None:
        assert set(SEED) <= set(await scene.backend.rate_cards.all())

    async def test_a_card_replaces_the_one_with_the_same_key(self, scene: Scene) -> None:
        cards, card = scene.backend.rate_cards, a_card("0.5")
        await cards.put([card, a_card("0.7", valid_from=date(2026, 2, 1))])
        await cards.put([evolve(card, amount=Decimal("0.25"))])
        of_market = [each for each in await cards.all() if each.market == card.market]
        assert [each.amount for each in of_market] == [Decimal("0.25"), Decimal("0.7")]

    async def test_the_book_knows_what_was_put_in_here(self, scene: Scene) -> None:
        cards = scene.backend.rate_cards
        await cards.book()
        await cards.put([a_card("0.123456", category="marketing")])
        assert (await cards.book()).find("ZZ", "marketing", "EUR", date(2026, 3, 1)) == a_card(
            "0.123456", category="marketing"
        )


class BudgetContract(BackendContract):
    """A company has one budget or none."""

    async def test_a_budget_comes_back_equal(self, scene: Scene) -> None:
        budget = Budget.of(scene.company_id, Money(Decimal("100.5"), "USD"))
        budget.spent(Decimal(90), month=date(2026, 11, 1), at=scene.now())
        await keep(scene, budget)
        assert await found(scene) == budget
        assert (await scene.happened())[-1] == "budget.warned"
        assert scene.company_id in await scene.backend.budgeted_companies.companies()

    async def test_of_two_first_ones_one_is_kept(self, scene: Scene) -> None:
        await keep(scene, Budget.of(scene.company_id, Money(Decimal(1), "USD")))
        with pytest.raises(StaleVersion):
            await keep(scene, Budget.of(scene.company_id, Money(Decimal(2), "USD")))

    async def test_a_budget_is_removed_and_set_again(self, scene: Scene) -> None:
        await keep(scene, Budget.of(scene.company_id, Money(Decimal(1), "USD")))
        async with scene.uow() as uow:
            await uow.budgets.remove()
            await uow.commit()
        assert await found(scene) is None
        assert scene.company_id not in await scene.backend.budgeted_companies.companies()
        await keep(scene, Budget.of(scene.company_id, Money(Decimal(2), "BRL")))

    async def test_another_companys_budget_is_not_there(self, scene: Scene) -> None:
        await keep(scene, Budget.of(scene.company_id, Money(Decimal(1), "USD")))
        assert await found(await Scene.set_in(scene.backend)) is None


def a_card(amount: str, *, category: str = "utility", valid_from: date = date(2026, 1, 1)) -> RateCard:
    """A price in a market that nobody else uses."""
    return RateCard(market="ZZ", category=category, currency="EUR", valid_from=valid_from, amount=Decimal(amount))


async def charge(scene: Scene, *charges: Charge) -> None:
    """Keep them, in one unit."""
    async with scene.uow() as uow:
        await uow.usage.add(*charges)
        await uow.commit()


async def costs(scene: Scene) -> list[Money]:
    """All that was spent."""
    reads = scene.backend.usage_reads
    return list(await reads.cost_between(scene.company_id, MIDNIGHT - 9 * DAY, MIDNIGHT + 9 * DAY))


async def usage(scene: Scene, by: UsageGrouping = UsageGrouping.DAY) -> list[dict[str, Any]]:
    """All usage, in groups."""
    page = await scene.backend.usage_reads.page(
        scene.company_id, since=MIDNIGHT - 9 * DAY, until=MIDNIGHT + 9 * DAY, by=by, after=None, limit=50
    )
    groups: list[dict[str, Any]] = json.loads(page.items)
    return groups


def shown(*, amount: str, **changes: object) -> dict[str, object]:
    """A group of usage."""
    return {
        "day": None,
        "attendant": None,
        "department": None,
        "chatId": None,
        "platform": Platform.EVOLUTION_API.value,
        "category": "utility",
        "messages": 1,
        "unpriced": 0,
        "cost": {"amount": amount, "currency": "USD"},
        **changes,
    }


async def keep(scene: Scene, budget: Budget) -> None:
    """Keep it."""
    async with scene.uow() as uow:
        await uow.budgets.save(budget)
        await uow.commit()


async def found(scene: Scene) -> Budget | None:
    """The company's budget."""
    async with scene.uow() as uow:
        return await uow.budgets.find()
