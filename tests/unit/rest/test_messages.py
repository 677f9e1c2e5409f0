"""Reading and writing messages."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from jaboti_adapters.contracts.builders import an_inbound
from jaboti_domain.chat.model import Chat
from tests.unit.rest.office import Desk, Office


@pytest.fixture
async def chat(office: Office) -> Chat:
    """Ana's chat with Maria."""
    return await office.scene.a_chat(office.scene.maria, attendant=office.scene.ana)


async def said(office: Office, chat: Chat, *texts: str) -> None:
    """The client wrote these."""
    async with office.scene.change(chat.id) as changed:
        for text in texts:
            changed.receive(an_inbound(text), at=office.scene.now())


async def test_a_message_is_queued_and_shown_as_the_lists_show_it(ana: Desk, chat: Chat) -> None:
    answer = await ana.post(f"/chats/{chat.id}/messages", {"content": "Bom dia 😀", "metadata": {"tab": [1, None]}})
    assert answer.status_code == 201
    shown = answer.json()
    assert (shown["seq"], shown["status"], shown["senderType"], shown["sender"]["name"]) == (
        1,
        "QUEUED",
        "ATTENDANT",
        "Ana",
    )
    listed = (await ana.get(f"/chats/{chat.id}/messages")).json()
    assert listed == {"items": [shown], "nextCursor": None}
    assert (await ana.get(answer.headers["location"])).json()["items"] == [shown]


async def test_a_template_is_shown_as_the_lists_show_it(ana: Desk, chat: Chat) -> None:
    template = {"name": "retorno", "language": "pt_BR", "components": [{"type": "body", "parameters": [{"n": 1.5}]}]}
    shown = (await ana.post(f"/chats/{chat.id}/messages", {"template": template})).json()
    assert (shown["content"], shown["metadata"]["kind"]) == ("retorno", "template")
    assert (await ana.get(f"/chats/{chat.id}/messages")).json()["items"] == [shown]


async def test_an_answer_names_the_message_that_it_answers(office: Office, ana: Desk, chat: Chat) -> None:
    await said(office, chat, "Quanto custa?")
    [question] = (await ana.get(f"/chats/{chat.id}/messages")).json()["items"]
    answer = await ana.post(f"/chats/{chat.id}/messages", {"content": "R$ 10", "replyTo": question["id"]})
    assert answer.json()["replyTo"] == question["id"]
    refused = await ana.post(f"/chats/{chat.id}/messages", {"content": "R$ 10", "replyTo": str(uuid4())})
    assert (refused.status_code, refused.json()["code"]) == (404, "message.not_found")


async def test_the_same_key_is_the_same_message(ana: Desk, sofia: Desk, chat: Chat) -> None:
    path, key = f"/chats/{chat.id}/messages", {"idempotency-key": "a-1"}
    first = await ana.post(path, {"content": "Oi"}, headers=key)
    again = await ana.post(path, {"content": "Oi"}, headers=key)
    assert "idempotency-replayed" not in first.headers
    assert (again.status_code, again.headers["idempotency-replayed"]) == (201, "true")
    assert again.json() == first.json()
    assert again.headers["location"] == first.headers["location"]
    others = await sofia.post(path, {"content": "Oi"}, headers=key)
    assert "idempotency-replayed" not in others.headers
    assert len((await ana.get(path)).json()["items"]) == 2


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 256, "ção"])
async def test_a_strange_key_is_refused(ana: Desk, chat: Chat, key: str) -> None:
    named = {"idempotency-key": key.encode("latin-1")}
    answer = await ana.post(f"/chats/{chat.id}/messages", {"content": "Oi"}, headers=named)  # type: ignore[arg-type]  # raw bytes
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "Idempotency-Key"


