"""The composition root: the only module that names adapters.

A server starts without loading what it does not use: the storage in memory, and PostgreSQL from a wheel.
"""

import secrets
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog
from dependency_injector import containers, providers

from jaboti_adapters.channels._http import HttpPool
from jaboti_adapters.channels.cloudapi.channel import CloudApiChannel
from jaboti_adapters.channels.cloudapi.signature import challenge, verify_signature
from jaboti_adapters.channels.evolutionapi.channel import EvolutionApiChannel
from jaboti_adapters.channels.logged import (
    CallNotes,
    logged_catalogues,
    logged_channels,
    logged_indicators,
    logged_tests,
    logged_transfers,
)
from jaboti_adapters.channels.remembered import RememberedTemplates
from jaboti_adapters.postgres.migrations import migrate
from jaboti_adapters.postgres.seat import seat
from jaboti_adapters.security.guesses import ZxcvbnGuesser
from jaboti_adapters.security.passwords import Argon2Passwords
from jaboti_adapters.security.seal import HmacSeal
from jaboti_adapters.security.tokens import JwtTokens
from jaboti_domain.chat.bot import MenuBot
from jaboti_domain.integration.errors import MissingChannel
from jaboti_domain.integration.messaging import Platform
from jaboti_domain.integration.ports.channels import (
    ConnectionStates,
    Enclosing,
    InstanceManager,
    MessagingChannel,
    Reconciling,
)
from jaboti_domain.integration.ports.journal import Entry
from jaboti_domain.kernel.errors import Invalid
from jaboti_domain.kernel.ports import Rate
from jaboti_entrypoints.application import Application, Pace
from jaboti_entrypoints.container.neighbours import Neighbours, alone, neighbours
from jaboti_entrypoints.container.stores import Store, memory_store, ports_of, postgres_store
from jaboti_entrypoints.container.wiring import wired
from jaboti_entrypoints.metrics import Metrics
from jaboti_entrypoints.settings import Settings

if TYPE_CHECKING:
    from jaboti_adapters.memory.channel import MemoryChannel

log = structlog.get_logger(__name__)
ChannelsByPlatform = Mapping[Platform, MessagingChannel]
MoreChannels = Callable[[HttpPool], Iterable[MessagingChannel]]
"""Makes channels that a program brings itself, over the connections that all share."""


class MissingMigrationUrl(Invalid):
    """JABOTI_MIGRATION_URL is not set: tables are changed by the role that owns them."""

    code = "settings.missing_migration_url"


def _failed_alone(entry: Entry, error: BaseException) -> None:
    log.warning("lanes.entry_failed", entry_id=entry.id, error=type(error).__name__)


def _no_more(http: HttpPool) -> Iterable[MessagingChannel]:
    return ()


def _seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


def _days(number: int) -> timedelta:
    return timedelta(days=number)


def _pace(settings: Settings) -> Pace:
    user, address = settings.requests_per_minute, settings.sign_ins_per_minute
    minute = timedelta(minutes=1)
    return Pace(
        user=Rate(name="user", times=user, per=minute) if user else None,
        address=Rate(name="address", times=address, per=minute) if address else None,
    )


def _states(channels: ChannelsByPlatform) -> Mapping[Platform, ConnectionStates]:
    return {platform: each for platform, each in channels.items() if isinstance(each, ConnectionStates)}


def _reconcilers(channels: ChannelsByPlatform) -> Mapping[Platform, Reconciling]:
    return {platform: each for platform, each in channels.items() if isinstance(each, Reconciling)}


def _enclosers(channels: ChannelsByPlatform) -> Mapping[Platform, Enclosing]:
    return {platform: each for platform, each in channels.items() if isinstance(each, Enclosing)}


def _managers(channels: ChannelsByPlatform) -> Mapping[Platform, InstanceManager]:
    return {platform: each for platform, each in channels.items() if isinstance(each, InstanceManager)}


