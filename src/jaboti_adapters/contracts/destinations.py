"""Where chats may come to: what a store promises about departments and attendants that go away."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from jaboti_adapters.contracts.scene import Scene
from jaboti_adapters.contracts.suite import BackendContract
from jaboti_domain.chat.errors import AttendantDisabled
from jaboti_domain.chat.model import Chat
from jaboti_domain.chat.routing import ChatStatus
from jaboti_domain.company.errors import DepartmentHasOpenChats, DepartmentNotFound
from jaboti_domain.company.model import Membership
from jaboti_domain.kernel.actor import Actor
from jaboti_domain.kernel.errors import Refusal
from jaboti_domain.kernel.events import Named


class DestinationContract(BackendContract):
    """No open chat is ever where nobody can be: not in a removed department, not with somebody who left."""

    async def test_the_open_chats_of_an_attendant_are_found_oldest_first(self, scene: Scene) -> None:
        first, second = [await scene.a_chat(attendant=scene.ana) for _ in range(2)]
        ended = await scene.a_chat(attendant=scene.ana)
        async with scene.change(ended.id) as chat:
            chat.end(None, reason="", at=scene.now())
        await scene.a_chat(attendant=scene.bia)
        async with scene.uow() as uow:
            assert list(await uow.chats.find_attended_by(scene.ana.user_id)) == [first, second]
            assert list(await uow.chats.find_attended_by(scene.sofia.user_id)) == []

    async def test_a_chat_that_was_released_comes_back_equal(self, scene: Scene) -> None:
        chat = await scene.a_chat(attendant=scene.ana)
        async with scene.change(chat.id) as changed:
            changed.release(scene.alda, at=scene.now())
        assert await scene.chat(chat.id) == changed
        assert (changed.status, changed.attendant_id) == (ChatStatus.PENDING, None)

    async def test_no_open_chat_comes_to_a_department_that_was_removed(self, scene: Scene) -> None:
        chat = await scene.a_chat()
        await remove_sales(scene)
        with pytest.raises(DepartmentNotFound):
            await to_sales(scene, chat)
        assert (await scene.chat(chat.id)).department_id is None

    async def test_a_chat_that_ended_there_does_not_go_on_there(self, scene: Scene) -> None:
        chat = await scene.a_chat()
        await to_sales(scene, chat)
        async with scene.change(chat.id) as changed:
            changed.end(None, reason="", at=scene.now())
        await remove_sales(scene)
        with pytest.raises(DepartmentNotFound):
            async with scene.change(chat.id) as changed:
                changed.reopen(at=scene.now())
        async with scene.change(chat.id) as changed:
            changed.reopen(at=scene.now())
            changed.queue(None, at=scene.now())
        assert (await scene.chat(chat.id)).department_id is None

    @pytest.mark.parametrize("way", ["disabled", "left"])
    async def test_no_open_chat_comes_to_who_is_disabled_or_has_left(self, scene: Scene, way: str) -> None:
        waiting, theirs = await scene.a_chat(), await scene.a_chat(attendant=scene.ana)
        await dismiss(scene, scene.ana, disable_only=way == "disabled")
        with pytest.raises(AttendantDisabled):
            await start(scene, waiting, scene.ana)
        with pytest.raises(AttendantDisabled):
            await scene.a_chat(attendant=scene.ana)
        async with scene.change(theirs.id) as chat:
            chat.read(scene.ana, up_to=0, unread=0, at=scene.now())
        assert (await scene.chat(waiting.id)).status is ChatStatus.PENDING

    async def test_of_a_transfer_and_a_removal_at_once_one_loses(self, scene: Scene) -> None:
        for _ in range(8):
            rival = await Scene.set_in(scene.backend)
            chat = await rival.a_chat()
            outcome = await outcomes(to_sales(rival, chat), remove_sales(rival))
            assert outcome in ([None, DepartmentHasOpenChats], [DepartmentNotFound, None])

    async def test_of_a_start_and_a_dismissal_at_once_the_later_knows_of_the_other(self, scene: Scene) -> None:
        for _ in range(8):
            rival = await Scene.set_in(scene.backend)
            chat = await rival.a_chat()
            started, _ = await outcomes(start(rival, chat, rival.ana), dismiss(rival, rival.ana))
            assert started in (None, AttendantDisabled)
            async with rival.uow() as uow:
                assert list(await uow.chats.find_attended_by(rival.ana.user_id)) == []


async def to_sales(scene: Scene, chat: Chat) -> None:
    """Queue it there, without looking whether the department exists."""
    async with scene.change(chat.id) as changed:
        changed.queue(Named(scene.sales.id, scene.sales.name), at=scene.now())
        await asyncio.sleep(0)


async def start(scene: Scene, chat: Chat, actor: Actor) -> None:
    """Take it, without looking whether they are still there."""
    async with scene.change(chat.id) as changed:
        changed.start(actor, at=scene.now())
        await asyncio.sleep(0)


async def remove_sales(scene: Scene) -> None:
    """As the use case does it."""
    async with scene.uow() as uow:
        department = await uow.departments.get(scene.sales.id)
        department.remove(open_chats=await uow.departments.count_open_chats(department.id), at=scene.now())
        await asyncio.sleep(0)
        await uow.departments.save(department)
        await uow.commit()


async def dismiss(scene: Scene, actor: Actor, *, disable_only: bool = False) -> None:
    """As the use case does it; or disabled, with their chats left alone."""
    async with scene.uow() as uow:
        member: Membership = await uow.memberships.get(actor.user_id)
        if disable_only:
            member.change(enabled=False, at=scene.now())
        else:
            member.leave(admins=[], at=scene.now())
            chats = await uow.chats.find_attended_by(actor.user_id)
            for chat in chats:
                chat.release(scene.alda, at=scene.now())
            await uow.chats.save(*chats)
        await uow.memberships.save(member)
        await uow.commit()


async def outcomes(*doing: Coroutine[Any, Any, None]) -> list[type[Refusal] | None]:
    """How each of them ended that were done at once."""
    results = await asyncio.gather(*doing, return_exceptions=True)
    unexpected = [result for result in results if result is not None and not isinstance(result, Refusal)]
    assert unexpected == []
    return [type(result) if isinstance(result, Refusal) else None for result in results]
