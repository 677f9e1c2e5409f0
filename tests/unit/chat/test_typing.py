"""The client sees that somebody writes, where that is of any use; nobody tries again."""

from datetime import timedelta

import pytest
from attrs import evolve

from jaboti_domain.chat.use_cases.writing import ShowTyping
from jaboti_domain.integration.errors import TryAgain
from jaboti_domain.integration.messaging import Peer, Platform
from jaboti_domain.integration.model import Integration
from jaboti_domain.integration.ports.channels import TypingIndicator
from jaboti_domain.kernel.actor import Actor
from jaboti_domain.kernel.ids import ChatId
from tests.unit.chat.shop import Shop, a_shop


async def typed(shop: Shop, who: Actor, chat_id: ChatId) -> bool:
    return await shop.jaboti.show_typing(who, chat_id=chat_id)


async def test_it_is_shown_after_the_clients_newest_message() -> None:
    shop = await a_shop()
    chat_id = await shop.taken()
    assert await typed(shop, shop.ana, chat_id)
    assert len(shop.phone.typed_after) == 1
    assert (await shop.jaboti.accounts()).outbox.waiting == 0


async def test_nobody_sees_it_outside_the_window() -> None:
    shop = await a_shop()
    assert not await typed(shop, shop.ana, await shop.taken(ago=timedelta(hours=25)))


async def test_who_does_not_attend_the_chat_is_not_shown_as_writing() -> None:
    shop = await a_shop()
    assert not await typed(shop, shop.somebody("Caio"), await shop.taken())


async def test_nobody_writes_in_a_chat_that_has_ended() -> None:
    shop = await a_shop()
    chat_id = await shop.taken()
    await shop.jaboti.end_chat(shop.ana, chat_id=chat_id)
    assert not await typed(shop, shop.ana, chat_id)


class _Away(TypingIndicator):
    async def show_typing(self, integration: Integration, *, peer: Peer, newest: str) -> None:
        raise TryAgain(error_code="unreachable", title="ConnectError")


@pytest.mark.parametrize("indicators", [{Platform.CLOUD_API: _Away()}, {}])
async def test_a_platform_that_is_away_or_has_no_such_sign_is_let_be(
    indicators: dict[Platform, TypingIndicator],
) -> None:
    shop = await a_shop()
    show: ShowTyping = evolve(shop.jaboti.show_typing, indicators=indicators)
    assert not await show(shop.ana, chat_id=await shop.taken())
