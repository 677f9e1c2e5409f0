"""Idempotency-Key: asked again, done once."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from attrs import evolve

from jaboti_adapters.memory.store import MemoryStore
from jaboti_domain.kernel.commands import CommandKey, CommandLog, CommandNote
from tests.unit.memory.on_memory import memory_backend
from tests.unit.rest.office import Desk, Office, open_office

KEY = {"idempotency-key": "k-1"}


async def a_chat(office: Office) -> str:
    return f"/chats/{(await office.scene.a_chat(attendant=office.scene.ana)).id}"


async def sent(desk: Desk, chat: str, content: str = "Bom dia!", *, key: str = "k-1") -> httpx.Response:
    return await desk.post(f"{chat}/messages", {"content": content}, headers={"idempotency-key": key})


async def count(desk: Desk, chat: str) -> int:
    return len((await desk.get(f"{chat}/messages")).json()["items"])


async def test_a_repetition_gets_the_first_answer_and_does_nothing(office: Office, ana: Desk) -> None:
    chat = await a_chat(office)
    first, again = [await sent(ana, chat) for _ in range(2)]
    assert (again.status_code, again.content, again.headers["location"]) == (
        201,
        first.content,
        first.headers["location"],
    )
    assert ("idempotency-replayed" in first.headers, again.headers["idempotency-replayed"]) == (False, "true")
    assert await count(ana, chat) == 1


async def test_the_first_answer_stays_what_it_was(office: Office, ana: Desk) -> None:
    chat = await a_chat(office)
    taken = await ana.post(f"{chat}/end", {"reason": "resolvido"}, headers=KEY)
    again = await ana.post(f"{chat}/end", {"reason": "resolvido"}, headers=KEY)
    assert (taken.status_code, again.status_code, again.content) == (200, 200, taken.content)
    assert again.headers["etag"] == taken.headers["etag"]


async def test_the_same_key_for_something_else_is_refused(office: Office, ana: Desk) -> None:
    chat = await a_chat(office)
    await sent(ana, chat)
    refused = await sent(ana, chat, "Boa tarde!")
    assert (refused.status_code, refused.json()["code"]) == (422, "command.key_reused")
    assert (await ana.post(f"{chat}/start", headers=KEY)).json()["code"] == "command.key_reused"
    assert await count(ana, chat) == 1


async def test_spaces_in_the_body_make_no_other_command(office: Office, ana: Desk) -> None:
    chat = await a_chat(office)
    await sent(ana, chat)
    spaced = await ana.post(f"{chat}/messages", b'{ "content" :  "Bom dia!" }', headers=KEY)
    assert spaced.headers["idempotency-replayed"] == "true"


async def test_a_key_is_the_users_own(office: Office, ana: Desk, sofia: Desk) -> None:
    chat = await a_chat(office)
    answers = [await sent(desk, chat) for desk in (ana, sofia)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert await count(ana, chat) == 2


async def test_what_was_refused_may_be_asked_again(office: Office, ana: Desk, sofia: Desk) -> None:
    chat = f"/chats/{(await office.scene.a_chat()).id}"
    assert (await sent(ana, chat)).json()["code"] == "chat.not_active"
    await ana.post(f"{chat}/start")
    assert (await sent(ana, chat)).status_code == 201


@pytest.mark.parametrize("key", ["", "a b", "k" * 256, "a\tb"])
async def test_an_odd_key_is_refused(office: Office, ana: Desk, key: str) -> None:
    chat = await a_chat(office)
    refused = await sent(ana, chat, key=key)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "Idempotency-Key")


async def test_of_many_at_once_one_is_done(office: Office, ana: Desk) -> None:
    chat = await a_chat(office)
    answers = await asyncio.gather(*(sent(ana, chat) for _ in range(5)))
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} <= {"command.in_progress"}
    assert await count(ana, chat) == 1


class Forgetful(CommandLog):
    """Notes stay, answers get lost: as when a process dies between the two."""

    def __init__(self, log: CommandLog) -> None:
        self._log = log

    async def find(self, key: CommandKey) -> CommandNote | None:
        return await self._log.find(key)

    async def keep_answer(self, key: CommandKey, answer: bytes) -> None:
        """Dies."""


Asking = Callable[[Desk, str, Office], Awaitable[httpx.Response]]


@pytest.mark.parametrize(
    "ask",
    [
        lambda desk, chat, office: sent(desk, chat),
        lambda desk, chat, office: desk.post(f"{chat}/end", {"reason": "fim"}, headers=KEY),
        lambda desk, chat, office: desk.post("/chats", _first_words(office), headers=KEY),
    ],
    ids=["message", "end", "chat"],
)
async def test_an_answer_that_was_lost_is_made_again(ask: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jaboti_entrypoints.rest.repeats.PAUSE", 0.0)
    backend = memory_backend(MemoryStore())
    office = await open_office(evolve(backend, command_log=Forgetful(backend.command_log)))
    desk, chat = await office.desk(office.scene.ana), await a_chat(office)
    first, again = [await ask(desk, chat, office) for _ in range(2)]
    assert first.status_code in (200, 201)
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert again.headers["idempotency-replayed"] == "true"


def _first_words(office: Office) -> dict[str, Any]:
    scene = office.scene
    return {"clientId": str(scene.maria.id), "integrationId": str(scene.integration.id), "content": "Olá, Maria"}
