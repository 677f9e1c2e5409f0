"""Nodes: each tells its own connections what any of them wrote."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest

from jaboti_adapters.backend import Backend
from jaboti_adapters.contracts.builders import an_inbound
from jaboti_adapters.contracts.scene import Scene
from jaboti_adapters.memory.notifier import InProcessNotifier
from jaboti_adapters.memory.store import MemoryStore
from jaboti_domain.kernel.actor import Actor
from jaboti_domain.kernel.errors import Unavailable
from jaboti_domain.kernel.events import Position
from jaboti_domain.kernel.ids import CompanyId
from jaboti_domain.kernel.ports import EventStream, Notifier
from jaboti_entrypoints.realtime import feed as feeds
from jaboti_entrypoints.realtime.closing import CloseCode
from jaboti_entrypoints.realtime.hub import Hub
from jaboti_entrypoints.realtime.replay import Replay
from jaboti_entrypoints.realtime.typists import Typists
from jaboti_entrypoints.realtime.watch import Watch
from tests.unit.memory.on_memory import memory_backend
from tests.unit.realtime.listeners import Listener


@pytest.fixture
async def backend() -> Backend:
    return memory_backend(MemoryStore())


@pytest.fixture
async def scene(backend: Backend) -> Scene:
    return await Scene.set_in(backend)


@asynccontextmanager
async def a_node(backend: Backend, *, notifier: Notifier | None = None) -> AsyncIterator[Hub]:
    watch = Watch(backend.access_reads, backend.clock)
    hub = Hub(stream=backend.stream, notifier=notifier or backend.notifier, watch=watch)
    async with hub.running():
        await asyncio.sleep(0)
        yield hub


@asynccontextmanager
async def listening(hub: Hub, *actors: Actor) -> AsyncIterator[list[Listener]]:
    async with AsyncExitStack() as stack:
        listeners = [Listener(actor) for actor in actors]
        for listener in listeners:
            feed = await stack.enter_async_context(hub.feed(listener.actor.company_id))
            stack.enter_context(hub.watching(listener, feed))
            async for _ in (await Replay.begin(feed, None)).frames(listener):
                pass
        yield listeners


def events(listener: Listener) -> list[str]:
    return [frame["event"] for frame in listener.frames]


async def test_whoever_sees_a_chat_is_told_of_it_and_nobody_else(backend: Backend, scene: Scene) -> None:
    async with a_node(backend) as hub, listening(hub, scene.ana, scene.bia, scene.sofia) as (ana, bia, sofia):
        chat = await scene.a_chat(scene.maria)
        async with scene.change(chat.id) as changed:
            changed.start(scene.ana, at=scene.now())
            changed.receive(an_inbound("Oi"), at=scene.now())
        await sofia.until(5)
    assert events(ana) == events(sofia) == ["chat.created", "chat.updated", "message.created"]
    assert events(bia) == ["chat.created", "chat.updated"], "that it was taken, but not what is said in it"


async def test_what_one_node_writes_the_other_tells(backend: Backend, scene: Scene) -> None:
    async with (
        a_node(backend) as one,
        a_node(backend) as other,
        listening(one, scene.ana) as (here,),
        listening(other, scene.ana) as (there,),
    ):
        await scene.a_chat(scene.maria)
        await asyncio.gather(here.until(3), there.until(3))
    assert here.frames == there.frames


async def test_a_node_that_hears_nothing_looks_for_itself(
    backend: Backend, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "LOOK_EVERY", 0.01)
    async with a_node(backend, notifier=InProcessNotifier()) as hub, listening(hub, scene.ana) as (ana,):
        await scene.a_chat(scene.maria)
        await ana.until(3)


async def test_companies_are_told_only_of_their_own_things(backend: Backend, scene: Scene) -> None:
    neighbours = await Scene.set_in(backend)
    async with a_node(backend) as hub, listening(hub, scene.sofia, neighbours.sofia) as (sofia, neighbour):
        await scene.a_client("Zoe")
        await neighbours.a_client("Yuri")
        await asyncio.gather(sofia.until(3), neighbour.until(3))
    assert [frame["data"]["name"] for frame in sofia.frames] == ["Zoe"]
    assert [frame["data"]["name"] for frame in neighbour.frames] == ["Yuri"]


async def test_a_leaving_node_sends_everyone_away_and_takes_nobody(backend: Backend, scene: Scene) -> None:
    async with a_node(backend) as hub:
        async with listening(hub, scene.ana, scene.bia) as (ana, bia):
            await hub.leave(at_most=0)
            assert {ana.closed, bia.closed} == {CloseCode.TRY_AGAIN}
        await hub.leave(at_most=5)
        with pytest.raises(Unavailable):
            async with hub.feed(scene.company_id):
                pass


async def test_a_node_that_was_left_by_all_forgets_the_company(
    backend: Backend, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jaboti_entrypoints.realtime.hub.LOOK_EVERY", 0.01)
    async with a_node(backend) as hub:
        async with listening(hub, scene.ana), hub.feed(scene.company_id) as feed:
            await asyncio.sleep(0.03)
            async with hub.feed(scene.company_id) as again:
                assert again is feed
        await asyncio.sleep(0.03)
        async with hub.feed(scene.company_id) as another:
            assert another is not feed


class _AwayStream(EventStream):
    async def head(self, company_id: CompanyId) -> Position:
        raise Unavailable()

    async def after(self, company_id: CompanyId, seq: int, *, limit: int) -> Any:
        raise Unavailable()


async def test_nobody_joins_while_the_stream_is_away(backend: Backend, scene: Scene) -> None:
    hub = Hub(stream=_AwayStream(), notifier=backend.notifier, watch=Watch(backend.access_reads, backend.clock))
    async with hub.running():
        with pytest.raises(Unavailable):
            async with hub.feed(scene.company_id):
                pass


async def test_the_others_see_who_is_writing(backend: Backend, scene: Scene) -> None:
    chat = await scene.a_chat(scene.maria, attendant=scene.ana)
    async with a_node(backend) as hub, listening(hub, scene.ana, scene.bia, scene.sofia) as (ana, bia, sofia):
        typists = Typists(chats=backend.chat_reads, hub=hub, clock=backend.clock)
        for _ in range(3):
            await typists.writes(scene.ana, chat.id)
    assert (ana.frames, bia.frames) == ([], [])
    (frame,) = sofia.frames
    assert frame["data"] == {"chatId": str(chat.id), "user": {"id": str(scene.ana.user_id), "name": "Ana"}}
    assert frame["cursor"].endswith("-3")
    assert frame["id"] != frame["cursor"]
