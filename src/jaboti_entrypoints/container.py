"""The composition root: the only module that names adapters.

A server starts without loading what it does not use: the storage in memory, and PostgreSQL from a wheel.
"""

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import structlog
from attrs import frozen
from dependency_injector import containers, providers

from jaboti_adapters.backend import Backend
from jaboti_adapters.channels._http import HttpPool
from jaboti_adapters.channels.cloudapi.channel import CloudApiChannel
from jaboti_adapters.channels.cloudapi.signature import challenge, verify_signature
from jaboti_adapters.clock import SystemClock
from jaboti_adapters.memory.notifier import InProcessNotifier
from jaboti_adapters.postgres.directory import PostgresDirectory
from jaboti_adapters.postgres.engine import Database
from jaboti_adapters.postgres.identity import PostgresIdentityUnitOfWork
from jaboti_adapters.postgres.journal import PostgresJournal
from jaboti_adapters.postgres.migrations import migrate
from jaboti_adapters.postgres.outbox import PostgresOutbox
from jaboti_adapters.postgres.queries.access import PostgresAccessReads
from jaboti_adapters.postgres.queries.chats import PostgresChatReads
from jaboti_adapters.postgres.roles import check_runtime_role
from jaboti_adapters.postgres.signal import Signal
from jaboti_adapters.postgres.stream import PostgresEventStream
from jaboti_adapters.postgres.uow import PostgresUnitOfWork
from jaboti_adapters.security.passwords import Argon2Passwords
from jaboti_adapters.security.tokens import JwtTokens
from jaboti_adapters.security.vault import AesVault
from jaboti_domain.chat.bot import MenuBot
from jaboti_domain.chat.use_cases.attend import EndChat, MarkRead, OpenChat, SendMessage, StartChat, TransferChat
from jaboti_domain.chat.use_cases.dispatch import ClaimErrands, Deliver, SettleDeliveries
from jaboti_domain.chat.use_cases.drain import DrainJournal
from jaboti_domain.chat.use_cases.receive import ReceiveInbound
from jaboti_domain.company.use_cases import Enroll, FoundCompany
from jaboti_domain.identity.use_cases import (
    Authenticate,
    Identify,
    LogIn,
    LogOut,
    RefreshSession,
    RegisterUser,
    SelectCompany,
)
from jaboti_domain.integration.errors import MissingChannel
from jaboti_domain.integration.messaging import Platform
from jaboti_domain.integration.ports import Entry, MessagingChannel
from jaboti_domain.integration.use_cases import AcceptSharedWebhook, AcceptWebhook, ConnectIntegration
from jaboti_domain.kernel.errors import Invalid
from jaboti_entrypoints.application import Accounts, Application
from jaboti_entrypoints.settings import Settings

if TYPE_CHECKING:
    from jaboti_adapters.memory.channel import MemoryChannel

log = structlog.get_logger(__name__)
ChannelsByPlatform = Mapping[Platform, MessagingChannel]


class MissingMigrationUrl(Invalid):
    """JABOTI_MIGRATION_URL is not set: tables are changed by the role that owns them."""

    code = "settings.missing_migration_url"


@frozen(kw_only=True)
class Store:
    """A storage with what only operators ask it."""

    backend: Backend
    accounts: Callable[[], Awaitable[Accounts]]
    ping: Callable[[], Awaitable[None]]


def _failed_alone(entry: Entry, error: BaseException) -> None:
    log.warning("lanes.entry_failed", entry_id=entry.id, error=type(error).__name__)


def _seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


