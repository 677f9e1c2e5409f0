"""An old snapshot and the events since make the new snapshot: a screen shows what a list would show."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from jaboti_adapters.contracts.builders import a_receipt, an_inbound
from jaboti_adapters.contracts.scene import Scene
from jaboti_adapters.memory.store import MemoryStore
from jaboti_domain.chat.delivery import DeliveryError
from jaboti_domain.chat.message import Message
from jaboti_domain.chat.model import Chat
from jaboti_domain.integration.content import Content, Location, Media, MediaFile, Text
from jaboti_domain.integration.messaging import ReceiptStatus
from jaboti_domain.kernel.errors import Refusal
from jaboti_domain.kernel.events import Named
from jaboti_domain.kernel.ids import ChatId, MessageId
from jaboti_entrypoints.realtime.frames import frames_of
from tests.unit.memory.on_memory import memory_backend
from tests.unit.realtime.screens import Screen


def reworded(content: Content) -> Content:
    """As clients edit: other words of the same kind."""
    match content:
        case Text():
            return Text(body="Oi!")
        case Media():
            return evolve(content, caption="Olhe")
    return content


def receipt(scene: Scene, message: Message, status: ReceiptStatus) -> None:
    """News of it from the platform."""
    message.receive(a_receipt(status, provider_id=f"wamid.{message.id}"), at=scene.now())


PHOTO = Media(media=MediaFile(type="image", link="https://a.example/b.jpg", mime_type="image/jpeg"), caption="Veja")
UNTOLD = {"version", "lastMessage", "serviceWindow"}
"""Of a chat: what messages raise too, what the newest message tells, and what depends on when one looks."""

IN_CHAT: Mapping[str, Callable[[Scene, Chat], object]] = {
    "client writes": lambda s, chat: chat.receive(an_inbound("Oi", forwarded=True), at=s.now()),
    "client shows": lambda s, chat: chat.receive(an_inbound(PHOTO), at=s.now()),
    "client is there": lambda s, chat: chat.receive(an_inbound(Location(latitude=1, longitude=2)), at=s.now()),
    "bot speaks": lambda s, chat: chat.say(Text(body="Menu"), at=s.now()),
    "bot hands over": lambda s, chat: chat.queue(Named(s.sales.id, s.sales.name), at=s.now()),
    "Ana starts": lambda s, chat: chat.start(s.ana, at=s.now()),
    "Sofia starts": lambda s, chat: chat.start(s.sofia, at=s.now()),
    "Sofia sends": lambda s, chat: chat.send(s.sofia, Text(body="Olá"), at=s.now(), metadata={"a": [1]}),
    "to Caio": lambda s, chat: chat.transfer_to_attendant(
        s.sofia, Named(s.caio.user_id, s.caio.name), reason="", at=s.now()
    ),
    "to support": lambda s, chat: chat.transfer_to_department(
        s.sofia, Named(s.support.id, s.support.name), reason="", at=s.now()
    ),
    "Sofia reads": lambda s, chat: chat.read(s.sofia, up_to=chat.last_seq, unread=0, at=s.now()),
    "Sofia ends": lambda s, chat: chat.end(s.sofia, reason="", at=s.now()),
    "Alda releases": lambda s, chat: chat.release(s.alda, at=s.now()),
    "client returns": lambda s, chat: chat.reopen(at=s.now()),
}
ON_MESSAGE: Mapping[str, Callable[[Scene, Message], object]] = {
    "is sent": lambda s, message: message.sending(again=False, at=s.now()),
    "is sent again": lambda s, message: message.sending(again=True, at=s.now()),
    "is accepted": lambda s, message: message.accepted(f"wamid.{message.id}", at=s.now()),
    "is refused": lambda s, message: message.refused(DeliveryError(code="1", title="No"), at=s.now()),
    "is delivered": lambda s, message: receipt(s, message, ReceiptStatus.DELIVERED),
    "is played": lambda s, message: receipt(s, message, ReceiptStatus.PLAYED),
    "fails": lambda s, message: receipt(s, message, ReceiptStatus.FAILED),
    "is edited": lambda s, message: message.edit(reworded(message.content), at=s.now()),
    "is revoked": lambda s, message: message.revoke(at=s.now()),
    "is liked": lambda s, message: message.react("CLIENT", "👍", at=s.now()),
    "is loved": lambda s, message: message.react("ATTENDANT", "❤", at=s.now()),
    "is liked no more": lambda s, message: message.react("CLIENT", "", at=s.now()),
}


async def happens(scene: Scene, chat_id: ChatId, deed: str) -> None:
    async with scene.uow() as uow:
        chat = await uow.chats.get(chat_id)
        try:
            IN_CHAT[deed](scene, chat)
        except Refusal:
            return
        await uow.chats.save(chat)
        await uow.commit()


async def befalls(scene: Scene, chat_id: ChatId, deed: str) -> None:
    for shown in await messages_listed(scene, chat_id):
        async with scene.change_message(MessageId(UUID(shown["id"]))) as message:
            ON_MESSAGE[deed](scene, message)


async def messages_listed(scene: Scene, chat_id: ChatId) -> list[dict[str, Any]]:
    reads = scene.backend.chat_reads
    found: list[dict[str, Any]] = json.loads(
        await reads.messages(scene.company_id, chat_id, before=None, after=None, limit=200)
    )
    return found


async def told(scene: Scene) -> Sequence[dict[str, Any]]:
    all_frames = [frames_of(event, epoch=1) for event in await scene.recorded()]
    return [json.loads(frames.plain.text) for frames in all_frames if frames is not None]


@settings(deadline=None, max_examples=60)
@given(st.booleans(), st.lists(st.sampled_from([*IN_CHAT, *ON_MESSAGE]), max_size=20))
async def test_a_screen_shows_what_a_list_would_show(with_bot: bool, deeds: list[str]) -> None:
    scene = await Scene.set_in(memory_backend(MemoryStore()))
    chat = await scene.a_chat(scene.maria, with_bot=with_bot)
    for deed in deeds:
        await (happens if deed in IN_CHAT else befalls)(scene, chat.id, deed)
    screen = Screen()
    for frame in await told(scene):
        screen.show(frame)
    listed = json.loads(await scene.backend.chat_reads.one(scene.company_id, chat.id))
    shown = screen.chats[str(chat.id)]
    assert {k: v for k, v in shown.items() if k not in UNTOLD} == {k: v for k, v in listed.items() if k not in UNTOLD}
    assert shown["serviceWindow"]["closesAt"] == listed["serviceWindow"]["closesAt"]
    assert list(screen.messages.values()) == await messages_listed(scene, chat.id)
