"""What a store of messages promises."""

import json
from datetime import timedelta
from typing import cast

import pytest

from jaboti_adapters.contracts.builders import a_receipt, an_inbound
from jaboti_adapters.contracts.scene import Scene
from jaboti_adapters.contracts.suite import BackendContract
from jaboti_domain.chat.delivery import DeliveryError
from jaboti_domain.chat.errors import MessageNotFound
from jaboti_domain.chat.message import Message
from jaboti_domain.chat.model import Chat
from jaboti_domain.integration.content import (
    Choice,
    ContactCard,
    Contacts,
    Content,
    Interactive,
    Location,
    Media,
    MediaFile,
    Order,
    Reaction,
    Reply,
    Template,
    Text,
    Unknown,
)
from jaboti_domain.integration.messaging import ReceiptStatus
from jaboti_domain.kernel.errors import Conflict, StaleVersion
from jaboti_domain.kernel.ids import ChatId, MessageId, new_id

CONTENTS = (
    Text(body="Olá, %_\\ 😀\u202e"),
    Media(media=MediaFile(type="image", link="https://a.example/b.jpg", mime_type="image/jpeg"), caption="Veja"),
    Location(latitude=-25.43, longitude=-49.27, label="Loja"),
    Contacts(cards=[ContactCard(name="Rui", phones=["+5541988887777"])]),
    Reply(title="Sim", choice="yes", values='{"a": 1}'),
    Interactive(body="Qual?", choices=[Choice(id="1", title="Um")], button="Ver"),
    Template(name="hello", language="pt_BR", components=[{"type": "body", "parameters": [{"text": "Ana"}]}]),
    Reaction(target="wamid.1", emoji="👍"),
    Order(note="rápido", items=[{"product_retailer_id": "7", "quantity": 2}]),
    Unknown(type="hologram", raw='{"x": null}', reason="new"),
)


