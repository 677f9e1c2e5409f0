"""Units of work in memory, where it gets narrow."""

import asyncio

import pytest

from jaboti_adapters.contracts.scene import Scene
from jaboti_adapters.memory.store import MemoryStore
from jaboti_domain.kernel.errors import StaleVersion
from tests.unit.memory.on_memory import memory_backend


async def test_a_name_that_passed_to_another_client_gives_that_client_and_locks_them() -> None:
    scene = await Scene.set_in(memory_backend(MemoryStore()))
    absorbed = await scene.a_client()
    names = absorbed.identities
    async with scene.uow() as mine, scene.uow() as theirs:
        absorbed = await mine.clients.get(absorbed.id)
        waiting = asyncio.create_task(theirs.clients.find_by_identities(names))
        await asyncio.sleep(0)
        scene.maria.absorb([absorbed], at=scene.now())
        await mine.clients.save(scene.maria, absorbed)
        await mine.commit()
        assert list(await waiting) == [scene.maria]
        async with scene.uow() as third:
            blocked = asyncio.create_task(third.clients.get(scene.maria.id))
            await asyncio.sleep(0.005)
            assert not blocked.done()
            blocked.cancel()


async def test_of_two_copies_of_one_thing_only_one_is_saved_in_a_unit() -> None:
    scene = await Scene.set_in(memory_backend(MemoryStore()))
    async with scene.uow() as uow:
        copies = [await uow.clients.get(scene.maria.id) for _ in range(2)]
        await uow.clients.save(*copies)
        with pytest.raises(StaleVersion):
            await uow.commit()
