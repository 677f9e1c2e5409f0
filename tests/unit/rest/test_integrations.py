"""/integrations/config."""

import asyncio
from typing import Any

import pytest
from attrs import evolve

from jaboti_adapters.contracts.builders import an_integration
from jaboti_adapters.contracts.scene import Scene
from jaboti_domain.integration.messaging import Platform
from jaboti_domain.integration.model import Configuration
from tests.unit.rest.office import Desk, Office

PATH = "/integrations/config"
TOKEN = "EAAB-a-long-token-1234"
CREDENTIALS = {"accessToken": TOKEN, "appSecret": "the-secret-of-the-app", "verifyToken": "verify-me-please"}


def given(**changes: Any) -> dict[str, Any]:
    body = {
        "platform": "CloudAPI",
        "account": "106540352242922",
        "name": "WhatsApp da loja",
        "settings": {"baseUrl": "https://graph.facebook.com/v25.0", "wabaId": "102290129340398"},
        "credentials": CREDENTIALS,
        "bot": {"greeting": "Olá!\nEscolha:", "farewell": "Tchau"},
        "reopenWithinSeconds": 1800,
    }
    return {name: value for name, value in {**body, **changes}.items() if value is not ...}


async def connected(alda: Desk, **changes: Any) -> dict[str, Any]:
    answer = await alda.post(PATH, given(**changes))
    assert answer.status_code == 201, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


async def test_an_account_is_connected_and_shown_without_its_credentials(alda: Desk, sofia: Desk) -> None:
    answer = await alda.post(PATH, given())
    shown = answer.json()
    assert (answer.status_code, answer.headers["location"]) == (201, f"{PATH}/{shown['id']}")
    assert shown == {
        "id": shown["id"],
        "platform": "CloudAPI",
        "account": "106540352242922",
        "name": "WhatsApp da loja",
        "status": "ACTIVE",
        "settings": {"baseUrl": "https://graph.facebook.com/v25.0", "wabaId": "102290129340398"},
        "credentials": {"accessToken": "••••1234", "appSecret": "••••-app", "verifyToken": "••••ease"},
        "bot": {"greeting": "Olá!\nEscolha:", "farewell": "Tchau"},
        "reopenWithinSeconds": 1800,
        "trouble": None,
        "version": 1,
    }
    assert (await sofia.get(f"{PATH}/{shown['id']}")).json() == shown
    assert shown in (await sofia.get(PATH)).json()["items"]


async def test_an_account_that_is_connected_is_configured_anew(alda: Desk) -> None:
    first = await connected(alda)
    again = await alda.post(PATH, given(name="Loja", credentials={}))
    assert (again.status_code, again.json()["id"], again.json()["name"]) == (200, first["id"], "Loja")
    assert again.json()["credentials"] == first["credentials"]
    assert again.headers["etag"] == 'W/"2"'


