"""A template is held against the catalogue where it is known, and only there."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from attrs import evolve

from jaboti_adapters.memory.channel import MemoryChannel
from jaboti_domain.integration.content import Template
from jaboti_domain.integration.errors import TryAgain, UnknownTemplate, WrongVariables
from jaboti_domain.integration.templates import TemplateInfo, Variables
from jaboti_domain.kernel.ids import ClientId
from tests.unit.chat.shop import Shop, a_shop

ORDER = TemplateInfo(
    name="pedido", language="pt_BR", category="UTILITY", status="APPROVED", body="{{1}}", variables=Variables(body=1)
)
RIGHT = Template(
    name="pedido", language="pt_BR", components=({"type": "body", "parameters": [{"type": "text", "text": "7"}]},)
)
EMPTY, UNKNOWN = Template(name="pedido", language="pt_BR"), Template(name="outro", language="pt_BR")


async def a_shop_with_templates() -> Shop:
    shop = await a_shop()
    shop.phone.approved = lambda: (ORDER,)
    return shop


async def test_what_is_not_known_is_left_to_the_platform() -> None:
    shop = await a_shop_with_templates()
    await shop.jaboti.send_message(shop.ana, chat_id=await shop.taken(), content=UNKNOWN)


@pytest.mark.parametrize(("template", "refusal"), [(UNKNOWN, UnknownTemplate), (EMPTY, WrongVariables)])
async def test_what_does_not_fit_the_known_catalogue_is_not_queued(
    template: Template, refusal: type[Exception]
) -> None:
    shop = await a_shop_with_templates()
    await shop.jaboti.list_templates(shop.ana)
    chat_id = await shop.taken()
    with pytest.raises(refusal):
        await shop.jaboti.send_message(shop.ana, chat_id=chat_id, content=template)
    assert len(await shop.messages()) == 1


async def test_a_text_outside_the_window_is_refused_with_the_templates_that_would_do() -> None:
    shop = await a_shop_with_templates()
    shop.phone.approved = lambda: (evolve(ORDER, status="PAUSED"), evolve(ORDER, name="vale"), ORDER)
    chat_id = await shop.taken(ago=timedelta(hours=25))
    assert not await shop.refused(chat_id)
    await asyncio.sleep(0)
    assert [each.name for each in await shop.refused(chat_id)] == ["pedido", "vale"]
    assert shop.sent() == []


async def test_a_platform_that_is_away_makes_the_refusal_no_other() -> None:
    shop = await a_shop_with_templates()
    shop.phone.approved = _away
    chat_id = await shop.taken(ago=timedelta(hours=25))
    for _ in range(2):
        assert not await shop.refused(chat_id)
        await asyncio.sleep(0)


async def test_what_fits_goes_out_also_as_the_first_word() -> None:
    shop = await a_shop_with_templates()
    await shop.jaboti.list_templates(shop.ana)
    chat_id = await shop.taken()
    await shop.jaboti.send_message(shop.ana, chat_id=chat_id, content=RIGHT)
    await shop.jaboti.end_chat(shop.ana, chat_id=chat_id)
    client_id = ClientId(UUID((await shop.chats())[0]["client"]["id"]))
    with pytest.raises(UnknownTemplate):
        await shop.jaboti.open_chat(shop.ana, client_id=client_id, integration_id=shop.line.id, content=UNKNOWN)


async def test_a_repeated_command_is_not_held_against_a_catalogue_of_later() -> None:
    shop = await a_shop_with_templates()
    chat_id = await shop.taken()
    send = shop.jaboti.send_message
    first = await send(shop.ana, chat_id=chat_id, content=UNKNOWN, client_key="k")
    await shop.jaboti.list_templates(shop.ana)
    assert (await send(shop.ana, chat_id=chat_id, content=UNKNOWN, client_key="k")).id == first.id


async def test_a_platform_that_is_away_is_told_apart_from_one_without_templates() -> None:
    shop = await a_shop_with_templates()
    assert isinstance(shop.phone, MemoryChannel)
    shop.phone.approved = _away
    (catalogue,) = await shop.jaboti.list_templates(shop.ana)
    assert catalogue.templates is None


def _away() -> list[TemplateInfo]:
    raise TryAgain(error_code="unreachable", title="ConnectError")
