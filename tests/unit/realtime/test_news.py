"""What is told of each event."""

import json
from datetime import timedelta
from typing import Any

import pytest

from jaboti_adapters.recording import record_data
from jaboti_adapters.showing import media_shown
from jaboti_domain.chat.events import (
    ChatEnded,
    ChatOpened,
    ChatQueued,
    ChatRead,
    ChatReassigned,
    ChatReleased,
    ChatReopened,
    ChatStarted,
    ChatTransferred,
    MessageAdded,
    MessageEdited,
    MessageReacted,
    MessageRevoked,
    MessageStatusChanged,
)
from jaboti_domain.chat.window import ServiceWindow
from jaboti_domain.client.events import ClientRegistered, ClientRemoved, ClientsMerged, ClientUpdated
from jaboti_domain.company.events import AttendantChanged
from jaboti_domain.integration.content import Content, Interactive, Location, Media, MediaFile, Text
from jaboti_domain.integration.events import BudgetWarned, IntegrationChanged
from jaboti_domain.integration.messaging import Platform
from jaboti_domain.kernel.events import Audience, Event, Named, Recorded
from jaboti_domain.kernel.ids import ChatId, ClientId, IntegrationId, MessageId, NoteId, UserId, new_id
from jaboti_domain.note.events import NoteCreated
from jaboti_entrypoints.realtime import shapes
from jaboti_entrypoints.realtime.frames import frames_of
from jaboti_entrypoints.realtime.news import KINDS, news_of
from jaboti_entrypoints.rest.chats import ChatShown
from jaboti_entrypoints.rest.messages import MessageShown
from tests.unit.realtime.listeners import COMPANY, NOON, an_event

CHAT, MESSAGE, CLIENT, INTEGRATION = ChatId(new_id()), MessageId(new_id()), ClientId(new_id()), IntegrationId(new_id())
ANA, SALES = Named(new_id(), "Ana"), Named(new_id(), "Vendas")
LATER = NOON + timedelta(hours=1)
OPEN = ServiceWindow(closes_at=LATER)
ENVELOPE: dict[str, Any] = {"company_id": COMPANY, "at": NOON}
ON_CHAT: dict[str, Any] = {**ENVELOPE, "chat_id": CHAT}
MILESTONE: dict[str, Any] = {**ON_CHAT, "version": 5}
ON_MESSAGE: dict[str, Any] = {**ON_CHAT, "message_id": MESSAGE, "seq": 3}
ANA_SHOWN = {"id": str(ANA.id), "name": "Ana"}
SALES_SHOWN = {"id": str(SALES.id), "name": "Vendas"}
PATCHED = {"chatId": str(CHAT), "id": str(MESSAGE), "seq": 3}
NOON_SHOWN, LATER_SHOWN = "2026-03-01T12:00:00.000Z", "2026-03-01T13:00:00.000Z"


def recorded(event: Event) -> Recorded:
    return Recorded(
        company_id=event.company_id, seq=42, at=event.at, name=event.name, audience=Audience(), data=record_data(event)
    )


def told(event: Event) -> dict[str, Any]:
    frames = frames_of(recorded(event), epoch=7)
    assert frames is not None
    frame: dict[str, Any] = json.loads(frames.plain.text)
    return frame


def an_added(content: Content, **changes: Any) -> MessageAdded:
    given: dict[str, Any] = {
        "sender_type": "CLIENT",
        "sender": None,
        "content": content,
        "reply_to": None,
        "status": "RECEIVED",
        "provider_at": None,
        "metadata": {},
        "unread": 2,
        "window": OPEN,
    }
    return MessageAdded(**ON_MESSAGE, **{**given, **changes})


def an_opened(**changes: Any) -> ChatOpened:
    given = {
        "client": Named(CLIENT, "Maria"),
        "client_phone": "+5541988887777",
        "integration_id": INTEGRATION,
        "platform": Platform.CLOUD_API,
        "status": "PENDING",
        "window": ServiceWindow(),
    }
    return ChatOpened(**{**MILESTONE, "version": 1}, **{**given, **changes})


