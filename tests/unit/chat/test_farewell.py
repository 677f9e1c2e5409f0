"""The bot's farewell goes out when an attendant ends a chat without a word of their own."""

from datetime import timedelta

import pytest

from jaboti_domain.chat.errors import NotYourChat
from jaboti_domain.integration.content import Text
from jaboti_domain.kernel.bot import BotSettings
from jaboti_domain.kernel.ids import ChatId
from tests.unit.chat.shop import Shop, a_shop

BYE = "Obrigado pela visita!"


async def a_shop_that_parts(farewell: str = BYE) -> Shop:
    shop = await a_shop()
    async with shop.jaboti.end_chat.new_uow(shop.company.id) as uow:
        line = await uow.integrations.get(shop.line.id)
        line.bot = BotSettings(greeting="Olá", farewell=farewell)
        await uow.integrations.save(line)
        await uow.commit()
    return shop


async def ended(shop: Shop, chat_id: ChatId, word: str | None = None) -> list[str]:
    farewell = Text(body=word) if word else None
    await shop.jaboti.end_chat(shop.ana, chat_id=chat_id, farewell=farewell)
    while await shop.dispatch():
        pass
    return [text for text in shop.sent() if text in (BYE, word)]


async def test_it_is_the_last_word_where_nobody_has_another() -> None:
    shop = await a_shop_that_parts()
    assert await ended(shop, await shop.taken()) == [BYE]


async def test_an_attendants_own_word_stands_in_for_it() -> None:
    shop = await a_shop_that_parts()
    assert await ended(shop, await shop.taken(), "Até logo") == ["Até logo"]


async def test_without_one_nothing_is_said() -> None:
    shop = await a_shop_that_parts(farewell="")
    assert await ended(shop, await shop.taken()) == []


async def test_outside_the_window_the_chat_ends_without_it() -> None:
    shop = await a_shop_that_parts()
    assert await ended(shop, await shop.taken(ago=timedelta(hours=25))) == []
    assert (await shop.chats())[0]["status"] == "CLOSED"


async def test_who_nobody_answered_is_not_bidden_farewell() -> None:
    shop = await a_shop_that_parts()
    chat_id = await shop.taken()
    await shop.jaboti.transfer_chat.to_department(shop.ana, chat_id=chat_id, department_id=shop.departments[0].id)
    assert await ended(shop, chat_id) == []


async def test_a_stranger_can_not_make_the_bot_say_it() -> None:
    shop = await a_shop_that_parts()
    chat_id = await shop.taken()
    with pytest.raises(NotYourChat):
        await shop.jaboti.end_chat(shop.somebody("Caio"), chat_id=chat_id)
    assert BYE not in [message["content"] for message in await shop.messages()]
