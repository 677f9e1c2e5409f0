"""What one transaction of a company promises."""

import asyncio
from contextlib import suppress

import pytest

from jaboti_adapters.contracts.builders import a_client, an_inbound
from jaboti_adapters.contracts.scene import Scene
from jaboti_adapters.contracts.suite import BackendContract
from jaboti_domain.chat.errors import ChatAlreadyAssigned
from jaboti_domain.chat.routing import ChatStatus
from jaboti_domain.client.errors import ClientExists, ClientNotFound
from jaboti_domain.kernel.actor import Actor
from jaboti_domain.kernel.errors import StaleVersion
from jaboti_domain.kernel.ids import ChatId


class UnitOfWorkContract(BackendContract):
    """All or nothing, one after another, and never over somebody else's change."""

    async def test_what_was_committed_is_there(self, scene: Scene) -> None:
        client = a_client(scene.company_id)
        await scene.keep(client)
        async with scene.uow() as uow:
            assert await uow.clients.get(client.id) == client

    async def test_leaving_without_a_commit_undoes_everything(self, scene: Scene) -> None:
        client = a_client(scene.company_id)
        async with scene.uow() as uow:
            await uow.clients.save(client)
        async with scene.uow() as uow:
            with pytest.raises(ClientNotFound):
                await uow.clients.get(client.id)
        assert await scene.happened() == []

    async def test_an_error_undoes_everything(self, scene: Scene) -> None:
        chat = await scene.a_chat()
        with suppress(ZeroDivisionError):
            async with scene.change(chat.id) as changed:
                changed.start(scene.ana, at=scene.now())
                raise ZeroDivisionError
        assert (await scene.chat(chat.id)).status is ChatStatus.PENDING

    async def test_a_refused_commit_keeps_nothing_of_what_was_saved_with_it(self, scene: Scene) -> None:
        chat, rival = await scene.a_chat(), a_client(scene.company_id, phone=scene.maria.identities[0].address)
        before = await scene.recorded()
        async with scene.uow() as uow:
            taken = await uow.chats.get(chat.id)
            taken.start(scene.ana, at=scene.now())
            await uow.chats.save(taken)
            await uow.clients.save(rival)
            with pytest.raises(ClientExists):
                await uow.commit()
        assert (await scene.chat(chat.id)).status is ChatStatus.PENDING
        assert await scene.recorded() == before

    async def test_what_is_changed_but_not_saved_stays_as_it_was(self, scene: Scene) -> None:
        async with scene.uow() as uow:
            (await uow.clients.get(scene.maria.id)).name = "Somebody else"
            await uow.commit()
        async with scene.uow() as uow:
            assert (await uow.clients.get(scene.maria.id)).name == scene.maria.name

    async def test_an_aggregate_may_be_saved_again_and_again(self, scene: Scene) -> None:
        for name in ("Mariana", "Marina"):
            scene.maria.name = name
            await scene.keep(scene.maria)
        async with scene.uow() as uow:
            assert await uow.clients.get(scene.maria.id) == scene.maria

    async def test_what_another_unit_changed_since_is_not_overwritten(self, scene: Scene) -> None:
        async with scene.uow() as uow:
            stale = await uow.clients.get(scene.maria.id)
        scene.maria.name = "Mariana"
        await scene.keep(scene.maria)
        with pytest.raises(StaleVersion):
            await scene.keep(stale)

    async def test_a_chat_that_went_on_since_is_not_overwritten(self, scene: Scene) -> None:
        stale = await scene.a_chat()
        async with scene.change(stale.id) as chat:
            chat.start(scene.ana, at=scene.now())
        stale.start(scene.bia, at=scene.now())
        with pytest.raises(StaleVersion):
            await scene.keep(stale)

    async def test_what_get_hands_out_is_locked_until_the_unit_ends(self, scene: Scene) -> None:
        chat = await scene.a_chat()
        async with scene.uow() as uow:
            mine = await uow.chats.get(chat.id)
            theirs = asyncio.create_task(scene.chat(chat.id))
            await asyncio.sleep(0.02)
            assert not theirs.done()
            mine.start(scene.ana, at=scene.now())
            await uow.chats.save(mine)
            await uow.commit()
        assert (await theirs).attendant_id == scene.ana.user_id

    async def test_of_two_who_start_a_chat_at_once_one_gets_it(self, scene: Scene) -> None:
        chat = await scene.a_chat()

        async def start(actor: Actor) -> None:
            async with scene.change(chat.id) as mine:
                mine.start(actor, at=scene.now())

        outcomes = await asyncio.gather(start(scene.ana), start(scene.bia), return_exceptions=True)
        assert [type(outcome) for outcome in outcomes if outcome is not None] == [ChatAlreadyAssigned]
        assert (await scene.chat(chat.id)).version == chat.version + 1

    async def test_units_that_change_the_same_chat_take_turns(self, scene: Scene) -> None:
        chat = await scene.a_chat()
        await asyncio.gather(*(_write(scene, chat.id) for _ in range(8)))
        assert (await scene.chat(chat.id)).last_seq == 8

    async def test_units_that_change_different_chats_do_not_wait_for_one_another(self, scene: Scene) -> None:
        mine, theirs = await scene.a_chat(), await scene.a_chat()
        async with scene.change(mine.id):
            await asyncio.wait_for(_write(scene, theirs.id), timeout=1)


async def _write(scene: Scene, chat_id: ChatId) -> None:
    async with scene.change(chat_id) as chat:
        chat.receive(an_inbound(), at=scene.now())