def a_status(status: str, *, code: str | None = None, doubled: bool = False) -> MessageStatusChanged:
    return MessageStatusChanged(
        **ON_MESSAGE,
        status=status,
        error_code=code,
        error_title="Expired" if code else None,
        possibly_doubled=doubled,
    )


def a_transfer(*, attendant: Named | None = None, department: Named | None = None) -> ChatTransferred:
    return ChatTransferred(
        **MILESTONE, by=ANA, attendant=attendant, department=department, reason="férias", first_human_at=NOON
    )


PATCHES = [
    (
        ChatQueued(**MILESTONE, department=SALES),
        {"status": "PENDING", "department": SALES_SHOWN, "queuedAt": NOON_SHOWN},
    ),
    (ChatQueued(**MILESTONE, department=None), {"status": "PENDING", "department": None, "queuedAt": NOON_SHOWN}),
    (
        ChatReopened(**MILESTONE),
        {"status": "PENDING", "attendant": None, "queuedAt": NOON_SHOWN, "endedAt": None},
    ),
    (ChatReleased(**MILESTONE, by=ANA), {"status": "PENDING", "attendant": None, "queuedAt": NOON_SHOWN}),
    (
        ChatStarted(**MILESTONE, attendant=ANA, first_human_at=LATER),
        {"status": "ACTIVE", "attendant": ANA_SHOWN, "firstHumanAt": LATER_SHOWN},
    ),
    (ChatEnded(**MILESTONE, by=ANA, reason="resolvido"), {"status": "CLOSED", "endedAt": NOON_SHOWN}),
]


@pytest.mark.parametrize(("event", "patch"), PATCHES, ids=lambda value: getattr(value, "name", ""))
def test_a_turn_in_a_chats_life_is_told_as_what_changed(event: Event, patch: dict[str, Any]) -> None:
    frame = told(event)
    assert frame["event"] == "chat.updated"
    assert frame["data"] == {"chatId": str(CHAT), "version": 5, **patch}


def test_reading_and_reassigning_change_no_version_that_is_known() -> None:
    read, reassigned = ChatRead(**ON_CHAT, by=ANA, up_to=3, unread=1), ChatReassigned(**ON_CHAT, client_id=CLIENT)
    assert told(read)["data"] == {"chatId": str(CHAT), "unreadCount": 1}
    assert told(reassigned)["data"] == {"chatId": str(CHAT), "clientId": str(CLIENT)}


def test_every_event_comes_in_the_same_envelope() -> None:
    frame = told(ChatRead(**ON_CHAT, by=ANA, up_to=3, unread=1))
    assert {**frame, "data": None} == {
        "type": "event",
        "id": "7-42",
        "event": "chat.updated",
        "cursor": "7-42",
        "at": NOON_SHOWN,
        "data": None,
    }


def test_a_new_chat_is_told_as_lists_show_it() -> None:
    data = told(an_opened())["data"]
    assert data.keys() == {field.alias for field in ChatShown.model_fields.values()}
    assert data["client"] == {"id": str(CLIENT), "name": "Maria", "phone": "+5541988887777"}
    assert (data["status"], data["queuedAt"], data["firstHumanAt"]) == ("PENDING", NOON_SHOWN, None)
    assert data["serviceWindow"] == {"open": False, "closesAt": None}


def test_a_chat_that_an_attendant_opened_never_waited() -> None:
    data = told(an_opened(status="ACTIVE", attendant=ANA))["data"]
    assert (data["attendant"], data["queuedAt"], data["firstHumanAt"]) == (ANA_SHOWN, None, NOON_SHOWN)


def test_a_new_message_is_told_as_lists_show_it() -> None:
    data = told(an_added(Text(body="Olá"), sender=ANA, metadata={"forwarded": True}, provider_at=LATER))["data"]
    assert data["message"] == {
        "id": str(MESSAGE),
        "chatId": str(CHAT),
        "seq": 3,
        "senderType": "CLIENT",
        "sender": ANA_SHOWN,
        "content": "Olá",
        "mediaType": None,
        "media": None,
        "metadata": {"forwarded": True, "kind": "text"},
        "replyTo": None,
        "status": "RECEIVED",
        "error": None,
        "timestamp": LATER_SHOWN,
    }
    assert data["message"].keys() == {field.alias for field in MessageShown.model_fields.values()}
    assert (data["unreadCount"], data["serviceWindow"]) == (2, {"open": True, "closesAt": LATER_SHOWN})


