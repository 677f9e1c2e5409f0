"""Two stores in memory can't be told apart: so the machine itself is sound, and may judge other stores."""

from hypothesis import settings

from jaboti_adapters.backend import Backend
from jaboti_adapters.contracts.lockstep import Lockstep
from jaboti_adapters.memory.store import MemoryStore
from tests.unit.memory.on_memory import memory_backend


class TwoMemories(Lockstep):
    async def open_backends(self) -> tuple[Backend, Backend]:
        return memory_backend(MemoryStore()), memory_backend(MemoryStore())


TwoMemories.TestCase.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)
TestLockstep = TwoMemories.TestCase
