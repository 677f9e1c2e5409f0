"""What happens is told to those whom it concerns, as the lists would show it."""

import asyncio
import json
from collections.abc import Callable
from datetime import timedelta

from jaboti_domain.kernel.actor import Role
from tests.integration.realtime.house import House, Node, Tab


async def test_a_new_message_is_told_as_the_list_shows_it(house: House) -> None:
    scene = house.scene
    chat = await scene.a_chat(scene.maria, attendant=scene.ana)
    async with house.tab(scene.ana) as tab:
        await house.client_writes(chat, "Olá 😀")
        event = await tab.event("message.created")
    reads = scene.backend.chat_reads
    listed = json.loads(await reads.messages(scene.company_id, chat.id, before=None, after=None, limit=10))
    assert [event["data"]["message"]] == listed
    assert event["data"]["unreadCount"] == 1


async def test_a_queue_is_told_to_those_who_serve_it(house: House) -> None:
    scene = house.scene
    chat = await scene.a_chat(scene.maria, attendant=scene.ana)
    async with house.tab(scene.bia) as bia, house.tab(scene.caio) as caio, house.tab(scene.sofia) as sofia:
        await sofia.done("chat.transfer", chatId=str(chat.id), toDepartmentId=str(scene.support.id))
        assert (await caio.event("chat.transferred"))["data"]["department"]["name"] == "Suporte"
        await house.client_writes(chat, "Alguém?")
        await caio.event("message.created")
        await sofia.event("message.created")
        await bia.done("ping")
        assert bia.told == [], "it was never theirs"


async def test_whoever_receives_a_chat_is_notified(house: House) -> None:
    scene = house.scene
    chat = await scene.a_chat(scene.maria, attendant=scene.ana)
    async with house.tab(scene.ana) as ana, house.tab(scene.bia) as bia:
        await ana.done("chat.transfer", chatId=str(chat.id), toAttendantId=str(scene.bia.user_id), reason="férias")
        mine, theirs = await ana.event("chat.transferred"), await bia.event("chat.transferred")
    notification = theirs["data"].pop("notification")
    assert notification == {"from": {"id": str(scene.ana.user_id), "name": "Ana"}, "reason": "férias"}
    assert mine == theirs


async def test_a_change_of_rights_takes_effect_without_a_new_connection(house: House) -> None:
    scene = house.scene
    chat = await scene.a_chat(scene.maria, attendant=scene.ana)
    async with house.tab(scene.caio) as caio:
        async with scene.uow() as uow:
            member = await uow.memberships.get(scene.caio.user_id)
            member.role = Role.SUPERVISOR
            await uow.memberships.save(member)
            await uow.commit()
        await house.wait_for_a_look()
        await house.client_writes(chat, "Oi")
        await caio.event("message.created")


async def test_the_cursor_of_a_ping_is_past_what_was_not_for_me(house: House) -> None:
    scene = house.scene
    chat = await scene.a_chat(scene.maria, attendant=scene.ana)
    async with house.tab(scene.caio) as caio:
        await house.client_writes(chat, "um", "dois")
        cursor = (await caio.done("ping"))["cursor"]
    epoch, _, seq = caio.ready["cursor"].partition("-")
    assert cursor == f"{epoch}-{int(seq) + 2}"
    async with house.tab(scene.caio, resume=cursor) as caio:
        assert caio.ready["resumed"]


async def test_a_chat_is_told_to_all_tabs_of_one_person(house: House) -> None:
    scene = house.scene
    token = await house.token(scene.ana)
    async with house.tab(scene.ana, token=token) as one, house.tab(scene.ana, token=token) as other:
        await scene.a_chat(scene.maria, attendant=scene.ana)
        assert await one.event("chat.created") == await other.event("chat.created")


async def test_what_is_typed_is_told_to_the_others_who_see_the_chat(house: House) -> None:
    scene = house.scene
    chat = await scene.a_chat(scene.maria, attendant=scene.ana)
    async with house.tab(scene.ana) as ana, house.tab(scene.sofia) as sofia, house.tab(scene.bia) as bia:
        assert await ana.done("typing", chatId=str(chat.id)) == {}
        event = await sofia.event("typing")
        await bia.done("ping")
    assert event["data"] == {"chatId": str(chat.id), "user": {"id": str(scene.ana.user_id), "name": "Ana"}}
    assert event["cursor"] == sofia.ready["cursor"]
    assert (ana.told, bia.told) == ([], [])


async def test_an_expired_token_has_nothing_to_do_with_what_was_told_before(house: House) -> None:
    scene = house.scene
    session = await house.session(scene.ana.user_id, scene.company_id)
    soon = house.token_of(session, expires_in=timedelta(seconds=2))
    async with house.tab(scene.ana, token=soon) as tab:
        await scene.a_chat(scene.maria, attendant=scene.ana)
        created = await tab.event("chat.created")
        assert await tab.close_code() == 4401
    async with house.tab(scene.ana, resume=created["cursor"]) as tab:
        assert tab.ready["resumed"]


async def test_figures_are_told_at_most_once_a_second_as_far_as_one_may_see_them(house: House) -> None:
    scene = house.scene
    async with house.tab(scene.sofia) as sofia, house.tab(scene.caio) as caio:
        began = asyncio.get_running_loop().time()
        for number in range(30):
            await scene.a_chat(with_bot=number % 2 == 0, attendant=None if number % 2 == 0 else scene.ana)
            await asyncio.sleep(0.01)
        told = [event["data"] for event in await figures_told(sofia, until=lambda data: data["chatsToday"] == 30)]
        took = asyncio.get_running_loop().time() - began
        theirs = [event["data"] for event in await figures_told(caio, until=lambda data: data["chatsToday"] == 15)]
    assert max(len(told), len(theirs)) <= took + 1
    assert told[-1]["open"] == {"bot": 15, "pending": 0, "active": 15}
    assert theirs[-1]["open"] == {"bot": 15, "pending": 0, "active": 0}


async def test_figures_that_did_not_change_are_not_told(house: House) -> None:
    scene = house.scene
    chat = await scene.a_chat(scene.maria, attendant=scene.ana)
    async with house.tab(scene.sofia) as sofia, house.tab(scene.caio) as caio:
        await house.client_writes(chat, "um", "dois")
        await asyncio.sleep(0.1)
        async with scene.change(chat.id) as changed:
            changed.end(scene.ana, reason="", at=scene.now())
        (event,) = await figures_told(sofia, until=lambda data: data["open"]["active"] == 0)
        await caio.done("ping")
    assert event["cursor"] == sofia.events[-2]["cursor"], "it is not kept, and so has no place of its own"
    assert caio.events == []


async def figures_told(tab: Tab, *, until: Callable[[Node], bool]) -> list[Node]:
    """What a tab was told of figures, up to those."""
    told = [await tab.event("dashboard.updated")]
    while not until(told[-1]["data"]):
        told.append(await tab.event("dashboard.updated"))
    return told
