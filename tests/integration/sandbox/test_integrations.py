"""An admin's day with the real server, the real storage and the platform's sandbox."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from jaboti_entrypoints.rehearsal.people import PASSWORD
from jaboti_entrypoints.rehearsal.stage import Stage

MARINA = "5511955500101"
CONFIRMATION = {"name": "retomar_atendimento", "language": "pt_BR"}


@pytest.fixture
async def bruno(stage: Stage) -> AsyncIterator[httpx.AsyncClient]:
    """The admin of the garage, signed in."""
    garage = str(stage.houses[1].company.id)
    login = {"email": "bruno@aurora.example", "password": PASSWORD, "companyId": garage}
    async with httpx.AsyncClient(base_url=stage.base_url, trust_env=False) as http:
        token = (await http.post("/auth/login", json=login)).json()["accessToken"]
        http.headers["authorization"] = f"Bearer {token}"
        yield http


async def settled(stage: Stage) -> None:
    for _ in range(400):
        if await stage.settled():
            return
        await asyncio.sleep(0.05)
    raise TimeoutError


async def shown(http: httpx.AsyncClient, path: str) -> Any:
    answer = await http.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_credentials_are_examined_revoked_and_replaced(stage: Stage, bruno: httpx.AsyncClient) -> None:
    line, number = stage.houses[1].integration, stage.houses[1].account.phone_number_id
    place = f"/integrations/config/{line.id}"
    health = (await bruno.post(f"{place}/test")).json()
    assert (health["ok"], health["quality"]) == (True, "GREEN")
    stage.sandbox.knobs.turn(number, token_revoked=True)
    assert (await bruno.post(f"{place}/test")).json()["ok"] is False
    assert (await shown(bruno, f"{place}/status"))["trouble"].startswith("190")
    stage.sandbox.knobs.turn(number, token_revoked=False)
    kept = await shown(bruno, place)
    again = {name: kept[name] for name in ("name", "settings", "bot")}
    put = await bruno.put(place, json={**again, "credentials": {"accessToken": stage.houses[1].account.access_token}})
    assert (put.status_code, put.json()["settings"]) == (200, kept["settings"])


async def test_what_a_conversation_costs_and_leaves_in_the_log(stage: Stage, bruno: httpx.AsyncClient) -> None:
    account = stage.houses[1].account
    templates = await shown(bruno, "/integrations/templates")
    assert [each["name"] for each in templates["items"]] == sorted(each["name"] for each in templates["items"])
    stage.sandbox.client_writes(account.phone_number_id, MARINA, "Oi, quanto custa a revisão?")
    await settled(stage)
    (chat,) = (await shown(bruno, "/chats"))["items"]
    await bruno.post(f"/chats/{chat['id']}/start")
    messages = f"/chats/{chat['id']}/messages"
    refused = await bruno.post(messages, json={"template": CONFIRMATION})
    assert refused.json()["code"] == "template.wrong_variables"
    body = {"type": "body", "parameters": [{"type": "text", "text": "Marina"}]}
    assert (await bruno.post(messages, json={"template": {**CONFIRMATION, "components": [body]}})).status_code == 201
    await settled(stage)

    usage = await shown(bruno, "/integrations/usage?groupBy=attendant")
    costs = {(each["category"], (each["attendant"] or {}).get("name")): each for each in usage["items"]}
    assert {who: each["messages"] for who, each in costs.items()} == {
        ("utility", "Bruno Teles"): 1,
        ("service", None): 1,
    }
    assert costs["utility", "Bruno Teles"]["cost"] == {"amount": "0.006800", "currency": "USD"}
    await asyncio.sleep(1)
    calls = (await shown(bruno, "/integrations/logs"))["items"]
    kinds = {(call["direction"], call["kind"], call["outcome"]) for call in calls}
    assert {("IN", "webhook", "OK"), ("OUT", "message", "OK"), ("OUT", "templates", "OK")} <= kinds
    assert not any(secret in str(calls) for secret in (account.access_token, MARINA, "revisão"))
