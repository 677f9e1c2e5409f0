"""What a notifier promises, and that commits are announced by it."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest

from jaboti_adapters.contracts.builders import a_client, now
from jaboti_adapters.contracts.scene import Scene
from jaboti_adapters.contracts.suite import BackendContract
from jaboti_domain.kernel.events import Audience, Recorded
from jaboti_domain.kernel.ids import CompanyId, new_id
from jaboti_domain.kernel.ports import Notifier


class NotifierContract:
    """Whoever listens hears of every company's events in their order."""

    @pytest.fixture
    async def notifier(self) -> Notifier:
        """The notifier under test: to be overridden."""
        raise NotImplementedError

    async def test_a_listener_hears_what_is_announced(self, notifier: Notifier) -> None:
        events = _events(3)
        async with notifier.listen() as heard:
            await notifier.announce(events[:2])
            await notifier.announce(events[2:])
            assert await _hear(heard, 3) == events

    async def test_every_listener_hears_it(self, notifier: Notifier) -> None:
        events = _events(2)
        async with notifier.listen() as one, notifier.listen() as other:
            await notifier.announce(events)
            assert await _hear(one, 2) == await _hear(other, 2) == events

    async def test_what_was_announced_before_is_not_heard(self, notifier: Notifier) -> None:
        events = _events(2)
        await notifier.announce(events[:1])
        async with notifier.listen() as heard:
            await notifier.announce(events[1:])
            assert await _hear(heard, 1) == events[1:]

    async def test_a_listener_may_be_waiting_already(self, notifier: Notifier) -> None:
        events = _events(1)
        async with notifier.listen() as heard:
            hearing = asyncio.create_task(_hear(heard, 1))
            await asyncio.sleep(0)
            await notifier.announce(events)
            assert await hearing == events

    async def test_each_companys_events_follow_in_order(self, notifier: Notifier) -> None:
        one, other = _events(3), _events(3)
        async with notifier.listen() as heard:
            for mine, theirs in zip(one, other, strict=True):
                await notifier.announce([mine])
                await notifier.announce([theirs])
            words = await _hear(heard, 6)
        assert [word for word in words if word.company_id == one[0].company_id] == one
        assert [word for word in words if word.company_id == other[0].company_id] == other

    async def test_an_announcement_that_nobody_hears_is_no_error(self, notifier: Notifier) -> None:
        async with notifier.listen():
            pass
        await notifier.announce(_events(1))
        await notifier.announce([])


class AnnouncementContract(BackendContract):
    """What a unit committed is announced, and nothing else is."""

    async def test_what_was_committed_is_announced_as_it_stands_in_the_stream(self, scene: Scene) -> None:
        async with scene.backend.notifier.listen() as heard:
            await scene.a_client()
            assert await _hear(heard, 1) == (await scene.recorded())[-1:]

    async def test_what_is_announced_is_there(self, scene: Scene) -> None:
        async with scene.backend.notifier.listen() as heard:
            keeping = asyncio.create_task(scene.a_client())
            (event,) = await _hear(heard, 1)
            assert event in await scene.recorded()
            await keeping

    async def test_what_was_undone_is_never_announced(self, scene: Scene) -> None:
        async with scene.backend.notifier.listen() as heard:
            async with scene.uow() as uow:
                await uow.clients.save(a_client(scene.company_id))
            await scene.a_client("Zoe")
            (event,) = await _hear(heard, 1)
        assert b"Zoe" in event.data


def _events(count: int) -> list[Recorded]:
    company_id = CompanyId(new_id())
    return [
        Recorded(
            company_id=company_id,
            seq=seq,
            at=now(),
            name="chat.read",
            audience=Audience(everyone=True),
            data=b'{"up_to":1}',
        )
        for seq in range(1, count + 1)
    ]


async def _hear(heard: AsyncIterator[Sequence[Recorded]], count: int) -> list[Recorded]:
    events: list[Recorded] = []
    async with asyncio.timeout(5):
        while len(events) < count:
            events.extend(await anext(heard))
    return events
