"""A store in this process, new for each test."""

import pytest

from jaboti_adapters.backend import Backend
from jaboti_adapters.memory import backend as memory
from jaboti_adapters.memory.notifier import InProcessNotifier
from jaboti_adapters.memory.store import MemoryStore
from jaboti_adapters.security.seal import HmacSeal


def memory_backend(store: MemoryStore) -> Backend:
    """All that the store offers."""
    return memory.memory_backend(store, notifier=InProcessNotifier(), seal=HmacSeal({"test": b"s" * 32}))


class OnMemory:
    """What a contract's suite is subclassed with."""

    @pytest.fixture
    async def backend(self) -> Backend:
        return memory_backend(MemoryStore())
