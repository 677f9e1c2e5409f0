"""A store in this process, new for each test."""

from functools import partial

import pytest

from jaboti_adapters.backend import Backend
from jaboti_adapters.memory.identity import MemoryAccessReads
from jaboti_adapters.memory.integrations import MemoryDirectory
from jaboti_adapters.memory.journal import MemoryJournal
from jaboti_adapters.memory.notifier import InProcessNotifier
from jaboti_adapters.memory.outbox import MemoryOutbox
from jaboti_adapters.memory.queries import MemoryChatReads
from jaboti_adapters.memory.store import MemoryStore
from jaboti_adapters.memory.streams import MemoryEventStream
from jaboti_adapters.memory.uow import MemoryIdentityUnitOfWork, MemoryUnitOfWork


def memory_backend(store: MemoryStore) -> Backend:
    """All that the store offers."""
    notifier = InProcessNotifier()
    return Backend(
        uow=partial(MemoryUnitOfWork, store, notifier=notifier),
        identity_uow=partial(MemoryIdentityUnitOfWork, store),
        journal=MemoryJournal(store),
        outbox=MemoryOutbox(store),
        stream=MemoryEventStream(store),
        chat_reads=MemoryChatReads(store),
        access_reads=MemoryAccessReads(store),
        directory=MemoryDirectory(store),
        notifier=notifier,
        clock=store.clock,
    )


class OnMemory:
    """What a contract's suite is subclassed with."""

    @pytest.fixture
    async def backend(self) -> Backend:
        return memory_backend(MemoryStore())
