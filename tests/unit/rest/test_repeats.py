"""Idempotency-Key: asked again, done once."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import httpx
import pytest
from attrs import evolve

from jaboti_adapters.memory.store import MemoryStore
from jaboti_domain.kernel.commands import CommandKey, CommandLog, CommandNote
from jaboti_entrypoints.rest.app import ROUTES
from jaboti_entrypoints.rest.route import Header
from tests.unit.memory.on_memory import memory_backend
from tests.unit.rest.office import SETTINGS, Desk, Office, open_office

Asking = Callable[[Desk, str, Office], Awaitable[httpx.Response]]

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


def _made(office: Office) -> dict[str, dict[str, Any]]:
    """Of every path whose POST makes something, what makes it."""
    scene = office.scene
    opening = {"clientId": str(scene.maria.id), "integrationId": str(scene.integration.id), "content": "Olá, Maria"}
    return {
        "/chats": opening,
        "/clients": {"name": "Joana"},
        "/notes": {"clientId": str(scene.maria.id), "text": "Ligar amanhã"},
        "/departments": {"name": "Cobrança"},
        "/users": {"email": "r@example.com", "name": "Rui", "password": "tarde azul no mirante", "role": "OPERATOR"},
        "/integrations/config": {
            "platform": "EvolutionAPI",
            "account": "loja-9",
            "name": "Loja",
            "settings": {"baseUrl": "https://evolution.example"},
            "credentials": {"apiKey": "uma chave qualquer", "webhookSecret": "um segredo qualquer"},
        },
    }


PATHS = ["/chats", "/clients", "/notes", "/departments", "/users", "/integrations/config"]


def test_the_table_has_every_path_whose_answer_is_a_location() -> None:
    making = {route.path for route in ROUTES if "Location" in route.answer_headers}
    assert making == {*PATHS, "/chats/{chatId}/messages", "/media"}
    assert all(Header.IDEMPOTENCY_KEY in route.headers for route in ROUTES if route.path in making and route.recover)


@pytest.mark.parametrize("path", PATHS)
async def test_what_is_made_twice_with_one_key_is_made_once(office: Office, alda: Desk, path: str) -> None:
    body = _made(office)[path]
    first, again = [await alda.post(path, body, headers=KEY) for _ in range(2)]
    assert (again.status_code, again.content) == (201, first.content)
    assert (again.headers["location"], again.headers["idempotency-replayed"]) == (first.headers["location"], "true")
    changed = {**body, ("name" if "name" in body else "content" if "content" in body else "text"): "Outra coisa"}
    refused = await alda.post(path, changed, headers=KEY)
    assert (refused.status_code, refused.json()["code"]) == (422, "command.key_reused")


async def test_what_a_command_says_can_not_be_guessed_by_its_fingerprint_without_our_key() -> None:
    notes = list[CommandNote | None]()
    for number in (1, 2):
        settings = SETTINGS.model_copy(update={"vault_keys": {"k": bytes([number]) * 32}})
        office = await open_office(memory_backend(MemoryStore()), settings=settings)
        alda = office.scene.alda
        await (await office.desk(alda)).post("/users", _made(office)["/users"], headers=KEY)
        key = CommandKey(company_id=alda.company_id, user_id=alda.user_id, key="k-1", fingerprint=b"")
        notes.append(await office.application.command_log.find(key))
    one, other = notes
    assert one is not None
    assert other is not None
    assert one.fingerprint != other.fingerprint


@pytest.mark.parametrize(
    "ask",
    [
        lambda desk, chat, office: sent(desk, chat),
        lambda desk, chat, office: desk.post(f"{chat}/end", {"reason": "fim"}, headers=KEY),
        *(
            partial(lambda desk, chat, office, path: desk.post(path, _made(office)[path], headers=KEY), path=p)
            for p in PATHS
        ),
    ],
    ids=["message", "end", *PATHS],
)
async def test_an_answer_that_was_lost_is_made_again(ask: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jaboti_entrypoints.rest.repeats.PAUSE", 0.0)
    backend = memory_backend(MemoryStore())
    office = await open_office(evolve(backend, command_log=Forgetful(backend.command_log)))
    desk, chat = await office.desk(office.scene.alda), await a_chat(office)
    first, again = [await ask(desk, chat, office) for _ in range(2)]
    assert first.status_code in (200, 201)
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert again.headers["idempotency-replayed"] == "true"
