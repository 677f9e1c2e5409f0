"""How connections end."""

import asyncio
from datetime import timedelta

import pytest

from tests.integration.realtime.house import House, Rules, a_house


async def test_binary_frames_are_not_spoken_here(house: House) -> None:
    async with house.tab(house.scene.ana) as tab:
        await tab.socket.send(b'{"type":"ping","ref":"1"}')
        assert await tab.close_code() == 1003


@pytest.mark.parametrize("length", [65_530, 65_537])
async def test_a_frame_has_at_most_64_kib(house: House, length: int) -> None:
    async with house.tab(house.scene.ana) as tab:
        await tab.socket.send("x" * length)
        if length > 65_536:
            assert await tab.close_code() == 1009
        else:
            assert (await tab.frame())["problem"]["status"] == 400


async def test_text_is_utf_8(house: House) -> None:
    async with house.tab(house.scene.ana) as tab:
        await tab.socket.send(b'{"type":"\xff"}', text=True)
        assert await tab.close_code() == 1007


async def test_whoever_sends_too_fast_is_closed(house: House) -> None:
    async with house.tab(house.scene.ana) as tab:
        for _ in range(300):
            await tab.send(type="ping", ref="1")
        assert await tab.close_code() == 4429


async def test_whoever_gives_no_sign_of_life_is_closed() -> None:
    async with a_house(rules=Rules(heartbeat=0.2)) as house, house.tab(house.scene.ana) as tab:
        assert await tab.close_code(within=3) == 4408


async def test_whoever_gives_signs_of_life_stays() -> None:
    async with a_house(rules=Rules(heartbeat=1.0)) as house, house.tab(house.scene.ana) as tab:
        for _ in range(5):
            await asyncio.sleep(0.7)
            await tab.done("ping")


async def test_a_token_lasts_no_longer_than_it_says_unless_it_is_prolonged(house: House) -> None:
    ana = house.scene.ana
    session = await house.session(ana.user_id, ana.company_id)
    soon = house.token_of(session, expires_in=timedelta(seconds=1))
    async with house.tab(ana, token=soon) as expiring, house.tab(ana, token=soon) as prolonged:
        await prolonged.done("auth", token=house.token_of(session))
        assert await expiring.close_code() == 4401
        await prolonged.done("ping")


async def test_another_sessions_token_prolongs_nothing(house: House) -> None:
    async with house.tab(house.scene.ana) as tab:
        for token in (await house.token(house.scene.ana), await house.token(house.scene.sofia), "nonsense"):
            assert (await tab.refused("auth", token=token))["code"] == "auth.invalid_token"
        await tab.done("ping")


async def test_whoever_signs_out_is_closed_within_two_seconds(house: House) -> None:
    ana = house.scene.ana
    session = await house.session(ana.user_id, ana.company_id)
    async with house.tab(ana, token=house.token_of(session)) as signed_out, house.tab(ana) as elsewhere:
        await house.application.log_out(session.id)
        assert await signed_out.close_code(within=2) == 4409
        await elsewhere.done("ping")


async def test_whoever_leaves_the_company_is_closed_within_two_seconds(house: House) -> None:
    scene = house.scene
    async with house.tab(scene.ana) as tab:
        async with scene.uow() as uow:
            member = await uow.memberships.get(scene.ana.user_id)
            member.enabled = False
            await uow.memberships.save(member)
            await uow.commit()
        assert await tab.close_code(within=2) == 4409


async def test_a_server_that_stops_sends_everyone_away_with_nothing_lost() -> None:
    async with a_house() as house:
        scene = house.scene
        chat = await scene.a_chat(scene.maria, attendant=scene.ana)
        async with house.tab(scene.ana) as tab, house.tab(scene.sofia) as other:
            await house.client_writes(chat, "um")
            await tab.event("message.created")
            house.server.should_exit = True
            assert {*await asyncio.gather(tab.close_code(), other.close_code())} == {1013}
    async with a_house(scene) as next_house:
        await next_house.client_writes(chat, "dois")
        async with next_house.tab(scene.ana, resume=tab.cursor) as tab:
            assert tab.ready["resumed"]
            assert (await tab.event("message.created"))["data"]["message"]["content"] == "dois"


async def test_while_a_server_stops_nobody_new_is_let_in(house: House) -> None:
    await house.hub.leave()
    async with house.bare() as tab:
        await tab.send(type="auth", token=await house.token(house.scene.ana))
        assert await tab.close_code() == 1013
