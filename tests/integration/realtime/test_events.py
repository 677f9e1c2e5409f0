"""What happens is told to those whom it concerns, as the lists would show it."""

import json
from datetime import timedelta

from jaboti_domain.kernel.actor import Role
from tests.integration.realtime.house import House


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
