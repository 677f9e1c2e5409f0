"""The storages that an application can be built over."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial

import attrs
from attrs import frozen
from dependency_injector import providers

from jaboti_adapters.backend import Backend
from jaboti_adapters.clock import SystemClock
from jaboti_adapters.media.disk import DiskMediaFiles
from jaboti_adapters.postgres.backend import postgres_backend
from jaboti_adapters.postgres.engine import Database
from jaboti_adapters.postgres.roles import check_runtime_role
from jaboti_adapters.security.seal import HmacSeal
from jaboti_adapters.security.vault import AesVault
from jaboti_domain.media.ports import MediaFiles
from jaboti_entrypoints.application import Accounts
from jaboti_entrypoints.container.neighbours import Neighbours
from jaboti_entrypoints.container.wiring import Ports
from jaboti_entrypoints.settings import Settings


@frozen(kw_only=True)
class Store:
    """A storage with the files beside it, and what only operators ask it."""

    backend: Backend
    files: MediaFiles
    accounts: Callable[[], Awaitable[Accounts]]
    ping: Callable[[], Awaitable[None]]


def ports_of(backend: "providers.AttributeGetter") -> Ports:
    """What a storage answers, by the names under which use cases ask for it."""
    named = {each.name: getattr(backend, each.name) for each in attrs.fields(Backend)}
    return {**named, "new_uow": named["uow"], "new_identity_uow": named["identity_uow"]}


@asynccontextmanager
async def postgres_store(settings: Settings, url: str, around: Neighbours) -> AsyncIterator[Store]:
    """On a PostgreSQL server that is there already. Raises Unavailable, UnsafeDatabase."""
    async with Database.open(url, size=settings.pool_size, queue_size=settings.queue_pool_size) as database:
        await check_runtime_role(database)
        backend = postgres_backend(
            database,
            notifier=around.notifier,
            vault=AesVault(settings.vault_keys),
            seal=HmacSeal(settings.vault_keys),
            clock=SystemClock(),
            signals=around.signals,
        )
        try:
            yield Store(
                backend=backend,
                files=files_of(settings),
                accounts=partial(_accounts, backend),
                ping=partial(check_runtime_role, database),
            )
        finally:
            await backend.call_log.flush()


def files_of(settings: Settings) -> MediaFiles:
    """Where files are: in the bucket that is named, or else on disk."""
    if settings.media_bucket is None:
        return DiskMediaFiles(settings.media_directory)
    from jaboti_adapters.media.s3 import S3MediaFiles

    secret = settings.media_bucket_secret
    return S3MediaFiles.of_bucket(
        settings.media_bucket,
        region=settings.media_bucket_region,
        endpoint=settings.media_bucket_endpoint,
        key_id=settings.media_bucket_key_id,
        secret=secret.get_secret_value() if secret else None,
    )


def memory_store(settings: Settings, around: Neighbours) -> Store:
    """In this process."""
    from jaboti_adapters.memory.backend import memory_backend
    from jaboti_adapters.memory.media import MemoryMediaFiles
    from jaboti_adapters.memory.store import MemoryStore

    backend = memory_backend(MemoryStore(), notifier=around.notifier, seal=HmacSeal(settings.vault_keys))
    return Store(backend=backend, files=MemoryMediaFiles(), accounts=partial(_accounts, backend), ping=_alive)


async def _accounts(backend: Backend) -> Accounts:
    return Accounts(
        journal=await backend.journal.account(),
        outbox=await backend.outbox.account(),
        media=await backend.media_queue.account(),
        at=backend.clock(),
    )


async def _alive() -> None:
    return None
