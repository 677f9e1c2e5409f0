"""A stream in memory forgets its oldest events, and says so."""

from jaboti_adapters.contracts.scene import Scene
from jaboti_adapters.memory.store import MemoryStore
from jaboti_adapters.memory.streams import MemoryEventStream
from jaboti_domain.kernel.ids import CompanyId, new_id
from tests.unit.memory.on_memory import memory_backend


async def test_what_was_forgotten_can_not_be_read_on_from() -> None:
    scene = await Scene.set_in(memory_backend(MemoryStore(history=3)))
    for _ in range(5):
        await scene.a_client()
    stream = scene.backend.stream
    head = await stream.head(scene.company_id)
    assert head.seq == 7
    assert await stream.after(scene.company_id, 0, limit=9) is None
    kept = await stream.after(scene.company_id, 4, limit=9)
    assert [event.seq for event in kept or ()] == [5, 6, 7]


async def test_each_store_begins_another_epoch() -> None:
    company_id = CompanyId(new_id())
    streams = [MemoryEventStream(MemoryStore(epoch=epoch)) for epoch in (1, 2)]
    assert [(await stream.head(company_id)).epoch for stream in streams] == [1, 2]