async def test_pages_go_back_from_the_newest(office: Office, ana: Desk, chat: Chat) -> None:
    await said(office, chat, *map(str, range(1, 8)))
    path, pages, cursor = f"/chats/{chat.id}/messages", [], None
    while True:
        page = (await ana.get(path, limit=3, **({"cursor": cursor} if cursor else {}))).json()
        pages.append([item["seq"] for item in page["items"]])
        if (cursor := page["nextCursor"]) is None:
            break
    assert pages == [[5, 6, 7], [2, 3, 4], [1]]


async def test_pages_go_on_from_a_place(office: Office, ana: Desk, chat: Chat) -> None:
    await said(office, chat, *map(str, range(1, 8)))
    path = f"/chats/{chat.id}/messages"
    page = (await ana.get(path, after=1, before=7, limit=3)).json()
    assert [item["seq"] for item in page["items"]] == [2, 3, 4]
    page = (await ana.get(path, after=1, before=7, limit=3, cursor=page["nextCursor"])).json()
    assert [item["seq"] for item in page["items"]] == [5, 6]
    assert page["nextCursor"] is None
    assert [item["seq"] for item in (await ana.get(path, before=3)).json()["items"]] == [1, 2]


async def test_the_last_page_that_is_full_has_no_next(office: Office, ana: Desk, chat: Chat) -> None:
    await said(office, chat, "1", "2", "3")
    queries: list[dict[str, Any]] = [{"limit": 3}, {"limit": 2, "after": 1}]
    for query in queries:
        assert (await ana.get(f"/chats/{chat.id}/messages", **query)).json()["nextCursor"] is None


async def test_a_cursor_is_good_for_one_chat_only(office: Office, ana: Desk, chat: Chat) -> None:
    await said(office, chat, "1", "2")
    other = await office.scene.a_chat()
    cursor = (await ana.get(f"/chats/{chat.id}/messages", limit=1)).json()["nextCursor"]
    for path in (f"/chats/{other.id}/messages", "/chats"):
        refused = await ana.get(path, cursor=cursor)
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid.cursor")


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({}, "/content", "message.empty"),
        ({"content": " \n "}, "/content", "message.empty"),
        ({"content": "x" * 4097}, "/content", "message.too_long"),
        ({"content": "😀" * 4097}, "/content", "message.too_long"),
        ({"content": 1}, "/content", "type"),
        ({"mediaType": "image"}, "/mediaType", "needs"),
        ({"mediaType": "hologram", "content": "x"}, "/mediaType", "choice"),
        ({"mediaId": str(uuid4()), "mediaType": "image"}, "/mediaId", "message.no_such_media"),
        ({"content": "x", "template": {"name": "a", "language": "pt_BR"}}, "/template", "exactly_one"),
        ({"template": {"name": "a", "language": "pt_BR", "x": 1}}, "/template/x", "unknown"),
        ({"template": {"name": "", "language": "pt_BR"}}, "/template/name", "too_short"),
        ({"template": {"name": "a", "language": "pt_BR"}, "mediaId": str(uuid4())}, "/mediaId", "exactly_one"),
        ({"content": "x", "metadata": {"a": "x" * 9000}}, "/metadata", "too_long"),
        ({"content": "x", "metadata": {str(n): 1 for n in range(51)}}, "/metadata", "too_long"),
        ({"content": "x", "metadata": []}, "/metadata", "type"),
        ({"content": "x", "replyTo": "1"}, "/replyTo", "format"),
        ({"content": "x", "replyTo": 1}, "/replyTo", "type"),
        ({"content": "x", "senderType": "BOT"}, "/senderType", "unknown"),
    ],
)
async def test_what_is_no_message_is_refused(ana: Desk, chat: Chat, body: object, pointer: str, code: str) -> None:
    answer = await ana.post(f"/chats/{chat.id}/messages", body)
    assert answer.status_code == 422
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [(pointer, code)]
    assert (await ana.get(f"/chats/{chat.id}/messages")).json()["items"] == []


