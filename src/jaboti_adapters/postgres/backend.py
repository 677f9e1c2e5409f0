"""The storage as one object."""

from functools import partial

from jaboti_adapters.backend import Backend
from jaboti_adapters.postgres.audit import PostgresAuditChains
from jaboti_adapters.postgres.directory import PostgresDirectory
from jaboti_adapters.postgres.engine import Database
from jaboti_adapters.postgres.identity import PostgresIdentityUnitOfWork
from jaboti_adapters.postgres.journal import PostgresJournal
from jaboti_adapters.postgres.outbox import PostgresOutbox
from jaboti_adapters.postgres.queries.access import PostgresAccessReads
from jaboti_adapters.postgres.queries.audit import PostgresAuditReads
from jaboti_adapters.postgres.queries.chats import PostgresChatReads
from jaboti_adapters.postgres.queries.dashboard import PostgresDashboardReads
from jaboti_adapters.postgres.queries.usage import PostgresUsageReads
from jaboti_adapters.postgres.signal import Signal
from jaboti_adapters.postgres.stream import PostgresEventStream
from jaboti_adapters.postgres.uow import PostgresUnitOfWork
from jaboti_domain.audit.model import Seal
from jaboti_domain.integration.ports import Vault
from jaboti_domain.kernel.ports import Clock, Notifier


def postgres_backend(database: Database, *, notifier: Notifier, vault: Vault, seal: Seal, clock: Clock) -> Backend:
    """All that the store offers."""
    queued = Signal()
    return Backend(
        uow=partial(PostgresUnitOfWork, database, notifier=notifier, vault=vault, seal=seal, queued=queued),
        identity_uow=partial(PostgresIdentityUnitOfWork, database),
        journal=PostgresJournal(database),
        outbox=PostgresOutbox(database, queued),
        stream=PostgresEventStream(database),
        chat_reads=PostgresChatReads(database),
        access_reads=PostgresAccessReads(database),
        audit_chains=PostgresAuditChains(database),
        audit_reads=PostgresAuditReads(database),
        dashboard_reads=PostgresDashboardReads(database),
        usage_reads=PostgresUsageReads(database),
        directory=PostgresDirectory(database, vault),
        notifier=notifier,
        clock=clock,
    )
