"""Who comes, goes, and becomes another is told to the whole company."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from jaboti_domain.kernel.actor import Actor, Role
from tests.integration.realtime.house import House, Rules, Tab, a_house

GRACE = 0.3


@pytest.fixture
async def house() -> AsyncIterator[House]:
    """A company at work, where one is gone soon."""
    async with a_house(rules=Rules(grace=GRACE)) as opened:
        yield opened


async def told_of(tab: Tab, actor: Actor) -> dict[str, Any]:
    """The next that is told of this person."""
    while (data := (await tab.event("attendant.updated"))["data"])["id"] != str(actor.user_id):
        pass
    return {name: value for name, value in data.items() if name != "id"}


async def test_two_tabs_are_one_person_who_is_gone_when_both_are(house: House) -> None:
    scene = house.scene
    async with house.tab(scene.sofia) as sofia:
        async with house.tab(scene.caio):
            assert await told_of(sofia, scene.caio) == {"online": True}
            async with house.tab(scene.caio):
                pass
            await asyncio.sleep(2 * GRACE)
            online = await house.application.presence.online(scene.company_id)
            assert online == {scene.sofia.user_id, scene.caio.user_id}
        assert await told_of(sofia, scene.caio) == {"online": False}
    assert len([each for each in sofia.events if each["data"]["id"] == str(scene.caio.user_id)]) == 2


async def test_to_reload_a_page_is_not_to_leave(house: House) -> None:
    scene = house.scene
    async with house.tab(scene.sofia) as sofia:
        for _ in range(3):
            async with house.tab(scene.caio):
                pass
        assert [await told_of(sofia, scene.caio) for _ in range(2)] == [{"online": True}, {"online": False}]


async def test_whoever_says_to_be_away_is_for_everyone_and_in_every_tab(house: House) -> None:
    scene = house.scene
    async with house.tab(scene.bia) as bia, house.tab(scene.ana) as one, house.tab(scene.ana) as other:
        assert await told_of(bia, scene.ana) == {"online": True}
        await one.done("presence.set", online=False)
        assert await told_of(bia, scene.ana) == await told_of_away(other, scene.ana)
        await house.application.set_presence(scene.ana, online=True)
        assert await told_of(bia, scene.ana) == {"online": True}


async def test_presence_is_not_kept(house: House) -> None:
    scene = house.scene
    async with house.tab(scene.bia) as bia, house.tab(scene.ana):
        await told_of(bia, scene.ana)
        assert bia.cursor == bia.ready["cursor"]
    async with house.tab(scene.bia, resume=bia.cursor) as again:
        await again.done("ping")
        assert [each for each in again.events if each["data"]["id"] == str(scene.ana.user_id)] == []


async def test_what_becomes_of_an_attendant_is_told_to_operators_too_and_kept(house: House) -> None:
    scene, jaboti = house.scene, house.application
    async with house.tab(scene.caio) as caio:
        await jaboti.appoint_member(scene.alda, user_id=scene.ana.user_id, role=Role.SUPERVISOR)
        await jaboti.tie_attendant(scene.sofia, department_id=scene.support.id, user_id=scene.ana.user_id, serves=True)
        await jaboti.remove_attendant(scene.alda, user_id=scene.ana.user_id)
        departments = [{"id": str(each.id), "name": each.name} for each in (scene.support, scene.sales)]
        expected = [{"role": "SUPERVISOR"}, {"departments": departments}, {"removed": True}]
        assert [await told_of(caio, scene.ana) for _ in expected] == expected
        begin = caio.ready["cursor"]
    async with house.tab(scene.bia, resume=begin) as bia:
        assert [await told_of(bia, scene.ana) for _ in expected] == expected


async def test_a_chat_whose_attendant_leaves_is_told_to_its_queue(house: House) -> None:
    scene = house.scene
    chat = await scene.a_chat(scene.maria)
    async with scene.change(chat.id) as changed:
        changed.queue(scene.sales.named, at=scene.now())
        changed.start(scene.ana, at=scene.now())
    async with house.tab(scene.bia) as bia, house.tab(scene.caio) as caio:
        await house.application.remove_member(scene.alda, user_id=scene.ana.user_id)
        data = (await bia.event("chat.updated"))["data"]
        await caio.done("ping")
    assert (data["chatId"], data["status"], data["attendant"]) == (str(chat.id), "PENDING", None)
    assert caio.told == []


@pytest.mark.parametrize("way", ["disabled", "removed"])
async def test_whoever_may_not_go_on_is_closed_within_two_seconds(house: House, way: str) -> None:
    scene, jaboti = house.scene, house.application
    async with house.tab(scene.ana) as ana, house.tab(scene.bia) as bia:
        if way == "removed":
            await jaboti.remove_attendant(scene.alda, user_id=scene.ana.user_id)
        else:
            await jaboti.change_attendant(
                scene.alda, user_id=scene.ana.user_id, name="Ana", role=Role.OPERATOR, departments=[], enabled=False
            )
        assert await ana.close_code(within=2) == 4409
        await bia.done("ping")


async def told_of_away(tab: Tab, actor: Actor) -> dict[str, Any]:
    """What is told when they say to be away."""
    while (told := await told_of(tab, actor)) != {"online": False}:
        pass
    return told