async def test_of_two_who_connect_the_same_account_at_once_one_makes_it(alda: Desk) -> None:
    answers = await asyncio.gather(*(alda.post(PATH, given()) for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [200, 201]
    assert len({answer.json()["id"] for answer in answers}) == 1


async def test_what_is_put_replaces_but_credentials_stay(alda: Desk) -> None:
    shown = await connected(alda)
    place = f"{PATH}/{shown['id']}"
    put = await alda.put(place, {"name": "Loja", "settings": shown["settings"], "credentials": shown["credentials"]})
    assert put.status_code == 200
    assert (put.json()["bot"], put.json()["reopenWithinSeconds"]) == (None, 0)
    assert put.json()["credentials"] == shown["credentials"]
    other = await alda.put(place, given(credentials={"accessToken": "another-long-token-9876"}))
    assert other.json()["credentials"]["accessToken"] == "••••9876"


async def test_what_is_shown_can_be_put_back(alda: Desk) -> None:
    shown = await connected(alda)
    body = {name: value for name, value in shown.items() if name not in ("id", "trouble", "version")}
    again = await alda.put(f"{PATH}/{shown['id']}", body)
    assert (again.status_code, again.json()) == (200, shown)


async def test_another_version_is_not_overwritten(alda: Desk) -> None:
    shown = await connected(alda)
    place, stale = f"{PATH}/{shown['id']}", {"if-match": 'W/"7"'}
    assert (await alda.put(place, given(), headers=stale)).status_code == 412
    assert (await alda.delete(place, headers=stale)).status_code == 412
    assert (await alda.put(place, given(name="Loja"), headers={"if-match": 'W/"1"'})).status_code == 200


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"credentials": {}}, "/credentials/accessToken", "integration.missing_setting"),
        ({"settings": {}}, "/settings/wabaId", "integration.missing_setting"),
        ({"settings": {"speed": "9"}}, "/settings/speed", "integration.unknown_setting"),
        ({"settings": {"base_url": "https://x.example"}}, "/settings/base_url", "unknown"),
        ({"settings": {"a/b": "x"}}, "/settings/a~1b", "unknown"),
        ({"credentials": {**CREDENTIALS, "apiKey": "x"}}, "/credentials/apiKey", "integration.unknown_setting"),
        ({"credentials": {**CREDENTIALS, "accessToken": ""}}, "/credentials/accessToken", "too_short"),
        ({"credentials": {**CREDENTIALS, "accessToken": "a\nb"}}, "/credentials/accessToken", "characters"),
        ({"credentials": {**CREDENTIALS, "accessToken": "••••1234"}}, "/credentials/accessToken", None),
        ({"settings": {"baseUrl": "http://graph.example", "wabaId": "1"}}, "/settings/baseUrl", None),
        ({"settings": {"baseUrl": 7, "wabaId": "1"}}, "/settings/baseUrl", "type"),
        ({"name": "   "}, "/name", "too_short"),
        ({"name": "x" * 201}, "/name", "too_long"),
        ({"name": "a\x07b"}, "/name", "characters"),
        ({"account": ...}, "/account", "required"),
        ({"platform": "Telegram"}, "/platform", "choice"),
        ({"status": "REMOVED"}, "/status", "choice"),
        ({"bot": {"greeting": "  "}}, "/bot/greeting", "too_short"),
        ({"bot": {"greeting": "x" * 1025}}, "/bot/greeting", "too_long"),
        ({"reopenWithinSeconds": -1}, "/reopenWithinSeconds", "too_small"),
        ({"reopenWithinSeconds": 1.5}, "/reopenWithinSeconds", "type"),
        ({"trouble": None}, "/trouble", "unknown"),
        ({"companyId": "0190a8f0-0000-7000-8000-000000000000"}, "/companyId", "unknown"),
    ],
)
async def test_what_is_wrong_is_said_where_it_stands(
    alda: Desk, changes: dict[str, Any], pointer: str, code: str | None
) -> None:
    refused = await alda.post(PATH, given(**changes))
    assert refused.status_code == 422, refused.text
    found = {error["pointer"]: error["code"] for error in refused.json()["errors"]}
    assert code in (None, found[pointer])
    assert TOKEN not in refused.text


async def test_all_that_is_missing_is_said_at_once(alda: Desk) -> None:
    refused = await alda.post(PATH, given(settings={}, credentials={}))
    assert [error["pointer"] for error in refused.json()["errors"]] == [
        "/settings/wabaId",
        "/settings/baseUrl",
        "/credentials/accessToken",
        "/credentials/appSecret",
        "/credentials/verifyToken",
    ]


async def test_an_integration_keeps_its_platform_and_account(alda: Desk) -> None:
    place = f"{PATH}/{(await connected(alda))['id']}"
    for changes in ({"account": "7"}, {"platform": "EvolutionAPI"}):
        refused = await alda.put(place, given(**changes))
        assert (refused.status_code, refused.json()["code"]) == (422, "integration.account_fixed")


async def test_an_account_that_another_company_has_is_taken(office: Office, alda: Desk) -> None:
    other = await Scene.set_in(office.scene.backend)
    await other.keep(an_integration(other.company_id, platform=Platform.CLOUD_API, account="106540352242922"))
    refused = await alda.post(PATH, given())
    assert (refused.status_code, refused.json()["code"]) == (409, "integration.account_taken")