def test_a_file_is_told_as_lists_show_it() -> None:
    content = Media(media=MediaFile(type="image", media_id="m1", mime_type="image/png", size=9), caption="Veja")
    message = told(an_added(content))["data"]["message"]
    assert (message["content"], message["mediaType"], message["media"]) == ("Veja", "image", media_shown(content))


def test_what_a_message_has_beside_its_words_is_metadata() -> None:
    metadata = told(an_added(Location(latitude=1.5, longitude=2.5, label="Loja")))["data"]["message"]["metadata"]
    assert metadata == {"kind": "location", "latitude": 1.5, "longitude": 2.5, "label": "Loja", "address": ""}


def test_a_kind_of_content_that_is_not_known_yet_is_told_all_the_same() -> None:
    added = recorded(an_added(Interactive(body="Qual?", choices=[])))
    data = added.data.replace(b'"interactive"', b'"hologram"')
    frames = frames_of(Recorded(**{**_fields(added), "data": data}), epoch=7)
    assert frames is not None
    assert json.loads(frames.plain.text)["data"]["message"]["content"] == "[hologram]"


STATUSES = [
    (a_status("SENT"), {"status": "SENT", "error": None}),
    (a_status("FAILED", code="131047"), {"status": "FAILED", "error": {"code": "131047", "title": "Expired"}}),
    (a_status("SENDING", doubled=True), {"status": "SENDING", "error": None, "metadata": {"possiblyDoubled": True}}),
    (a_status("PLAYED"), {"status": "READ", "error": None, "metadata": {"played": True}}),
]


@pytest.mark.parametrize(("event", "patch"), STATUSES, ids=lambda value: getattr(value, "status", ""))
def test_how_far_a_message_came_is_told(event: Event, patch: dict[str, Any]) -> None:
    frame = told(event)
    assert frame["event"] == "message.updated"
    assert frame["data"] == {**PATCHED, **patch}


def test_an_edited_message_has_other_words() -> None:
    assert told(MessageEdited(**ON_MESSAGE, content=Text(body="Oi")))["data"] == {
        **PATCHED,
        "content": "Oi",
        "mediaType": None,
        "media": None,
        "metadata": {"kind": "text", "editedAt": NOON_SHOWN},
    }


def test_a_revoked_message_keeps_its_words() -> None:
    assert told(MessageRevoked(**ON_MESSAGE))["data"] == {**PATCHED, "metadata": {"revokedAt": NOON_SHOWN}}


def test_reactions_replace_those_of_before_and_null_takes_them_away() -> None:
    reacted, withdrawn = (MessageReacted(**ON_MESSAGE, reactions=reactions) for reactions in ({"CLIENT": "👍"}, {}))
    assert told(reacted)["data"] == {**PATCHED, "metadata": {"reactions": {"CLIENT": "👍"}}}
    assert told(withdrawn)["data"] == {**PATCHED, "metadata": {"reactions": None}}


def test_who_receives_a_chat_is_notified_and_nobody_else() -> None:
    frames = frames_of(recorded(a_transfer(attendant=ANA)), epoch=7)
    assert frames is not None
    theirs = json.loads(frames.of(UserId(ANA.id)).text)["data"]
    others = json.loads(frames.of(UserId(new_id())).text)["data"]
    assert theirs.pop("notification") == {"from": ANA_SHOWN, "reason": "férias"}
    assert theirs == others
    assert (others["status"], others["attendant"], others["by"]) == ("ACTIVE", ANA_SHOWN, ANA_SHOWN)
    assert others.keys().isdisjoint({"department", "queuedAt"})


def test_a_chat_handed_to_a_department_waits_there() -> None:
    frames = frames_of(recorded(a_transfer(department=SALES)), epoch=7)
    assert frames is not None
    assert frames.notified is None
    data = json.loads(frames.plain.text)["data"]
    assert (data["status"], data["attendant"], data["department"]) == ("PENDING", None, SALES_SHOWN)
    assert data["queuedAt"] == NOON_SHOWN