class Container(containers.DeclarativeContainer):
    """Every part of the application, over a storage and channels that are given."""

    settings = providers.Dependency(instance_of=Settings)
    store = providers.Dependency(instance_of=Store)
    channels: providers.Dependency[ChannelsByPlatform] = providers.Dependency()

    backend = store.provided.backend
    uow, identity_uow = backend.uow, backend.identity_uow
    clock, reads = backend.clock, backend.access_reads
    hasher = providers.Singleton(Argon2Passwords, memory_kib=settings.provided.password_memory_kib)
    tokens = providers.Singleton(JwtTokens, keys=settings.provided.token_keys)
    authenticate = providers.Singleton(Authenticate, tokens=tokens, reads=reads, clock=clock)
    receive_inbound = providers.Singleton(
        ReceiveInbound, new_uow=uow, clock=clock, bot=providers.Singleton(MenuBot), patience=settings.provided.patience
    )

    application = providers.Singleton(
        Application,
        clock=clock,
        log_in=providers.Singleton(LogIn, tokens=tokens, reads=reads, clock=clock, new_uow=identity_uow, hasher=hasher),
        refresh=providers.Singleton(RefreshSession, tokens=tokens, reads=reads, clock=clock, new_uow=identity_uow),
        log_out=providers.Singleton(LogOut, new_uow=identity_uow, authenticate=authenticate, clock=clock),
        select_company=providers.Singleton(
            SelectCompany, tokens=tokens, reads=reads, clock=clock, new_uow=identity_uow, authenticate=authenticate
        ),
        authenticate=authenticate,
        identify=providers.Singleton(Identify, new_uow=identity_uow, tokens=tokens, reads=reads, clock=clock),
        register_user=providers.Singleton(RegisterUser, new_uow=identity_uow, hasher=hasher, clock=clock),
        access_reads=reads,
        found_company=providers.Singleton(FoundCompany, new_uow=uow, clock=clock),
        enroll=providers.Singleton(Enroll, new_uow=uow, clock=clock),
        connect_integration=providers.Singleton(ConnectIntegration, new_uow=uow, clock=clock),
        accept_webhook=providers.Singleton(
            AcceptWebhook, directory=backend.directory, channels=channels, journal=backend.journal
        ),
        accept_shared_webhook=providers.Singleton(
            AcceptSharedWebhook, directory=backend.directory, channels=channels, journal=backend.journal
        ),
        directory=backend.directory,
        channels=channels,
        verify_meta=providers.Object(verify_signature),
        meta_challenge=providers.Object(challenge),
        start_chat=providers.Singleton(StartChat, new_uow=uow, clock=clock),
        send_message=providers.Singleton(SendMessage, new_uow=uow, clock=clock),
        transfer_chat=providers.Singleton(TransferChat, new_uow=uow, clock=clock),
        end_chat=providers.Singleton(EndChat, new_uow=uow, clock=clock),
        mark_read=providers.Singleton(MarkRead, new_uow=uow, clock=clock),
        open_chat=providers.Singleton(OpenChat, new_uow=uow, clock=clock),
        chat_reads=backend.chat_reads,
        receive_inbound=receive_inbound,
        drain_journal=providers.Singleton(
            DrainJournal,
            new_uow=uow,
            receive=receive_inbound,
            channels=channels,
            directory=backend.directory,
            first_wait=providers.Callable(_seconds, settings.provided.retry_first),
            on_failure=providers.Object(_failed_alone),
        ),
        journal=backend.journal,
        claim_errands=providers.Singleton(
            ClaimErrands,
            new_uow=uow,
            clock=clock,
            directory=backend.directory,
            unsure_after=providers.Callable(_seconds, settings.provided.unsure_after),
        ),
        deliver=providers.Singleton(Deliver, channels=channels),
        settle_deliveries=providers.Singleton(SettleDeliveries, new_uow=uow, clock=clock),
        outbox=backend.outbox,
        stream=backend.stream,
        notifier=backend.notifier,
        accounts=store.provided.accounts,
        ping=store.provided.ping,
    )


def in_memory(channel: "MemoryChannel | None" = None) -> "tuple[Application, MemoryChannel]":
    """An application that keeps everything in this process, and the channel that it sends through."""
    from jaboti_adapters.memory.channel import MemoryChannel

    phone = channel or MemoryChannel()
    keys = {"memory": secrets.token_bytes(32)}
    settings = Settings(database_url=None, token_keys=keys, vault_keys=keys)
    container = Container(settings=settings, store=_memory_store(), channels={phone.platform: phone})
    return container.application(), phone


@asynccontextmanager
async def open_application(settings: Settings) -> AsyncIterator[Application]:
    """An application on PostgreSQL: on the server that the settings name, else on one of its own.

    Raises Unavailable when the server is away, UnsafeRole or NotMigrated when it may not be used as it is.
    """
    async with AsyncExitStack() as stack:
        url = await _database_url(settings, stack)
        store = await stack.enter_async_context(_postgres_store(settings, url))
        http = await stack.enter_async_context(HttpPool())
        channels: ChannelsByPlatform = {Platform.CLOUD_API: CloudApiChannel(http)}
        yield Container(settings=settings, store=store, channels=channels).application()


async def migrate_store(settings: Settings) -> str:
    """Bring the tables to this version; returns the revision. Raises MissingMigrationUrl, Unavailable."""
    if settings.database_url is not None:
        if settings.migration_url is None:
            raise MissingMigrationUrl()
        return await migrate(settings.migration_url.get_secret_value(), app_role=settings.app_role)
    from jaboti_adapters.postgres.embedded import EmbeddedPostgres

    async with EmbeddedPostgres(settings.data_dir / "postgres") as server:
        return await migrate(server.owner_url)


def channel_alone(platform: Platform) -> MessagingChannel:
    """A channel for what it does without a platform: reading. Raises MissingChannel."""
    if platform is not Platform.CLOUD_API:
        raise MissingChannel(platform=platform.value)
    return CloudApiChannel(HttpPool())


async def _database_url(settings: Settings, stack: AsyncExitStack) -> str:
    if settings.database_url is not None:
        return settings.database_url.get_secret_value()
    from jaboti_adapters.postgres.embedded import EmbeddedPostgres

    server = await stack.enter_async_context(EmbeddedPostgres(settings.data_dir / "postgres"))
    await migrate(server.owner_url)
    return server.app_url


@asynccontextmanager
async def _postgres_store(settings: Settings, url: str) -> AsyncIterator[Store]:
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


def _memory_store() -> Store:
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
