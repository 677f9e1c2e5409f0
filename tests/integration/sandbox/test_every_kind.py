"""Whatever an attendant may say goes out on both platforms, and arrives as what it is."""

import asyncio
import json
from typing import Any

import httpx
from websockets.asyncio.client import connect

from jaboti_entrypoints.rehearsal.stage import Stage

MARINA = "5511955500101"
CHOICES = [{"id": f"c{n}", "title": f"Opção {n}"} for n in range(1, 5)]
KINDS: list[dict[str, Any]] = [
    {"location": {"latitude": -23.5, "longitude": -46, "label": "Oficina", "address": "Rua A, 1"}},
    {"contacts": [{"name": "Rui", "phones": ["+55 11 95550-0108"], "organization": "Oficina"}]},
    {"content": "Qual?", "interactive": {"choices": CHOICES[:3]}},
    {"content": "Qual?", "interactive": {"choices": CHOICES, "button": "Ver", "footer": "Até as 18 h"}},
    {"content": "Sim", "replyTo": ""},
    {"reaction": "👍", "replyTo": ""},
    {"reaction": "", "replyTo": ""},
]
ON_CLOUD = ["location", "contacts", "interactive", "interactive", "text", "reaction", "reaction"]
ON_EVOLUTION = ["locationMessage", "contactMessage", *["conversation"] * 3, "reactionMessage", "reactionMessage"]


async def settled(stage: Stage) -> None:
    for _ in range(600):
        if await stage.settled():
            return
        await asyncio.sleep(0.05)
    raise TimeoutError


async def say_everything(stage: Stage, http: httpx.AsyncClient) -> list[dict[str, Any]]:
    """The client has written; the messages that answer, as they then are."""
    await settled(stage)
    (chat,) = (await http.get("/chats")).json()["items"]
    path = f"/chats/{chat['id']}/messages"
    await http.post(f"/chats/{chat['id']}/start")
    first = (await http.get(path)).json()["items"][0]["id"]
    for kind in KINDS:
        answer = await http.post(path, json=kind | ({"replyTo": first} if "replyTo" in kind else {}))
        assert answer.status_code == 201, answer.text
    await settled(stage)
    items: list[dict[str, Any]] = (await http.get(path)).json()["items"]
    return items[-len(KINDS) :]


async def type_in(stage: Stage, http: httpx.AsyncClient) -> None:
    """The attendant writes in their only chat, a key after the other."""
    await settled(stage)
    (chat,) = (await http.get("/chats")).json()["items"]
    await http.post(f"/chats/{chat['id']}/start")
    token = http.headers["authorization"].removeprefix("Bearer ")
    async with connect(stage.base_url.replace("http", "ws", 1) + "/ws", proxy=None) as socket:
        await socket.send(json.dumps({"type": "auth", "token": token, "resume": None}))
        for ref in range(20):
            await socket.send(json.dumps({"type": "typing", "ref": str(ref), "chatId": chat["id"]}))
            await asyncio.sleep(0.1)


def shown(stage: Stage, name: str) -> list[tuple[str, bool]]:
    reads = (*stage.sandbox.ledger.reads, *stage.evolution.ledger.reads)
    return [(each.message_id, each.typing) for each in reads if each.number == name]


async def test_the_client_sees_by_cloudapi_that_somebody_writes(stage: Stage, bruno: httpx.AsyncClient) -> None:
    number = stage.houses[1].account.phone_number_id
    wamid = stage.sandbox.client_writes(number, MARINA, "Oi")
    await type_in(stage, bruno)
    assert shown(stage, number) == [(wamid, True)]


async def test_the_client_sees_by_evolutionapi_that_somebody_writes(stage: Stage, bruno: httpx.AsyncClient) -> None:
    telephone = stage.houses[1].telephones[0]
    await stage.tie(telephone)
    stage.evolution.client_writes(telephone.instance, MARINA, "Oi")
    await type_in(stage, bruno)
    assert shown(stage, telephone.instance) == [("", True)]


async def test_all_of_it_goes_out_by_cloudapi(stage: Stage, bruno: httpx.AsyncClient) -> None:
    stage.sandbox.client_writes(stage.houses[1].account.phone_number_id, MARINA, "Oi")
    said = await say_everything(stage, bruno)
    assert {each["status"] for each in said} <= {"SENT", "DELIVERED", "READ"}
    assert [each.type for each in stage.sandbox.ledger.sends][-len(KINDS) :] == ON_CLOUD


async def test_all_of_it_goes_out_by_evolutionapi(stage: Stage, bruno: httpx.AsyncClient) -> None:
    telephone = stage.houses[1].telephones[0]
    await stage.tie(telephone)
    stage.evolution.client_writes(telephone.instance, MARINA, "Oi")
    said = await say_everything(stage, bruno)
    assert {each["status"] for each in said} <= {"SENT", "DELIVERED", "READ"}
    sends = stage.evolution.ledger.sends
    assert [each.type for each in sends][-len(KINDS) :] == ON_EVOLUTION