class Container(containers.DeclarativeContainer):
    """Every part of the application, over a storage, neighbours and channels that are given."""

    settings = providers.Dependency(instance_of=Settings)
    store = providers.Dependency(instance_of=Store)
    around = providers.Dependency(instance_of=Neighbours)
    channels: providers.Dependency[ChannelsByPlatform] = providers.Dependency()

    tokens = providers.Singleton(JwtTokens, keys=settings.provided.token_keys)
    notes = providers.Singleton(CallNotes, store.provided.backend.call_log, store.provided.backend.clock)
    catalogues = providers.Singleton(logged_catalogues, channels, notes)
    templates = providers.Singleton(RememberedTemplates, catalogues)
    application = wired(
        Application,
        ports={
            **ports_of(store.provided.backend),
            "accounts": store.provided.accounts,
            "ping": store.provided.ping,
            "media_files": store.provided.files,
            "channels": providers.Singleton(logged_channels, channels, notes),
            "transfers": providers.Singleton(logged_transfers, channels, notes),
            "indicators": providers.Singleton(logged_indicators, channels, notes),
            "enclosers": providers.Singleton(_enclosers, channels),
            "connection_tests": providers.Singleton(logged_tests, channels, notes),
            "connection_states": providers.Singleton(_states, channels),
            "reconcilers": providers.Singleton(_reconcilers, channels),
            "silence": providers.Callable(_seconds, settings.provided.silence),
            "instance_managers": providers.Singleton(_managers, channels),
            "templates": templates,
            "known_templates": templates,
            "allowed_hosts": settings.provided.allowed_hosts,
            "verify_meta": providers.Object(verify_signature),
            "meta_challenge": providers.Object(challenge),
            "tokens": tokens,
            "seal": providers.Singleton(HmacSeal, settings.provided.vault_keys),
            "hasher": providers.Singleton(Argon2Passwords, memory_kib=settings.provided.password_memory_kib),
            "guesser": providers.Singleton(ZxcvbnGuesser),
            "limiter": around.provided.limiter,
            "revocations": around.provided.revocations,
            "metrics": providers.Singleton(Metrics),
            "pace": providers.Callable(_pace, settings),
            "presence": around.provided.presence,
            "bot": providers.Singleton(MenuBot),
            "patience": settings.provided.patience,
            "first_wait": providers.Callable(_seconds, settings.provided.retry_first),
            "unsure_after": providers.Callable(_seconds, settings.provided.unsure_after),
            "give_up_after": providers.Callable(_seconds, settings.provided.give_up_after),
            "sessions_kept": providers.Callable(_days, settings.provided.session_days),
            "every": providers.Callable(_seconds, settings.provided.housekeeping),
            "on_failure": providers.Object(_failed_alone),
        },
    )
    """Use cases are found by the types of the application's fields, what they need by the names of theirs."""


def in_memory(
    channel: "MemoryChannel | None" = None, *, more: Iterable[MessagingChannel] = ()
) -> "tuple[Application, MemoryChannel]":
    """An application that keeps everything in this process, and the channel that it sends through; it speaks `more`."""
    from jaboti_adapters.memory.channel import MemoryChannel

    phone = channel or MemoryChannel()
    keys = {"memory": secrets.token_bytes(32)}
    settings = Settings(database_url=None, token_keys=keys, vault_keys=keys)
    around = alone()
    store = memory_store(settings, around)
    channels = {each.platform: each for each in (phone, *more)}
    return Container(settings=settings, store=store, around=around, channels=channels).application(), phone


@asynccontextmanager
async def open_application(
    settings: Settings, *, resident: bool = False, more: MoreChannels = _no_more
) -> AsyncIterator[Application]:
    """An application on PostgreSQL: on the server that the settings name, else on one of its own.

    A `resident` one stays and works: several of them on one database need Redis. It speaks our channels, and `more`
    that share their connections. Raises Unavailable when the server is away, UnsafeDatabase when it may not be used as
    it is, OtherProcesses.
    """
    async with AsyncExitStack() as stack:
        url = await _database_url(settings, stack)
        if resident:
            await stack.enter_async_context(seat(url, among_others=settings.redis_url is not None))
        around = await stack.enter_async_context(neighbours(settings))
        store = await stack.enter_async_context(postgres_store(settings, url, around))
        http = await stack.enter_async_context(HttpPool(allowed_hosts=settings.allowed_hosts))
        container = Container(settings=settings, store=store, around=around, channels=_channels(http, more))
        application = container.application()
        around.heed(application.authenticate.forget)
        yield application


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
    channels = _channels(HttpPool())
    if platform not in channels:
        raise MissingChannel(platform=platform.value)
    return channels[platform]


def _channels(http: HttpPool, more: MoreChannels = _no_more) -> ChannelsByPlatform:
    return {channel.platform: channel for channel in (CloudApiChannel(http), EvolutionApiChannel(http), *more(http))}


async def _database_url(settings: Settings, stack: AsyncExitStack) -> str:
    if settings.database_url is not None:
        return settings.database_url.get_secret_value()
    from jaboti_adapters.postgres.embedded import EmbeddedPostgres

    server = await stack.enter_async_context(EmbeddedPostgres(settings.data_dir / "postgres"))
    await migrate(server.owner_url)
    return server.app_url
