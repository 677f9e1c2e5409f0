"""Who wants no marketing from us any more is known for it, whichever way the platform says so."""

from typing import Any

import msgspec
import pytest

from jaboti_domain.integration.messaging import Preference, ReceiptStatus, Update
from jaboti_domain.integration.ports.journal import Outcome
from jaboti_domain.kernel.ids import ClientId
from tests.unit.chat.shop import MARINA, Shop, a_shop, message, now, receipt

STOP, RESUME = (Preference(peer=MARINA, wants_marketing=wants, at=now()) for wants in (False, True))
FAILED = receipt("nobodys", ReceiptStatus.FAILED, error_code="131050", opted_out=True)


async def attributes(shop: Shop) -> dict[str, Any]:
    (chat,) = await shop.chats()
    found = await shop.jaboti.client_reads.one(
        shop.company.id, msgspec.convert(chat["client"]["id"], ClientId, strict=False)
    )
    return dict(msgspec.json.decode(found)["attributes"])


@pytest.mark.parametrize("told", [STOP, FAILED])
async def test_it_is_an_attribute_of_theirs_since_when(told: Update) -> None:
    shop = await a_shop()
    await shop.receive(message(), told)
    since = await attributes(shop)
    assert list(since) == ["noMarketingSince"]
    await shop.receive(told)
    assert await attributes(shop) == since


async def test_who_wants_it_again_has_it_no_more() -> None:
    shop = await a_shop()
    await shop.receive(message(), STOP, RESUME)
    assert await attributes(shop) == {}


async def test_another_failure_says_nothing_of_it() -> None:
    shop = await a_shop()
    await shop.receive(message(), receipt("nobodys", ReceiptStatus.FAILED, error_code="131026"))
    assert await attributes(shop) == {}


async def test_a_wish_of_nobody_whom_we_know_has_no_effect() -> None:
    shop = await a_shop()
    (result,) = await shop.receive(STOP)
    assert (result.outcome, await shop.chats()) == (Outcome.IGNORED, [])