async def test_the_longest_text_is_taken(ana: Desk, chat: Chat) -> None:
    longest = "😀" * 4096
    shown = (await ana.post(f"/chats/{chat.id}/messages", {"content": longest})).json()
    assert shown["content"] == longest


async def test_only_who_attends_a_chat_writes_in_it(office: Office, sofia: Desk, chat: Chat) -> None:
    bia = await office.desk(office.scene.bia)
    refused = await bia.post(f"/chats/{chat.id}/messages", {"content": "Oi"})
    assert (refused.status_code, refused.json()["code"]) == (403, "chat.not_yours")
    assert (await sofia.post(f"/chats/{chat.id}/messages", {"content": "Oi"})).status_code == 201


async def test_the_state_of_the_chat_may_forbid_it(office: Office, ana: Desk, chat: Chat) -> None:
    waiting = await office.scene.a_chat()
    await ana.post(f"/chats/{chat.id}/end")
    for chat_id, code in ((waiting.id, "chat.not_active"), (chat.id, "chat.already_closed")):
        refused = await ana.post(f"/chats/{chat_id}/messages", {"content": "Oi"})
        assert (refused.status_code, refused.json()["code"]) == (409, code)


@pytest.mark.parametrize("of", [lambda c: f"/chats/{uuid4()}/messages", lambda c: f"/chats/{c.id}x/messages"])
async def test_no_chat_no_messages(ana: Desk, chat: Chat, of: Callable[[Chat], str]) -> None:
    assert (await ana.get(of(chat))).status_code == 404
    assert (await ana.post(of(chat), {"content": "Oi"})).status_code == 404


CHOICES = [{"id": str(n), "title": f"Opção {n}"} for n in range(11)]


@pytest.mark.parametrize(
    ("given", "pointer", "code"),
    [
        ({"location": {"latitude": 91, "longitude": 0}}, "/location/latitude", "too_large"),
        ({"location": {"latitude": 1, "longitude": 0}, "content": "Oi"}, "/location", "exactly_one"),
        ({"contacts": []}, "/contacts", "too_short"),
        ({"contacts": [{"name": "Rui", "phones": ["rui"]}]}, "/contacts/0/phones/0", "format"),
        ({"reaction": "👍"}, "/reaction", "needs"),
        ({"interactive": {"choices": CHOICES[:1]}}, "/interactive", "needs"),
        ({"content": "a" * 1025, "interactive": {"choices": CHOICES[:1]}}, "/interactive", "too_long"),
        ({"content": "?", "interactive": {"choices": CHOICES}}, "/interactive/choices", "too_long"),
        ({"content": "?", "interactive": {"choices": CHOICES[:1] * 2}}, "/interactive/choices", "repeated"),
        (
            {"content": "?", "interactive": {"choices": [{"id": "1", "title": "a" * 21}]}},
            "/interactive/choices",
            "too_long",
        ),
    ],
)
async def test_what_no_platform_takes_is_refused(
    ana: Desk, chat: Chat, given: dict[str, Any], pointer: str, code: str
) -> None:
    refused = await ana.post(f"/chats/{chat.id}/messages", given)
    assert refused.status_code == 422
    assert [(each["pointer"], each["code"]) for each in refused.json()["errors"]] == [(pointer, code)]


async def test_only_what_the_client_wrote_can_be_reacted_to(office: Office, ana: Desk, chat: Chat) -> None:
    path = f"/chats/{chat.id}/messages"
    own = (await ana.post(path, {"content": "Oi"})).json()["id"]
    refused = await ana.post(path, {"reaction": "👍", "replyTo": own})
    assert (refused.status_code, refused.json()["code"]) == (422, "message.not_reactable")
    await said(office, chat, "Bom dia")
    theirs = (await ana.get(path)).json()["items"][-1]["id"]
    shown = (await ana.post(path, {"reaction": "👍", "replyTo": theirs})).json()
    assert (shown["content"], shown["metadata"]["kind"], shown["replyTo"]) == ("👍", "reaction", theirs)
