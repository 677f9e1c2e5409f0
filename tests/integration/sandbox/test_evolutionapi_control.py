"""Whatever can be done to the EvolutionAPI sandbox in process can be done over HTTP."""

from typing import Any

import pytest

from tests.integration.sandbox.evolution_shop import JID, MARINA, NAME, OWN, EvolutionShop

pytestmark = pytest.mark.asyncio(loop_scope="module")
INBOUND = {"instance": NAME, "from": MARINA.phone, "name": "Marina", "content": "Oi"}


async def control(shop: EvolutionShop, path: str, body: Any) -> Any:
    answer = await shop.server.post(f"/__sandbox/{path}", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def shown(shop: EvolutionShop, path: str) -> Any:
    return (await shop.server.get(f"/__sandbox/{path}")).json()


async def test_a_client_writes_edits_and_takes_back(evolution: EvolutionShop) -> None:
    (name,) = (await control(evolution, "inbound", INBOUND))["ids"]
    await control(evolution, "edits", {"instance": NAME, "id": name, "content": "Olá"})
    await control(evolution, "edits", {"instance": NAME, "id": name})
    assert (await shown(evolution, "settled?within=5"))["settled"]
    assert len(evolution.data("messages.edited")) == 2
    assert [data["id"] for data in evolution.data("messages.delete")] == [name]


async def test_several_write_by_hidden_id_too(evolution: EvolutionShop) -> None:
    written = [INBOUND, {"instance": NAME, "lid": "90000000000001", "content": {"conversation": "eu"}}]
    assert len((await control(evolution, "inbound", {"messages": written}))["ids"]) == 2
    assert await evolution.settled()
    assert {data["key"]["remoteJid"] for data in evolution.data("messages.upsert")} == {JID, "90000000000001@lid"}


async def test_knobs_are_turned_and_failures_planned(evolution: EvolutionShop) -> None:
    dials = await control(evolution, "knobs", {"version": "2.3.0", "fail_next": {"status": 429, "retry_after": 1}})
    assert dials["version"] == "2.3.0"
    assert [(await evolution.send()).status_code for _ in range(2)] == [429, 201]
    assert (await shown(evolution, "counters"))["refused"] == {"429": 1}


async def test_the_ledger_tells_what_was_sent(evolution: EvolutionShop) -> None:
    await evolution.send()
    (send,) = (await shown(evolution, f"sent?to={MARINA.phone}"))["sends"]
    assert (send["jid"], send["raw"]["text"]) == (JID, "Olá")
    assert [send["id"] for send in (await shown(evolution, "ledger"))["sends"]] == [send["id"]]


async def test_statuses_and_events_come_at_will(evolution: EvolutionShop) -> None:
    evolution.knobs.turn(statuses=[])
    name = (await evolution.send()).json()["key"]["id"]
    await control(evolution, "statuses", {"instance": NAME, "id": name, "status": "PLAYED"})
    await control(evolution, "webhooks", {"instance": NAME, "event": "call", "data": {"status": "offer"}})
    assert await evolution.settled()
    assert [data["status"] for data in evolution.data("messages.update")] == ["PLAYED"]
    assert evolution.data("call") == [{"status": "offer"}]


async def test_instances_come_are_tied_dropped_and_go(evolution: EvolutionShop) -> None:
    await control(evolution, "instances", {"name": "outra", "token": "t", "own": OWN})
    await control(evolution, "instances/outra/drop", {"reason": 401})
    assert evolution.sandbox.platform.instances.get("outra").state == "close"
    await control(evolution, "instances/outra/scan", {"phone": OWN})
    assert evolution.sandbox.platform.instances.get("outra").state == "open"
    await evolution.server.delete("/__sandbox/instances/outra")
    assert evolution.sandbox.platform.instances.find("outra") is None


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("inbound", {"instance": NAME, "content": "Oi"}, 422),
        ("inbound", {**INBOUND, "instance": "nobody"}, 404),
        ("inbound", {**INBOUND, "colour": "blue"}, 422),
        ("edits", {"instance": NAME, "id": "3A00", "content": "Oi"}, 404),
        ("statuses", {"instance": NAME, "id": "3A00", "status": "READ"}, 404),
        ("knobs", {"version": "3.0"}, 422),
        ("instances/nobody/scan", {"phone": OWN}, 404),
    ],
)
async def test_what_cannot_be_done_is_said(evolution: EvolutionShop, path: str, body: Any, status: int) -> None:
    answer = await evolution.server.post(f"/__sandbox/{path}", json=body)
    assert (answer.status_code, "error" in answer.json()) == (status, True)