async def test_what_is_taken_away_is_gone_and_its_account_is_free(alda: Desk) -> None:
    place = f"{PATH}/{(await connected(alda))['id']}"
    assert (await alda.delete(place)).status_code == 204
    assert [(await alda.get(place)).status_code, (await alda.delete(place)).status_code] == [404, 404]
    assert (await connected(alda))["version"] == 1


async def test_open_chats_hold_an_account(office: Office, alda: Desk) -> None:
    await office.scene.a_chat()
    refused = await alda.delete(f"{PATH}/{office.scene.integration.id}")
    assert (refused.status_code, refused.json()["code"]) == (409, "integration.has_open_chats")


async def test_a_foreign_an_absent_and_a_removed_one_look_the_same(office: Office, alda: Desk) -> None:
    other = await Scene.set_in(office.scene.backend)
    removed = (await connected(alda))["id"]
    await alda.delete(f"{PATH}/{removed}")
    absent = "0190a8f0-0000-7000-8000-000000000000"
    for method in ("GET", "PUT", "DELETE"):
        bodies = set()
        for one in (str(other.integration.id), absent, removed):
            body = given(account=..., platform=...) if method == "PUT" else None
            headers = alda.headers | {"x-request-id": "same"}
            answer = await office.http.request(method, f"{PATH}/{one}", headers=headers, json=body)
            bodies.add((answer.status_code, answer.content))
        assert len(bodies) == 1
        assert next(iter(bodies))[0] == 404


async def test_operators_see_nothing_and_supervisors_change_nothing(ana: Desk, sofia: Desk, office: Office) -> None:
    place = f"{PATH}/{office.scene.integration.id}"
    seen = [await desk.get(path) for desk in (ana, sofia) for path in (PATH, place)]
    assert [answer.status_code for answer in seen] == [403, 403, 200, 200]
    changed = [await sofia.post(PATH, given()), await sofia.put(place, given()), await sofia.delete(place)]
    assert [answer.status_code for answer in changed] == [403, 403, 403]


async def test_an_address_that_the_operator_set_or_allows_may_be_asked_in_clear(office: Office, alda: Desk) -> None:
    line = await office.application.connect_integration(
        office.scene.alda,
        platform=Platform.CLOUD_API,
        account="7",
        name="x",
        settings={"base_url": "http://127.0.0.1:8090", "waba_id": "1"},
        credentials={"access_token": "t", "app_secret": "s", "verify_token": "v"},
    )
    place, settings = f"{PATH}/{line.id}", {"baseUrl": "http://127.0.0.1:8090", "wabaId": "2"}
    assert (await alda.put(place, {"name": "y", "settings": settings})).status_code == 200
    other = await alda.put(place, {"name": "y", "settings": {**settings, "baseUrl": "http://127.0.0.1:8091"}})
    assert (other.status_code, other.json()["code"]) == (422, "integration.unsafe_address")
    lenient = evolve(office.application.configure_integration, allowed_hosts=("evolution.internal",))
    wanted = Configuration(name="y", settings={"base_url": "http://evolution.internal", "waba_id": "2"})
    await lenient.edit(office.scene.alda, integration_id=line.id, wanted=wanted)


async def test_who_changed_what_is_in_the_audit_log(alda: Desk) -> None:
    place = f"{PATH}/{(await connected(alda))['id']}"
    await alda.put(place, given(name="Loja", credentials={"appSecret": "another-secret-of-the-app"}))
    await alda.put(place, given(name="Loja", credentials={}))
    await alda.delete(place)
    removed, updated, created = (await alda.get("/audit")).json()["items"]
    assert [e["action"].partition(".")[2] for e in (created, updated, removed)] == ["created", "updated", "removed"]
    assert created["after"]["credentials"] == ["access_token", "app_secret", "verify_token"]
    assert (updated["before"], updated["after"]) == (
        {"name": "WhatsApp da loja"},
        {"name": "Loja", "credentials": ["app_secret"]},
    )
    assert removed["before"]["account"] == "106540352242922"


async def test_a_change_is_told_live(office: Office, alda: Desk) -> None:
    await connected(alda)
    assert (await office.scene.happened())[-1] == "integration.changed"