class MessageRepositoryContract(BackendContract):
    """Messages are kept whole, with their chat's numbers, and found by every name that they have."""

    @pytest.mark.parametrize("content", CONTENTS, ids=lambda content: cast(Content, content).kind)
    async def test_every_content_comes_back_equal(self, scene: Scene, content: Content) -> None:
        _, message = await _received(scene, content)
        assert (await scene.message(message.id)).content == content

    async def test_a_clients_message_comes_back_equal(self, scene: Scene) -> None:
        chat, at = await scene.a_chat(), scene.now()
        inbound = an_inbound("Oi", forwarded=True, at=at - timedelta(hours=1))
        message = chat.receive(inbound, at=at)
        await scene.keep(chat)
        assert await scene.message(message.id) == message

    async def test_an_attendants_message_comes_back_equal_however_far_it_came(self, scene: Scene) -> None:
        _, message = await _sent(scene)
        assert await scene.message(message.id) == message
        message.sending(again=True, at=scene.now())
        message.accepted("wamid.out", at=scene.now())
        message.refused(DeliveryError(code="131026", title="Undeliverable", info="really"), at=scene.now())
        await scene.keep(message)
        assert await scene.message(message.id) == message

    async def test_what_the_client_does_to_a_message_comes_back_equal(self, scene: Scene) -> None:
        _, message = await _received(scene, Text(body="Oi"))
        message.edit(Text(body="Olá"), at=scene.now())
        message.react("CLIENT", "👍", at=scene.now())
        message.revoke(at=scene.now())
        await scene.keep(message)
        assert await scene.message(message.id) == message

    async def test_find_gives_those_that_exist(self, scene: Scene) -> None:
        _, message = await _sent(scene)
        async with scene.uow() as uow:
            assert await uow.messages.find([message.id, MessageId(new_id())]) == {message.id: message}
            assert await uow.messages.find([]) == {}

    async def test_a_message_is_found_by_the_platforms_id(self, scene: Scene) -> None:
        _, message = await _received(scene, Text(body="Oi"))
        name = (scene.integration.id, message.provider_id or "")
        elsewhere = ((await scene.an_integration()).id, message.provider_id or "")
        async with scene.uow() as uow:
            assert await uow.messages.find_by_provider([name, elsewhere]) == {name: message}
            assert await uow.messages.find_by_provider([]) == {}

    async def test_a_message_gets_the_platforms_id_when_it_is_accepted(self, scene: Scene) -> None:
        _, message = await _sent(scene)
        name = (scene.integration.id, "wamid.accepted")
        async with scene.change_message(message.id) as sent:
            sent.accepted(name[1], at=scene.now())
        async with scene.uow() as uow:
            assert (await uow.messages.find_by_provider([name]))[name].id == message.id

    async def test_no_two_messages_we_sent_have_the_same_platforms_id(self, scene: Scene) -> None:
        (_, one), (_, other) = await _sent(scene), await _sent(scene)
        one.accepted("wamid.once", at=scene.now())
        other.accepted("wamid.once", at=scene.now())
        await scene.keep(one)
        with pytest.raises(Conflict):
            await scene.keep(other)

    async def test_a_message_is_found_by_what_its_sender_calls_it(self, scene: Scene) -> None:
        chat, message = await _sent(scene, client_key="c-1")
        async with scene.uow() as uow:
            assert await uow.messages.find_by_client_key(chat.id, "c-1") == message
            assert await uow.messages.find_by_client_key(chat.id, "c-2") is None
            assert await uow.messages.find_by_client_key(ChatId(new_id()), "c-1") is None

    async def test_a_message_is_only_in_its_own_chat(self, scene: Scene) -> None:
        (chat, message), (other, _) = await _sent(scene), await _sent(scene)
        async with scene.uow() as uow:
            assert await uow.messages.get_in_chat(chat.id, message.id) == message
            with pytest.raises(MessageNotFound):
                await uow.messages.get_in_chat(other.id, message.id)

    async def test_another_companys_message_is_not_there(self, scene: Scene) -> None:
        (chat, message), other = await _received(scene, Text(body="Oi")), await Scene.set_in(scene.backend)
        async with other.uow() as uow:
            assert await uow.messages.find([message.id]) == {}
            assert await uow.messages.find_by_provider([(scene.integration.id, message.provider_id or "")]) == {}
            assert await uow.messages.newest_of_client(chat.id, up_to=9) is None
            with pytest.raises(MessageNotFound):
                await uow.messages.get_in_chat(chat.id, message.id)

    async def test_the_clients_newest_message_up_to_a_number(self, scene: Scene) -> None:
        chat = await scene.a_chat(attendant=scene.ana)
        first, second = (chat.receive(an_inbound(), at=scene.now()) for _ in range(2))
        chat.send(scene.ana, Text(body="Olá"), at=scene.now())
        await scene.keep(chat)
        async with scene.uow() as uow:
            newest = [await uow.messages.newest_of_client(chat.id, up_to=seq) for seq in range(4)]
        assert newest == [None, first, second, second]

    async def test_a_message_is_for_those_who_see_its_chat_now(self, scene: Scene) -> None:
        chat, message = await _received(scene, Text(body="Oi"))
        assert (await scene.message(message.id)).audience.everyone
        async with scene.change(chat.id) as taken:
            taken.start(scene.ana, at=scene.now())
        assert (await scene.message(message.id)).audience == (await scene.chat(chat.id)).audience

    async def test_what_another_unit_changed_since_is_not_overwritten(self, scene: Scene) -> None:
        _, message = await _sent(scene)
        stale = await scene.message(message.id)
        async with scene.change_message(message.id) as sent:
            sent.accepted("wamid.first", at=scene.now())
        stale.receive(a_receipt(ReceiptStatus.READ), at=scene.now())
        with pytest.raises(StaleVersion):
            await scene.keep(stale)

    async def test_a_changed_message_tells_the_stream(self, scene: Scene) -> None:
        _, message = await _sent(scene)
        async with scene.change_message(message.id) as sent:
            sent.accepted("wamid.told", at=scene.now())
        event = (await scene.recorded())[-1]
        assert event.name == "message.status_changed"
        assert json.loads(event.data)["status"] == "SENT"

    async def test_what_came_with_a_new_message_follows_it_in_the_stream(self, scene: Scene) -> None:
        chat = await scene.a_chat()
        message = chat.receive(an_inbound(), at=scene.now())
        message.edit(Text(body="Olá"), at=scene.now())
        chat.receive(an_inbound(), at=scene.now())
        await scene.keep(chat)
        assert (await scene.happened())[-3:] == ["message.added", "message.added", "message.edited"]
        assert (await scene.message(message.id)).content == Text(body="Olá")


async def _received(scene: Scene, content: Content) -> tuple[Chat, Message]:
    chat = await scene.a_chat()
    message = chat.receive(an_inbound(content), at=scene.now())
    await scene.keep(chat)
    return chat, message


async def _sent(scene: Scene, *, client_key: str | None = None) -> tuple[Chat, Message]:
    chat = await scene.a_chat(attendant=scene.ana)
    message = chat.send(scene.ana, Text(body="Olá"), at=scene.now(), client_key=client_key)
    await scene.keep(chat)
    return chat, message
