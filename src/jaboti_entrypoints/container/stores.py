"""The storages that an application can be built over."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial

import attrs
from attrs import frozen
from dependency_injector import providers

from jaboti_adapters.backend import Backend
from jaboti_adapters.clock import SystemClock
from jaboti_adapters.memory.notifier import InProcessNotifier
from jaboti_adapters.postgres.directory import PostgresDirectory
from jaboti_adapters.postgres.engine import Database
from jaboti_adapters.postgres.identity import PostgresIdentityUnitOfWork
from jaboti_adapters.postgres.journal import PostgresJournal
from jaboti_adapters.postgres.outbox import PostgresOutbox
from jaboti_adapters.postgres.queries.access import PostgresAccessReads
from jaboti_adapters.postgres.queries.chats import PostgresChatReads
from jaboti_adapters.postgres.roles import check_runtime_role
from jaboti_adapters.postgres.signal import Signal
from jaboti_adapters.postgres.stream import PostgresEventStream
from jaboti_adapters.postgres.uow import PostgresUnitOfWork
from jaboti_adapters.security.vault import AesVault
from jaboti_entrypoints.application import Accounts
from jaboti_entrypoints.container.wiring import Ports
from jaboti_entrypoints.settings import Settings


@frozen(kw_only=True)
class Store:
    """A storage with what only operators ask it."""

    backend: Backend
    accounts: Callable[[], Awaitable[Accounts]]
    ping: Callable[[], Awaitable[None]]


def ports_of(backend: "providers.AttributeGetter") -> Ports:
    """What a storage answers, by the names under which use cases ask for it."""
    named = {each.name: getattr(backend, each.name) for each in attrs.fields(Backend)}
    return {**named, "new_uow": named["uow"], "new_identity_uow": named["identity_uow"]}


@asynccontextmanager
async def postgres_store(settings: Settings, url: str) -> AsyncIterator[Store]:
    """On a PostgreSQL server that is there already. Raises Unavailable, UnsafeDatabase."""
    async with Database.open(url, size=settings.pool_size, queue_size=settings.queue_pool_size) as database:
        await check_runtime_role(database)
        notifier, vault, queued = InProcessNotifier(), AesVault(settings.vault_keys), Signal()
        journal, outbox, clock = PostgresJournal(database), PostgresOutbox(database, queued), SystemClock()
        backend = Backend(
            uow=partial(PostgresUnitOfWork, database, notifier=notifier, vault=vault, queued=queued),
            identity_uow=partial(PostgresIdentityUnitOfWork, database),
            journal=journal,
            outbox=outbox,
            stream=PostgresEventStream(database),
            chat_reads=PostgresChatReads(database),
            access_reads=PostgresAccessReads(database),
            directory=PostgresDirectory(database, vault),
            notifier=notifier,
            clock=clock,
        )
        yield Store(backend=backend, accounts=partial(_accounts, backend), ping=partial(check_runtime_role, database))


async def _accounts(backend: Backend) -> Accounts:
    return Accounts(journal=await backend.journal.account(), outbox=await backend.outbox.account(), at=backend.clock())


def memory_store() -> Store:
    """In this process."""
    from jaboti_adapters.memory.identity import MemoryAccessReads
    from jaboti_adapters.memory.integrations import MemoryDirectory
    from jaboti_adapters.memory.journal import MemoryJournal
    from jaboti_adapters.memory.outbox import MemoryOutbox
    from jaboti_adapters.memory.queries import MemoryChatReads
    from jaboti_adapters.memory.store import MemoryStore
    from jaboti_adapters.memory.streams import MemoryEventStream
    from jaboti_adapters.memory.uow import MemoryIdentityUnitOfWork, MemoryUnitOfWork

    store, notifier = MemoryStore(), InProcessNotifier()
    backend = Backend(
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

    async def ping() -> None:
        return None

    return Store(backend=backend, accounts=partial(_accounts, backend), ping=ping)
