"""Commands are done once, one after another, and answered."""

import asyncio
from typing import Any, cast
from uuid import uuid4

import pytest
from attrs import evolve
from structlog.testing import capture_logs

from jaboti_domain.chat.model import Chat
from jaboti_domain.chat.use_cases.attend import StartChat
from jaboti_domain.kernel.ids import ChatId
from tests.integration.realtime.house import House, a_house

ENGLISH = {"accept-language": "en"}


@pytest.fixture
async def chat(house: House) -> Chat:
    """Ana's."""
    return await house.scene.a_chat(house.scene.maria, attendant=house.scene.ana)


async def test_a_message_is_sent_and_told(house: House, chat: Chat) -> None:
    async with house.tab(house.scene.ana) as tab:
        sent = await tab.done("message.send", chatId=str(chat.id), content="Olá", metadata={"a": 1})
        told = (await tab.event("message.created"))["data"]["message"]
    assert sent == told
    assert (sent["content"], sent["status"], sent["seq"]) == ("Olá", "QUEUED", 1)


async def test_a_ref_that_was_used_before_sends_nothing_again(house: House, chat: Chat) -> None:
    token = await house.token(house.scene.ana)
    words: dict[str, Any] = {"chatId": str(chat.id), "content": "Olá", "ref": "once"}
    async with house.tab(house.scene.ana, token=token) as tab:
        first, again = [await tab.done("message.send", **words) for _ in range(2)]
    async with house.tab(house.scene.ana, token=token) as tab:
        later = await tab.done("message.send", **words)
        other = await tab.done("message.send", **{**words, "ref": "twice"})
    assert first == again == later
    assert other["seq"] == 2


async def test_a_chat_goes_through_its_life(house: House, chat: Chat) -> None:
    scene, chat_id = house.scene, str(chat.id)
    await house.client_writes(chat, "Oi")
    async with house.tab(scene.ana) as ana, house.tab(scene.bia) as bia:
        assert (await ana.done("chat.read", chatId=chat_id, seq=1))["unreadCount"] == 0
        queued = await ana.done("chat.transfer", chatId=chat_id, toDepartmentId=str(scene.sales.id))
        assert (queued["status"], queued["attendant"]) == ("PENDING", None)
        started = await bia.done("chat.start", chatId=chat_id)
        assert started["attendant"] == {"id": str(scene.bia.user_id), "name": "Bia"}
        ended = await bia.done("chat.end", chatId=chat_id, farewell="Até logo")
        assert (ended["status"], ended["lastMessage"]["content"]) == ("CLOSED", "Até logo")


async def test_of_two_who_take_a_chat_at_once_one_gets_it(house: House) -> None:
    scene = house.scene
    waiting = await scene.a_chat(await scene.a_client("Rui"))
    async with house.tab(scene.ana) as ana, house.tab(scene.bia) as bia:
        answers = await asyncio.gather(*(tab.do("chat.start", chatId=str(waiting.id)) for tab in (ana, bia)))
    assert sorted(answer["type"] for answer in answers) == ["ack", "error"]
    (problem,) = [answer["problem"] for answer in answers if answer["type"] == "error"]
    assert (problem["status"], problem["code"]) == (409, "chat.already_assigned")


async def test_presence_and_pings_are_acknowledged(house: House) -> None:
    async with house.tab(house.scene.ana) as tab:
        assert await tab.done("presence.set", online=False) == {"online": False}
        assert await house.application.presence.online(house.scene.company_id) == set()
        assert await tab.done("ping") == {"cursor": tab.ready["cursor"]}


