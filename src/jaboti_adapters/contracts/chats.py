"""What a store of chats promises."""

import asyncio
from datetime import datetime, timedelta

import pytest

from jaboti_adapters.contracts.builders import a_chat, an_inbound
from jaboti_adapters.contracts.scene import Scene
from jaboti_adapters.contracts.suite import BackendContract
from jaboti_domain.chat.errors import ChatIsOpen, ChatNotFound
from jaboti_domain.chat.model import Chat
from jaboti_domain.integration.content import Text
from jaboti_domain.kernel.errors import Conflict
from jaboti_domain.kernel.events import Named
from jaboti_domain.kernel.ids import ChatId, ClientId, new_id

MINUTE = timedelta(minutes=1)


class ChatRepositoryContract(BackendContract):
    """Chats are kept whole, and a client has at most one open one on each integration."""

    async def test_a_new_chat_comes_back_equal(self, scene: Scene) -> None:
        chat = await scene.a_chat(with_bot=True)
        assert await scene.chat(chat.id) == chat

    async def test_a_chat_comes_back_equal_after_every_turn_of_its_life(self, scene: Scene) -> None:
        chat, at = await scene.a_chat(with_bot=True), scene.now()
        chat.receive(an_inbound(entry_point=True, at=at), at=at)
        chat.queue(Named(scene.sales.id, scene.sales.name), at=at)
        chat.start(scene.ana, at=at)
        await _kept_equal(scene, chat)
        chat.send(scene.ana, Text(body="Bom dia! " * 40), at=at)
        chat.read(scene.ana, up_to=1, unread=0, at=at)
        await _kept_equal(scene, chat)
        chat.end(scene.ana, reason="resolvido", at=at)
        chat.reopen(at=at)
        await _kept_equal(scene, chat)

    async def test_an_unknown_chat_is_refused(self, scene: Scene) -> None:
        with pytest.raises(ChatNotFound):
            await scene.chat(ChatId(new_id()))

    async def test_another_companys_chat_is_not_there(self, scene: Scene) -> None:
        chat, other = await scene.a_chat(scene.maria), await Scene.set_in(scene.backend)
        pair = (scene.maria.id, scene.integration.id)
        async with other.uow() as uow:
            assert await uow.chats.find([chat.id]) == {}
            assert await uow.chats.find_open([pair]) == {}
            assert list(await uow.chats.find_of_client([scene.maria.id])) == []
            with pytest.raises(ChatNotFound):
                await uow.chats.get(chat.id)

    async def test_find_gives_those_that_exist(self, scene: Scene) -> None:
        one, other = await scene.a_chat(), await scene.a_chat()
        async with scene.uow() as uow:
            assert await uow.chats.find([one.id, ChatId(new_id()), other.id]) == {one.id: one, other.id: other}
            assert await uow.chats.find([]) == {}

    async def test_the_open_chat_of_a_pair_is_found(self, scene: Scene) -> None:
        await _ended(scene, at=scene.now() - MINUTE)
        chat = await scene.a_chat(scene.maria)
        pair, quiet = (scene.maria.id, scene.integration.id), (ClientId(new_id()), scene.integration.id)
        async with scene.uow() as uow:
            assert await uow.chats.find_open([pair, quiet]) == {pair: chat}
            assert await uow.chats.find_open([]) == {}

    async def test_the_last_closed_chat_of_a_pair_is_the_one_that_began_last(self, scene: Scene) -> None:
        newest = await _ended(scene, at=scene.now() - MINUTE)
        await _ended(scene, at=scene.now() - 3 * MINUTE)
        await scene.a_chat(scene.maria)
        pair, quiet = (scene.maria.id, scene.integration.id), (ClientId(new_id()), scene.integration.id)
        async with scene.uow() as uow:
            assert await uow.chats.find_last_closed([pair, quiet]) == {pair: newest}

    async def test_the_chats_of_clients_are_found_oldest_first(self, scene: Scene) -> None:
        other = await scene.a_client()
        last = await scene.a_chat(other, at=scene.now() - MINUTE)
        first = await _ended(scene, at=scene.now() - 3 * MINUTE)
        await scene.a_chat()
        async with scene.uow() as uow:
            assert list(await uow.chats.find_of_client([other.id, scene.maria.id])) == [first, last]

    async def test_unread_counts_the_clients_messages_alone(self, scene: Scene) -> None:
        chat = await scene.a_chat(attendant=scene.ana)
        async with scene.change(chat.id) as talk:
            for _ in range(3):
                talk.receive(an_inbound(), at=scene.now())
            talk.send(scene.ana, Text(body="Olá"), at=scene.now())
            talk.receive(an_inbound(from_phone=True), at=scene.now())
        async with scene.uow() as uow:
            assert [await uow.chats.count_unread(chat.id, after=seq) for seq in (0, 1, 3, 5)] == [3, 2, 0, 0]

    async def test_a_pair_never_has_two_open_chats(self, scene: Scene) -> None:
        await scene.a_chat(scene.maria)
        with pytest.raises(ChatIsOpen):
            await scene.a_chat(scene.maria)

    async def test_of_two_who_open_a_chat_of_a_pair_at_once_one_does(self, scene: Scene) -> None:
        outcomes = await asyncio.gather(*(scene.a_chat(scene.maria) for _ in range(4)), return_exceptions=True)
        assert sum(isinstance(outcome, Chat) for outcome in outcomes) == 1
        assert sum(isinstance(outcome, ChatIsOpen) for outcome in outcomes) == 3

    async def test_a_client_may_have_an_open_chat_on_each_integration(self, scene: Scene) -> None:
        await scene.a_chat(scene.maria)
        await scene.keep(a_chat(scene.maria, await scene.an_integration()))

    async def test_a_chat_does_not_come_back_beside_an_open_one(self, scene: Scene) -> None:
        old = await _ended(scene, at=scene.now() - MINUTE)
        await scene.a_chat(scene.maria)
        old.reopen(at=scene.now())
        with pytest.raises(ChatIsOpen):
            await scene.keep(old)

    async def test_one_chat_makes_room_for_another_in_one_unit(self, scene: Scene) -> None:
        old = await scene.a_chat(scene.maria)
        old.end(None, reason="merged", at=scene.now())
        new = a_chat(scene.maria, scene.integration, at=scene.now())
        await scene.keep(new, old)
        async with scene.uow() as uow:
            assert list(await uow.chats.find_of_client([scene.maria.id])) == [old, new]

    async def test_a_providers_message_is_in_no_two_chats_of_an_integration(self, scene: Scene) -> None:
        inbound, one, other = an_inbound(), await scene.a_chat(), await scene.a_chat()
        one.receive(inbound, at=scene.now())
        other.receive(inbound, at=scene.now())
        await scene.keep(one)
        with pytest.raises(Conflict):
            await scene.keep(other)
        assert (await scene.chat(other.id)).last_seq == 0

    async def test_another_integration_may_use_the_same_message_id(self, scene: Scene) -> None:
        inbound = an_inbound()
        for integration in (scene.integration, await scene.an_integration()):
            chat = a_chat(scene.maria, integration, at=scene.now())
            chat.receive(inbound, at=scene.now())
            await scene.keep(chat)


async def _kept_equal(scene: Scene, chat: Chat) -> None:
    await scene.keep(chat)
    assert await scene.chat(chat.id) == chat


async def _ended(scene: Scene, *, at: datetime) -> Chat:
    chat = a_chat(scene.maria, scene.integration, at=at)
    chat.end(None, reason="", at=at + MINUTE)
    await scene.keep(chat)
    return chat
