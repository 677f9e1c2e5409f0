"""GET /integrations/logs, and how webhooks get into it."""

import json
from typing import Any

import httpx
import pytest
from attrs import define, evolve

from jaboti_adapters.contracts.builders import a_call
from jaboti_adapters.contracts.scene import Scene
from jaboti_adapters.memory.channel import MemoryChannel
from jaboti_domain.integration.calls import CallOutcome, Direction
from jaboti_domain.integration.errors import BadSignature
from jaboti_domain.integration.messaging import Headers, Items, Platform
from jaboti_domain.integration.model import Integration
from jaboti_domain.kernel.errors import Unavailable
from jaboti_entrypoints.rest.app import create_app
from jaboti_entrypoints.webhooks import Webhooks
from tests.unit.rest.office import Desk, Office

PATH = "/integrations/logs"
BODY = json.dumps([{"id": "a", "from": "5541988887777", "text": "um segredo"}] * 2).encode()


async def test_a_supervisor_reads_the_calls(office: Office, sofia: Desk, ana: Desk) -> None:
    office.application.call_log.note(a_call(office.scene.integration))
    await office.application.call_log.flush()
    (call,) = (await sofia.get(PATH)).json()["items"]
    assert (call["direction"], call["kind"], call["outcome"], call["peer"]) == ("OUT", "message", "OK", "…7777")
    assert (await ana.get(PATH)).status_code == 403


async def test_conditions_and_pages(office: Office, sofia: Desk) -> None:
    own = office.scene.integration
    calls = [a_call(own), a_call(own, direction=Direction.IN), a_call(own, outcome=CallOutcome.FAILED, error="x")]
    for call in calls:
        office.application.call_log.note(call)
    await office.application.call_log.flush()
    first = (await sofia.get(PATH, limit=2)).json()
    second = (await sofia.get(PATH, limit=2, cursor=first["nextCursor"])).json()
    assert [len(first["items"]), len(second["items"]), second["nextCursor"]] == [2, 1, None]
    counts: list[tuple[dict[str, Any], int]] = [
        ({"direction": "IN"}, 1),
        ({"outcome": "FAILED"}, 1),
        ({"platform": "CloudAPI"}, 0),
    ]
    for query, count in counts:
        assert len((await sofia.get(PATH, **query)).json()["items"]) == count
    assert (await sofia.get(PATH, outcome="MAYBE")).status_code == 422


@pytest.fixture
def platform(office: Office) -> httpx.AsyncClient:
    """Where webhooks come in."""
    webhooks = Webhooks(application=office.application)
    app = create_app(office.application, extra_routes=webhooks.routes())
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://jaboti.test", trust_env=False)


async def calls_of(office: Office) -> list[dict[str, Any]]:
    await office.application.call_log.flush()
    desk = await office.desk(office.scene.sofia)
    items: list[dict[str, Any]] = (await desk.get(PATH)).json()["items"]
    return items


async def test_a_webhook_is_noted_with_how_it_was_answered(office: Office, platform: httpx.AsyncClient) -> None:
    place = f"/webhooks/cloudapi/{office.scene.integration.id}"
    assert (await platform.post(place, content=BODY)).status_code == 200
    (call,) = await calls_of(office)
    assert (call["direction"], call["kind"], call["outcome"], call["httpStatus"]) == ("IN", "webhook", "OK", 200)
    assert (call["items"], call["peer"], call["error"]) == (2, None, None)
    assert "segredo" not in json.dumps(call)


async def test_a_forged_webhook_leaves_nothing_in_the_log(
    office: Office, platform: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(_: Integration, headers: Headers, body: bytes) -> None:
        raise BadSignature

    monkeypatch.setattr(type(office.channels[Platform.EVOLUTION_API]), "verify", lambda self, *args: never(*args))
    answer = await platform.post(f"/webhooks/cloudapi/{office.scene.integration.id}", content=BODY)
    assert (answer.status_code, await calls_of(office)) == (401, [])


async def test_a_webhook_that_could_not_be_kept_is_noted_as_failed(
    office: Office, platform: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> int:
        raise Unavailable

    monkeypatch.setattr(type(office.scene.backend.journal), "append", away)
    answer = await platform.post(f"/webhooks/cloudapi/{office.scene.integration.id}", content=BODY)
    (call,) = await calls_of(office)
    assert (answer.status_code, call["outcome"], call["httpStatus"]) == (503, "FAILED", 503)


async def test_a_webhook_of_nobody_is_in_nobodys_log(office: Office, platform: httpx.AsyncClient) -> None:
    answer = await platform.post("/webhooks/cloudapi/0190a8f0-0000-7000-8000-000000000000", content=BODY)
    assert (answer.status_code, await calls_of(office)) == (404, [])


async def test_a_body_of_several_companies_is_counted_with_each(office: Office) -> None:
    other = await Scene.set_in(office.scene.backend)
    ours, theirs = [await each.an_integration(platform=Platform.CLOUD_API) for each in (office.scene, other)]
    items = [{"id": str(n), "from": "5541988887777", "text": account} for n, account in enumerate("aabx")]
    accounts = {"a": ours.account, "b": theirs.account, "x": "nobody's"}

    @define
    class Shared(MemoryChannel):
        """Of which each item says whose it is."""

        def split(self, body: bytes) -> Items:
            texts = (each["text"] for each in json.loads(body))
            found = super().split(body)
            return [evolve(item, account=accounts[text]) for item, text in zip(found, texts, strict=True)]

    accept = evolve(office.application.accept_shared_webhook, channels={Platform.CLOUD_API: Shared()})
    shared = await accept(platform=Platform.CLOUD_API, body=json.dumps(items).encode())
    assert {one.id: count for one, count in shared.items} == {ours.id: 2, theirs.id: 1}
    assert shared.unwanted == 1