async def test_problems_are_those_of_rest_in_the_language_of_the_handshake(house: House) -> None:
    foreign = str(ChatId(uuid4()))
    async with house.tab(house.scene.ana) as tab, house.tab(house.scene.ana, headers=ENGLISH) as english:
        told, in_english = (
            await tab.refused("chat.start", chatId=foreign),
            await english.refused("chat.start", chatId=foreign),
        )
    assert told["detail"] == "Este atendimento não existe."
    assert in_english["detail"] == "There is no such chat."
    assert {**in_english, "requestId": ""} == {
        "type": "urn:jaboti:problem:chat.not_found",
        "title": "Not found",
        "status": 404,
        "code": "chat.not_found",
        "detail": "There is no such chat.",
        "requestId": "",
    }


async def test_all_that_is_wrong_with_a_command_is_told(house: House) -> None:
    async with house.tab(house.scene.ana) as tab:
        problem = await tab.refused("chat.read", chatId="1", seq=0, extra=True)
        assert problem["status"] == 422
        assert {error["pointer"] for error in problem["errors"]} == {"/chatId", "/seq", "/extra"}
        assert (await tab.refused("chat.delete"))["errors"][0]["pointer"] == "/type"


@pytest.mark.parametrize("text", ["", "x", "null", '{"ref":"1","ref":"2"}', '{"type":"ping","ref":"\\ud800"}'])
async def test_what_can_not_be_read_is_answered_without_a_ref(house: House, text: str) -> None:
    async with house.tab(house.scene.ana) as tab:
        await tab.socket.send(text)
        answer = await tab.frame()
        assert (answer["type"], answer["ref"]) == ("error", None)
        assert answer["problem"]["status"] in (400, 422)
        await tab.done("ping")


async def test_another_companys_chat_is_not_there(house: House) -> None:
    async with a_house() as neighbours:
        theirs = await neighbours.scene.a_chat(neighbours.scene.maria)
    foreign = str(theirs.id)
    async with house.tab(house.scene.sofia) as tab:
        for command, more in (
            ("chat.start", {}),
            ("chat.end", {}),
            ("typing", {}),
            ("message.send", {"content": "Oi"}),
        ):
            assert (await tab.refused(command, chatId=foreign, **more))["code"] == "chat.not_found"


async def test_commands_are_done_in_their_order(house: House, chat: Chat) -> None:
    async with house.tab(house.scene.ana) as tab:
        for number in range(40):
            await tab.send(type="message.send", ref=str(number), chatId=str(chat.id), content=str(number))
        answers: list[tuple[str, str, int]] = []
        while len(answers) < 40:
            frame = await tab.frame()
            if frame["type"] == "ack":
                answers.append((frame["ref"], frame["data"]["content"], frame["data"]["seq"]))
    assert answers == [(str(n), str(n), n + 1) for n in range(40)]


async def test_events_do_not_wait_for_a_slow_command(house: House, chat: Chat) -> None:
    gate, begun, scene = asyncio.Event(), asyncio.Event(), house.scene

    async def slow(*_: Any, **__: Any) -> None:
        begun.set()
        await gate.wait()

    application = evolve(house.application, start_chat=cast(StartChat, slow))
    async with a_house(scene, application=application) as other, other.tab(scene.ana) as tab:
        await tab.send(type="chat.start", ref="slow", chatId=str(chat.id))
        await tab.send(type="ping", ref="after")
        await begun.wait()
        await house.client_writes(chat, "Oi")
        await tab.event("message.created")
        gate.set()
        assert [(await tab.frame())["ref"] for _ in range(2)] == ["slow", "after"]


async def test_what_nobody_expected_is_a_problem_and_the_connection_goes_on(house: House, chat: Chat) -> None:
    async def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("a bug")

    application = evolve(house.application, start_chat=cast(StartChat, broken))
    async with a_house(house.scene, application=application) as other, other.tab(house.scene.ana) as tab:
        with capture_logs() as logged:
            problem = await tab.refused("chat.start", chatId=str(chat.id))
        assert (problem["status"], problem["code"]) == (500, "internal")
        assert [entry["event"] for entry in logged] == ["realtime.command_failed"]
        await tab.done("ping")
