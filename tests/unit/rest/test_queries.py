"""Query strings and cursors."""

import base64
import json
from uuid import uuid4

import pytest

from tests.unit.rest.office import Desk, Office


@pytest.mark.parametrize(
    ("query", "pointer", "code"),
    [
        ("limit=0", "?limit", "too_small"),
        ("limit=-1", "?limit", "type"),
        ("limit=201", "?limit", "too_large"),
        ("limit=1000000000", "?limit", "too_large"),
        ("limit=" + "9" * 4301, "?limit", "type"),
        ("limit=%D9%A5", "?limit", "type"),
        ("limit=1_0", "?limit", "type"),
        ("limit=+5", "?limit", "type"),
        ("limit=5.0", "?limit", "type"),
        ("limit=", "?limit", "type"),
        ("limit=1&limit=2", "?limit", "repeated"),
        ("mine=yes", "?mine", "type"),
        ("mine=1", "?mine", "type"),
        ("category=", "?category", "choice"),
        ("category=ACTIVE", "?category", "choice"),
        ("departmentId=1", "?departmentId", "format"),
        ("clientId={0190a8f0-0000-7000-8000-000000000000}", "?clientId", "format"),
        ("clientId=0190a8f000007000800000000000000a", "?clientId", "format"),
        ("companyId=null", "?companyId", "format"),
        ("search=%00", "?search", "characters"),
        ("search=" + "%25" * 5000, "?search", "too_long"),
        ("search=%ff", "?", "characters"),
        ("search=%ed%a0%80", "?", "characters"),
        ("&".join(f"a{n}=1" for n in range(200)), "?", "characters"),
        ("cursor=", "?cursor", "invalid.cursor"),
        ("cursor=AAAA", "?cursor", "invalid.cursor"),
        ("cursor=%F0%9F%98%80", "?cursor", "invalid.cursor"),
        ("cursor=" + "A" * 1025, "?cursor", "too_long"),
    ],
)
async def test_a_known_parameter_is_strict(ana: Desk, query: str, pointer: str, code: str) -> None:
    answer = await ana.get(f"/chats?{query}")
    assert answer.status_code == 422
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [(pointer, code)]


async def test_all_that_is_wrong_is_told(ana: Desk) -> None:
    answer = await ana.get("/chats?limit=0&mine=x&search=%00&search=b")
    assert {(e["pointer"], e["code"]) for e in answer.json()["errors"]} == {
        ("?limit", "too_small"),
        ("?mine", "type"),
        ("?search", "characters"),
        ("?search", "repeated"),
    }


@pytest.mark.parametrize("query", ["utm_source=x&utm_source=y", "a=%00", "&&=&;", "limit=1&_=2", "company_id=1"])
async def test_an_unknown_parameter_is_let_pass(ana: Desk, query: str) -> None:
    assert (await ana.get(f"/chats?{query}")).status_code == 200


@pytest.mark.parametrize("search", ["%", "_", "\\", "' OR 1=1--", "(a+)+$", "%" * 200, "\u202e", "z" + "\u0301" * 100])
async def test_a_search_is_only_text(office: Office, ana: Desk, search: str) -> None:
    await office.scene.a_chat(office.scene.maria)
    assert (await ana.get("/chats", search=search)).json()["items"] == []


@pytest.mark.parametrize("place", ["0", "-1", "2147483648", "9" * 4301, "1e3", "true", "%D9%A1", "1.0", ""])
@pytest.mark.parametrize("name", ["before", "after"])
async def test_a_place_in_a_chat_is_a_number_that_may_be_one(ana: Desk, office: Office, name: str, place: str) -> None:
    chat = await office.scene.a_chat()
    answer = await ana.get(f"/chats/{chat.id}/messages?{name}={place}")
    assert answer.status_code == 422
    assert [e["pointer"] for e in answer.json()["errors"]] == [f"?{name}"]


def forged(*parts: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


async def test_a_forged_cursor_is_refused(office: Office, ana: Desk) -> None:
    company = office.scene.company_id.hex
    for cursor in (
        forged(),
        forged("chats"),
        forged("chats", company),
        forged("chats", company, 1),
        forged("chats", company, None, {}),
        forged("chats", company, "\x00", "\ud800"),
        forged("chats", company, "yesterday", "today"),
        forged("chats", company, "0001-01-01T00:00:00.000Z", "not an id"),
        forged("chats", company, *(["a"] * 20)),
        forged("chats", uuid4().hex, "2026-01-01T00:00:00.000Z", str(uuid4())),
        forged("messages", company, "after", "1"),
        base64.urlsafe_b64encode(b"[" * 700).decode().rstrip("="),
        base64.urlsafe_b64encode(b"\xff\xfe").decode().rstrip("="),
        "*" * 10,
        "=",
    ):
        answer = await ana.get("/chats", cursor=cursor)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid.cursor"), cursor


async def test_a_forged_cursor_of_messages_is_refused(office: Office, ana: Desk) -> None:
    chat, company = await office.scene.a_chat(), office.scene.company_id.hex
    for key in (
        (),
        ("after",),
        ("after", "0"),
        ("after", "2147483648"),
        ("before", "²"),
        ("x", "1"),
        ("after", "9" * 300),
    ):
        answer = await ana.get(f"/chats/{chat.id}/messages", cursor=forged(f"messages:{chat.id.hex}", company, *key))
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid.cursor"), key


async def test_another_companys_cursor_is_refused(office: Office, ana: Desk) -> None:
    scene = await type(office.scene).set_in(office.scene.backend)
    for _ in range(2):
        await scene.a_chat()
    theirs = (await (await office.desk(scene.ana)).get("/chats", limit=1)).json()["nextCursor"]
    answer = await ana.get("/chats", cursor=theirs)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid.cursor")
