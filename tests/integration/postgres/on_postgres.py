"""The store in PostgreSQL, empty at the beginning of each test."""

import secrets
from functools import partial

import pytest

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
from jaboti_adapters.postgres.signal import Signal
from jaboti_adapters.postgres.stream import PostgresEventStream
from jaboti_adapters.postgres.uow import PostgresUnitOfWork
from jaboti_adapters.security.vault import AesVault


def postgres_backend(database: Database) -> Backend:
    """All that the store offers."""
    notifier, vault, queued = InProcessNotifier(), AesVault({"test": secrets.token_bytes(32)}), Signal()
    return Backend(
        uow=partial(PostgresUnitOfWork, database, notifier=notifier, vault=vault, queued=queued),
        identity_uow=partial(PostgresIdentityUnitOfWork, database),
        journal=PostgresJournal(database),
        outbox=PostgresOutbox(database, queued),
        stream=PostgresEventStream(database),
        chat_reads=PostgresChatReads(database),
        access_reads=PostgresAccessReads(database),
        directory=PostgresDirectory(database, vault),
        notifier=notifier,
        clock=SystemClock(),
    )


class OnPostgres:
    """What a contract's suite is subclassed with."""

    @pytest.fixture
    async def backend(self, database: Database) -> Backend:
        return postgres_backend(database)
