"""What was delivered is charged once, in whichever order the platform tells us."""

from datetime import timedelta
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest
from attrs import evolve

from jaboti_domain.integration.content import Text
from jaboti_domain.integration.costs import RateCard
from jaboti_domain.integration.messaging import Pricing, Receipt, ReceiptStatus
from jaboti_domain.integration.queries import UsageGrouping
from jaboti_domain.kernel.money import Money
from tests.unit.chat.shop import Shop, a_shop, now, receipt

UTILITY = Pricing(category="utility", type="regular", model="PMP", billable=True)
SENT, DELIVERED, READ, PLAYED, FAILED = (
    ReceiptStatus.SENT,
    ReceiptStatus.DELIVERED,
    ReceiptStatus.READ,
    ReceiptStatus.PLAYED,
    ReceiptStatus.FAILED,
)
ONE = [Money(Decimal("0.0068"), "USD")]


async def a_shop_that_wrote() -> Shop:
    """Ana answered Marina, and the platform took it as memory-1."""
    shop = await a_shop()
    await shop.jaboti.send_message(shop.ana, chat_id=await shop.taken(), content=Text(body="Olá"))
    await shop.dispatch()
    return shop


def told(status: ReceiptStatus, pricing: Pricing | None = UTILITY, **more: Any) -> Receipt:
    return receipt(more.pop("provider_id", "memory-1"), status, pricing=pricing, **more)


async def costs(shop: Shop) -> list[Money]:
    reads, at = shop.jaboti.usage_reads, now()
    day = timedelta(days=900)
    return list(await reads.cost_between(shop.company.id, at - day, at + day))


@pytest.mark.parametrize("order", list(permutations([SENT, DELIVERED, READ])), ids="-".join)
async def test_a_message_costs_the_same_in_whichever_order_it_is_told(order: tuple[ReceiptStatus, ...]) -> None:
    shop = await a_shop_that_wrote()
    for status in order:
        await shop.receive(told(status))
        await shop.receive(told(status))
    assert await costs(shop) == ONE


async def test_receipts_of_one_batch_count_once_too() -> None:
    shop = await a_shop_that_wrote()
    await shop.receive(*(told(status) for status in (READ, DELIVERED, PLAYED, SENT, DELIVERED)))
    assert await costs(shop) == ONE


@pytest.mark.parametrize("status", [SENT, FAILED])
async def test_what_was_not_delivered_costs_nothing(status: ReceiptStatus) -> None:
    shop = await a_shop_that_wrote()
    await shop.receive(told(status))
    assert await costs(shop) == []


async def test_a_price_that_comes_late_counts_all_the_same() -> None:
    shop = await a_shop_that_wrote()
    await shop.receive(told(READ, None))
    await shop.receive(told(DELIVERED))
    assert await costs(shop) == ONE


async def test_a_message_that_went_out_twice_is_charged_twice() -> None:
    shop = await a_shop_that_wrote()
    mine = str(shop.phone.sent[0].message_id)
    await shop.receive(told(DELIVERED), told(DELIVERED, provider_id="the-double", callback=mine))
    assert await costs(shop) == [Money(Decimal("0.0136"), "USD")]


async def test_what_others_wrote_is_not_ours_to_count() -> None:
    shop = await a_shop_that_wrote()
    await shop.receive(told(DELIVERED, provider_id="nobody's"), waited=99)
    assert await costs(shop) == []


async def test_a_charge_says_who_wrote_where() -> None:
    shop = await a_shop_that_wrote()
    await shop.receive(told(DELIVERED))
    since, until, by = now() - timedelta(days=1), now() + timedelta(days=1), UsageGrouping.CHAT
    read = shop.jaboti.usage_reads.page
    page = await read(shop.company.id, since=since, until=until, by=by, after=None, limit=10)
    assert str(await shop.only_chat()).encode() in page.items


async def test_a_company_is_charged_in_the_currency_that_it_is_billed_in() -> None:
    shop = await a_shop_that_wrote()
    await shop.jaboti.import_rates(
        [RateCard(market="BR", category="utility", currency="BRL", valid_from=now().date(), amount=Decimal("0.035"))]
    )
    async with shop.jaboti.connect_integration.new_uow(shop.company.id) as uow:
        line = await uow.integrations.get(shop.line.id)
        line.settings = {**line.settings, "currency": "BRL"}
        await uow.integrations.save(line)
        await uow.commit()
    await shop.receive(told(DELIVERED))
    assert await costs(shop) == [Money(Decimal("0.035"), "BRL")]


@pytest.mark.parametrize("wrong", [timedelta(days=400), timedelta(days=-4000)])
async def test_a_platforms_clock_is_believed_between_our_sending_and_now(wrong: timedelta) -> None:
    shop = await a_shop_that_wrote()
    await shop.receive(evolve(told(DELIVERED), at=now() + wrong))
    until = now() + timedelta(seconds=1)
    assert await shop.jaboti.usage_reads.cost_between(shop.company.id, until - timedelta(hours=1), until) == ONE


async def test_free_messages_are_counted_and_cost_nothing() -> None:
    shop = await a_shop_that_wrote()
    free = evolve(UTILITY, category="service", type="free_entry_point", billable=False)
    await shop.receive(told(DELIVERED, free))
    assert await costs(shop) == [Money(Decimal(0), "USD")]