def test_clients_are_told_by_their_new_names() -> None:
    names: dict[str, Any] = {**ENVELOPE, "client_id": CLIENT, "client_name": "Maria", "phone": None}
    for event in (ClientRegistered(**names), ClientUpdated(**names)):
        frame = told(event)
        assert (frame["event"], frame["data"]) == (
            "client.updated",
            {"id": str(CLIENT), "name": "Maria", "phone": None, "blocked": False},
        )
    assert told(ClientUpdated(**names, blocked=True))["data"]["blocked"] is True
    assert told(ClientRemoved(**ENVELOPE, client_id=CLIENT))["data"] == {"id": str(CLIENT), "removed": True}
    merged = told(ClientsMerged(**ENVELOPE, client_id=CLIENT, absorbed=(ClientId(ANA.id),)))
    assert merged["data"] == {"id": str(CLIENT), "absorbed": [str(ANA.id)]}


def test_a_note_is_told_whole() -> None:
    note = NoteCreated(**ENVELOPE, note_id=NoteId(CHAT), client_id=None, chat_id=CHAT, author=ANA, text="Liga depois")
    frame = told(note)
    assert (frame["event"], frame["data"]["author"]["name"]) == ("note.created", "Ana")
    assert (frame["data"]["chatId"], frame["data"]["clientId"], frame["data"]["text"]) == (
        str(CHAT),
        None,
        "Liga depois",
    )
    assert (frame["data"]["createdAt"], frame["data"]["version"]) == (NOON_SHOWN, 1)


def test_an_integration_is_told_with_its_trouble() -> None:
    changed = IntegrationChanged(
        **ENVELOPE,
        integration_id=INTEGRATION,
        title="WhatsApp",
        platform=Platform.CLOUD_API,
        status="ACTIVE",
        trouble="token",
    )
    assert told(changed)["data"] == {
        "id": str(INTEGRATION),
        "name": "WhatsApp",
        "platform": "CloudAPI",
        "status": "ACTIVE",
        "trouble": "token",
    }


def test_a_budget_that_is_spent_is_told_in_money() -> None:
    warned = BudgetWarned(**ENVELOPE, percent=80, month="2026-03", budget="10.000000", spent="8.1", currency="USD")
    assert (told(warned)["event"], told(warned)["data"]) == (
        "budget.warning",
        {
            "percent": 80,
            "month": "2026-03",
            "budget": {"amount": "10.000000", "currency": "USD"},
            "spent": {"amount": "8.1", "currency": "USD"},
        },
    )


@pytest.mark.parametrize(
    ("changes", "patch"),
    [
        ({"title": "Ana", "role": "ADMIN"}, {"name": "Ana", "role": "ADMIN"}),
        ({"departments": (SALES,), "enabled": False}, {"departments": [SALES_SHOWN], "enabled": False}),
        ({"departments": ()}, {"departments": []}),
        ({"gone": True}, {"removed": True}),
    ],
)
def test_of_an_attendant_is_told_what_changed(changes: dict[str, Any], patch: dict[str, Any]) -> None:
    frame = told(AttendantChanged(**ENVELOPE, user_id=UserId(ANA.id), **changes))
    assert (frame["event"], frame["data"]) == ("attendant.updated", {"id": str(ANA.id), **patch})


def test_what_has_no_public_name_is_passed_over() -> None:
    assert frames_of(an_event(1, name="secret.kept"), epoch=7) is None


def test_every_event_of_the_domain_has_a_public_name() -> None:
    assert {kind.name for kind in _named(Event)} == KINDS.keys()


@pytest.mark.parametrize(
    "event", [an_opened(), an_added(Text(body="x")), a_transfer(department=SALES), a_status("SENT")]
)
def test_what_is_told_has_the_shape_that_is_documented(event: Event) -> None:
    news = news_of(recorded(event))
    assert news is not None
    assert type(news.data) is shapes.SHAPE_OF[news.event]


def _named(kind: type[Event]) -> list[type[Event]]:
    return [each for sub in kind.__subclasses__() for each in (*_named(sub), *([sub] if "name" in vars(sub) else ()))]


def _fields(event: Recorded) -> dict[str, Any]:
    return {name: getattr(event, name) for name in ("company_id", "seq", "at", "name", "audience")}
