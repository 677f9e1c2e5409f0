"""What reads of one chat promise: the shapes that screens rely on."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from jaboti_adapters.contracts.builders import a_receipt, an_inbound
from jaboti_adapters.contracts.media import an_upload, keep_media
from jaboti_adapters.contracts.scene import Scene
from jaboti_adapters.contracts.suite import BackendContract
from jaboti_domain.chat.delivery import DeliveryError
from jaboti_domain.chat.errors import ChatNotFound, MessageNotFound
from jaboti_domain.chat.message import Message
from jaboti_domain.chat.model import Chat
from jaboti_domain.integration.content import Location, Media, MediaFile, Text
from jaboti_domain.integration.messaging import ReceiptStatus
from jaboti_domain.kernel.events import Named
from jaboti_domain.kernel.ids import ChatId, MessageId, new_id
from jaboti_domain.media.limits import MediaType

Document = dict[str, Any]
MINUTE = timedelta(minutes=1)


def wire(at: datetime) -> str:
    """A time as screens get it."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class ChatDocumentsContract(BackendContract):
    """A chat, its messages and its timeline, in the shapes of `jaboti_domain.chat.queries`."""

    async def test_a_chat_in_which_nobody_wrote(self, scene: Scene) -> None:
        chat = await scene.a_chat(scene.maria)
        assert await _chat(scene, chat) == {
            "id": str(chat.id),
            "companyId": str(scene.company_id),
            "client": {
                "id": str(scene.maria.id),
                "name": "Maria",
                "phone": scene.maria.phone and scene.maria.phone.e164,
            },
            "attendant": None,
            "department": None,
            "integrationId": str(scene.integration.id),
            "platform": "EvolutionAPI",
            "status": "PENDING",
            "startedAt": wire(chat.started_at),
            "queuedAt": wire(chat.started_at),
            "firstHumanAt": None,
            "endedAt": None,
            "unreadCount": 0,
            "lastMessage": None,
            "serviceWindow": {"open": False, "closesAt": None},
            "version": 1,
        }

    async def test_a_chat_in_the_middle_of_its_life(self, scene: Scene) -> None:
        chat, at = await scene.a_chat(scene.maria, with_bot=True), scene.now()
        chat.queue(Named(scene.sales.id, scene.sales.name), at=at)
        chat.start(scene.ana, at=at)
        message = chat.receive(an_inbound("Oi" * 200, at=at), at=at)
        await scene.keep(chat)
        document = await _chat(scene, chat)
        assert (
            document
            | {
                "attendant": {"id": str(scene.ana.user_id), "name": "Ana"},
                "department": {"id": str(scene.sales.id), "name": "Vendas"},
                "status": "ACTIVE",
                "firstHumanAt": wire(at),
                "unreadCount": 1,
                "lastMessage": {
                    "id": str(message.id),
                    "seq": 1,
                    "senderType": "CLIENT",
                    "content": "Oi" * 100,
                    "mediaType": None,
                    "timestamp": wire(at),
                },
                "serviceWindow": {"open": True, "closesAt": wire(at + timedelta(hours=24))},
                "version": 4,
            }
            == document
        )

    async def test_a_chat_shows_its_client_as_they_are_called_now(self, scene: Scene) -> None:
        chat = await scene.a_chat(scene.maria)
        scene.maria.name, scene.maria.phone = "Maria Souza", None
        await scene.keep(scene.maria)
        assert (await _chat(scene, chat))["client"] == {"id": str(scene.maria.id), "name": "Maria Souza", "phone": None}

    async def test_a_clients_message(self, scene: Scene) -> None:
        chat, at = await scene.a_chat(), scene.now()
        message = chat.receive(an_inbound("Oi\n😀", at=at - MINUTE, forwarded=True), at=at)
        await scene.keep(chat)
        assert await _message(scene, message) == {
            "id": str(message.id),
            "chatId": str(chat.id),
            "seq": 1,
            "senderType": "CLIENT",
            "sender": None,
            "content": "Oi\n😀",
            "mediaType": None,
            "media": None,
            "metadata": {"kind": "text", "forwarded": True},
            "replyTo": None,
            "status": "RECEIVED",
            "error": None,
            "timestamp": wire(at - MINUTE),
        }

    async def test_an_attendants_message(self, scene: Scene) -> None:
        chat, at = await scene.a_chat(attendant=scene.ana), scene.now()
        quoted = chat.receive(an_inbound(), at=at)
        message = chat.send(scene.ana, Text(body="Olá"), at=at, reply_to=quoted.id, metadata={"via": "app"})
        message.sending(again=True, at=at)
        message.refused(DeliveryError(code="131026", title="Undeliverable"), at=at)
        await scene.keep(chat)
        document = await _message(scene, message)
        assert (
            document
            | {
                "seq": 2,
                "senderType": "ATTENDANT",
                "sender": {"id": str(scene.ana.user_id), "name": "Ana"},
                "metadata": {"kind": "text", "via": "app", "possiblyDoubled": True},
                "replyTo": str(quoted.id),
                "status": "FAILED",
                "error": {"code": "131026", "title": "Undeliverable"},
                "timestamp": wire(at),
            }
            == document
        )

    async def test_a_message_with_a_file(self, scene: Scene) -> None:
        media = an_upload(scene, filename="a.png")
        await keep_media(scene, media)
        file = media.attached(MediaType.DOCUMENT)
        chat = await scene.a_chat()
        message = chat.receive(an_inbound(Media(media=file, caption="Veja")), at=scene.now())
        await scene.keep(chat)
        document = await _message(scene, message)
        assert (
            document
            | {
                "content": "Veja",
                "mediaType": "document",
                "media": {
                    "id": str(media.id),
                    "url": f"/media/{media.id}",
                    "mimeType": "image/png",
                    "size": media.size,
                    "filename": "a.png",
                },
                "metadata": {"kind": "media"},
            }
            == document
        )
        last = (await _chat(scene, chat))["lastMessage"]
        assert (last["content"], last["mediaType"]) == ("Veja", "document")

    async def test_a_file_that_is_still_elsewhere_has_its_link(self, scene: Scene) -> None:
        chat = await scene.a_chat()
        file = MediaFile(type="image", link="https://a.example/b.jpg")
        message = chat.receive(an_inbound(Media(media=file)), at=scene.now())
        await scene.keep(chat)
        media = (await _message(scene, message))["media"]
        assert (media["id"], media["url"]) == (None, "https://a.example/b.jpg")

    async def test_a_message_with_more_than_words_has_the_rest_in_its_metadata(self, scene: Scene) -> None:
        chat = await scene.a_chat()
        message = chat.receive(an_inbound(Location(latitude=-25.5, longitude=-49.25, label="Loja")), at=scene.now())
        await scene.keep(chat)
        document = await _message(scene, message)
        assert document["content"] == "Loja"
        assert document["metadata"] == {
            "kind": "location",
            "latitude": -25.5,
            "longitude": -49.25,
            "label": "Loja",
            "address": "",
        }

    async def test_a_message_to_which_something_was_done(self, scene: Scene) -> None:
        chat, at = await scene.a_chat(), scene.now()
        message = chat.receive(an_inbound(), at=at)
        message.edit(Text(body="Olá"), at=at)
        message.react("CLIENT", "👍", at=at)
        message.revoke(at=at)
        await scene.keep(chat)
        document = await _message(scene, message)
        assert document["content"] == "Olá"
        assert document["metadata"] == {
            "kind": "text",
            "editedAt": wire(at),
            "revokedAt": wire(at),
            "reactions": {"CLIENT": "👍"},
        }

    async def test_a_message_that_was_played_is_shown_as_read(self, scene: Scene) -> None:
        chat = await scene.a_chat(attendant=scene.ana)
        message = chat.send(scene.ana, Text(body="Olá"), at=scene.now())
        message.receive(a_receipt(ReceiptStatus.PLAYED), at=scene.now())
        await scene.keep(chat)
        document = await _message(scene, message)
        assert (document["status"], document["metadata"]["played"]) == ("READ", True)

    async def test_messages_rise_and_are_the_newest_unless_asked_for_those_after(self, scene: Scene) -> None:
        chat = await _talkative(scene, 5)
        asked = {
            (None, None, 9): [1, 2, 3, 4, 5],
            (None, None, 2): [4, 5],
            (4, None, 2): [2, 3],
            (None, 1, 2): [2, 3],
            (4, 1, 9): [2, 3],
            (None, 5, 9): [],
        }
        for (before, after, limit), numbers in asked.items():
            page = await scene.backend.chat_reads.messages(
                scene.company_id, chat.id, before=before, after=after, limit=limit
            )
            assert [message["seq"] for message in json.loads(page)] == numbers

    async def test_messages_of_a_page_are_what_each_is_alone(self, scene: Scene) -> None:
        chat = await _talkative(scene, 1)
        page = await scene.backend.chat_reads.messages(scene.company_id, chat.id, before=None, after=None, limit=9)
        (document,) = json.loads(page)
        alone = await scene.backend.chat_reads.message(scene.company_id, MessageId(UUID(document["id"])))
        assert json.loads(alone) == document

    async def test_a_timeline_tells_a_chats_life_in_order(self, scene: Scene) -> None:
        chat, at = await scene.a_chat(scene.maria, with_bot=True), scene.now()
        message = chat.receive(an_inbound(), at=at + MINUTE)
        chat.queue(Named(scene.sales.id, "Vendas"), at=at + MINUTE)
        chat.start(scene.ana, at=at + 2 * MINUTE)
        chat.transfer_to_attendant(scene.ana, Named(scene.caio.user_id, "Caio"), reason="almoço", at=at + 3 * MINUTE)
        chat.end(scene.caio, reason="resolvido", at=at + 4 * MINUTE)
        await scene.keep(chat)
        timeline = await _timeline(scene, chat)
        ana, caio = ({"id": str(who.user_id), "name": who.name} for who in (scene.ana, scene.caio))
        sales = {"id": str(scene.sales.id), "name": "Vendas"}
        assert [entry["type"] for entry in timeline] == [
            "chat.opened",
            "message",
            "chat.queued",
            "chat.started",
            "chat.transferred",
            "chat.ended",
        ]
        assert [entry["at"] for entry in timeline[1:]] == [wire(at + n * MINUTE) for n in (1, 1, 2, 3, 4)]
        assert timeline[1]["message"] == await _message(scene, message)
        assert [entry["data"] for entry in timeline if entry["type"] != "message"] == [
            {"status": "BOT", "attendant": None},
            {"department": sales},
            {"attendant": ana},
            {"by": ana, "attendant": caio, "department": None, "reason": "almoço"},
            {"by": caio, "reason": "resolvido"},
        ]

    async def test_a_timeline_holds_the_newest_entries(self, scene: Scene) -> None:
        chat = await _talkative(scene, 3)
        assert [entry["message"]["seq"] for entry in await _timeline(scene, chat, limit=2)] == [2, 3]

    async def test_what_is_not_there_is_refused(self, scene: Scene) -> None:
        await _refused(scene, ChatId(new_id()), MessageId(new_id()))

    async def test_what_is_another_companys_is_refused_in_the_same_way(self, scene: Scene) -> None:
        chat = await scene.a_chat()
        message = chat.receive(an_inbound(), at=scene.now())
        await scene.keep(chat)
        await _refused(await Scene.set_in(scene.backend), chat.id, message.id)


