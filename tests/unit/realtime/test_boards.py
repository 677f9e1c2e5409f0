"""The figures of the moment: looked at when a chat took a turn and somebody listens, told when they changed."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from attrs import define, field

from jaboti_adapters.backend import Backend
from jaboti_adapters.contracts.builders import an_inbound
from jaboti_adapters.contracts.scene import Scene
from jaboti_adapters.memory.store import MemoryStore
from jaboti_domain.dashboard.queries import Board
from jaboti_domain.dashboard.use_cases import LookAtBoard
from jaboti_domain.kernel.errors import Unavailable
from jaboti_domain.kernel.ids import CompanyId
from jaboti_entrypoints.realtime import boards
from jaboti_entrypoints.realtime.boards import Boards
from jaboti_entrypoints.realtime.hub import Hub
from jaboti_entrypoints.realtime.watch import Watch
from tests.unit.memory.on_memory import memory_backend
from tests.unit.realtime.listeners import Listener
from tests.unit.realtime.test_hub import listening

PAUSE = 0.05


@define(eq=False)
class Looks:
    """Counts how often somebody looks; may take a while, and may fail."""

    backend: Backend
    count: int = 0
    slow: float = 0.0
    failures: list[Exception] = field(factory=list)

    async def __call__(self, company_id: CompanyId) -> Board:
        self.count += 1
        board = await LookAtBoard(dashboard_reads=self.backend.dashboard_reads, clock=self.backend.clock)(company_id)
        await asyncio.sleep(self.slow)
        if self.failures:
            raise self.failures.pop()
        return board


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boards, "EVERY", PAUSE)


@pytest.fixture
async def scene() -> Scene:
    return await Scene.set_in(memory_backend(MemoryStore()))


@pytest.fixture
def looks(scene: Scene) -> Looks:
    return Looks(scene.backend)


@pytest.fixture
async def hub(scene: Scene, looks: Looks) -> AsyncIterator[Hub]:
    backend = scene.backend
    hub = Hub(
        stream=backend.stream,
        notifier=backend.notifier,
        watch=Watch(backend.access_reads, backend.clock),
        companions=[Boards(look=looks, clock=backend.clock).follow],
    )
    async with hub.running():
        await asyncio.sleep(0)
        yield hub


@asynccontextmanager
async def at_rest(hub: Hub, *listeners: Listener) -> AsyncIterator[list[Listener]]:
    async with listening(hub, *(listener.actor for listener in listeners)) as found:
        await asyncio.sleep(PAUSE)
        yield found


def told(listener: Listener) -> list[int]:
    return [frame["data"]["chatsToday"] for frame in listener.frames if frame["event"] == "dashboard.updated"]


async def test_while_nobody_listens_nobody_looks(hub: Hub, looks: Looks, scene: Scene) -> None:
    await scene.a_chat()
    await asyncio.sleep(2 * PAUSE)
    assert looks.count == 0


async def test_a_burst_is_looked_at_at_its_beginning_and_once_in_a_while(hub: Hub, looks: Looks, scene: Scene) -> None:
    async with at_rest(hub, Listener(scene.sofia), Listener(scene.alda)) as (sofia, alda):
        began = time.monotonic()
        for _ in range(50):
            await scene.a_chat()
        await asyncio.sleep(3 * PAUSE)
        took = time.monotonic() - began
    assert told(sofia) == told(alda)
    assert told(sofia)[-1] == 50
    assert looks.count <= 2 + took / PAUSE, "neither for each turn, nor for each who listens"


async def test_what_is_no_turn_is_no_reason_to_look(hub: Hub, looks: Looks, scene: Scene) -> None:
    chat = await scene.a_chat(attendant=scene.ana)
    async with at_rest(hub, Listener(scene.sofia)) as (sofia,):
        async with scene.change(chat.id) as changed:
            changed.receive(an_inbound("Oi"), at=scene.now())
        await asyncio.sleep(2 * PAUSE)
    assert (told(sofia), looks.count) == ([], 1)


async def test_a_turn_in_the_middle_of_the_first_look_is_not_missed(hub: Hub, looks: Looks, scene: Scene) -> None:
    looks.slow = PAUSE
    async with listening(hub, scene.sofia) as (sofia,):
        await asyncio.sleep(0)
        await scene.a_chat()
        await asyncio.sleep(4 * PAUSE)
    assert told(sofia) == [1]


@pytest.mark.parametrize("failure", [Unavailable(), ZeroDivisionError()])
async def test_who_could_not_look_looks_again(hub: Hub, looks: Looks, scene: Scene, failure: Exception) -> None:
    async with at_rest(hub, Listener(scene.sofia)) as (sofia,):
        looks.failures = [failure, failure]
        await scene.a_chat()
        await asyncio.sleep(4 * PAUSE)
    assert (told(sofia), looks.count) == ([1], 4)