async def _talkative(scene: Scene, messages: int) -> Chat:
    chat = await scene.a_chat()
    for _ in range(messages):
        chat.receive(an_inbound(), at=scene.now())
    await scene.keep(chat)
    return chat


async def _chat(scene: Scene, chat: Chat) -> Document:
    document: Document = json.loads(await scene.backend.chat_reads.one(scene.company_id, chat.id))
    return document


async def _message(scene: Scene, message: Message) -> Document:
    document: Document = json.loads(await scene.backend.chat_reads.message(scene.company_id, message.id))
    return document


async def _timeline(scene: Scene, chat: Chat, *, limit: int = 100) -> list[Document]:
    timeline: list[Document] = json.loads(
        await scene.backend.chat_reads.timeline(scene.company_id, chat.id, limit=limit)
    )
    return timeline


async def _refused(scene: Scene, chat_id: ChatId, message_id: MessageId) -> None:
    reads, company_id = scene.backend.chat_reads, scene.company_id
    with pytest.raises(ChatNotFound):
        await reads.one(company_id, chat_id)
    with pytest.raises(ChatNotFound):
        await reads.messages(company_id, chat_id, before=None, after=None, limit=9)
    with pytest.raises(ChatNotFound):
        await reads.timeline(company_id, chat_id, limit=9)
    with pytest.raises(MessageNotFound):
        await reads.message(company_id, message_id)
