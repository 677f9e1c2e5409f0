"""The storage as one object."""

from functools import partial

from attrs import field, frozen

from jaboti_adapters.backend import Backend
from jaboti_adapters.postgres.audit import PostgresAuditChains
from jaboti_adapters.postgres.budgets import PostgresBudgetedCompanies
from jaboti_adapters.postgres.calls import PostgresCallLog
from jaboti_adapters.postgres.commands import PostgresCommandLog
from jaboti_adapters.postgres.directory import PostgresDirectory
from jaboti_adapters.postgres.engine import Database
from jaboti_adapters.postgres.holdings import PostgresRetentionReads
from jaboti_adapters.postgres.identity import PostgresIdentityUnitOfWork
from jaboti_adapters.postgres.journal import PostgresJournal
from jaboti_adapters.postgres.media import PostgresMediaQueue
from jaboti_adapters.postgres.outbox import PostgresOutbox
from jaboti_adapters.postgres.queries.access import PostgresAccessReads
from jaboti_adapters.postgres.queries.attendants import PostgresAttendantReads
from jaboti_adapters.postgres.queries.audit import PostgresAuditReads
from jaboti_adapters.postgres.queries.calls import PostgresCallReads
from jaboti_adapters.postgres.queries.chats import PostgresChatReads
from jaboti_adapters.postgres.queries.clients import PostgresClientReads
from jaboti_adapters.postgres.queries.companies import PostgresCompanyReads
from jaboti_adapters.postgres.queries.dashboard import PostgresDashboardReads
from jaboti_adapters.postgres.queries.integrations import PostgresIntegrationReads
from jaboti_adapters.postgres.queries.letters import PostgresDeadLetterReads
from jaboti_adapters.postgres.queries.media import PostgresMediaReads
from jaboti_adapters.postgres.queries.notes import PostgresNoteReads
from jaboti_adapters.postgres.queries.persons import PostgresPersonReads
from jaboti_adapters.postgres.queries.usage import PostgresUsageReads
from jaboti_adapters.postgres.rates import PostgresRateCards
from jaboti_adapters.postgres.signal import Signal
from jaboti_adapters.postgres.stream import PostgresEventStream
from jaboti_adapters.postgres.uow import PostgresUnitOfWork
from jaboti_domain.audit.model import Seal
from jaboti_domain.integration.ports.channels import Vault
from jaboti_domain.kernel.ports import Clock, Notifier


@frozen
class Signals:
    """What wakes those who work: a webhook's items arrived, a message was queued."""

    arrived: Signal = field(factory=Signal)
    queued: Signal = field(factory=Signal)


def postgres_backend(
    database: Database, *, notifier: Notifier, vault: Vault, seal: Seal, clock: Clock, signals: Signals | None = None
) -> Backend:
    """All that the store offers."""
    signals = signals or Signals()
    queued = signals.queued
    return Backend(
        uow=partial(PostgresUnitOfWork, database, notifier=notifier, vault=vault, seal=seal, queued=queued),
        identity_uow=partial(PostgresIdentityUnitOfWork, database),
        journal=PostgresJournal(database, signals.arrived),
        outbox=PostgresOutbox(database, queued),
        stream=PostgresEventStream(database),
        command_log=PostgresCommandLog(database),
        chat_reads=PostgresChatReads(database),
        client_reads=PostgresClientReads(database),
        media_reads=PostgresMediaReads(database),
        media_queue=PostgresMediaQueue(database),
        note_reads=PostgresNoteReads(database),
        access_reads=PostgresAccessReads(database),
        company_reads=PostgresCompanyReads(database),
        attendant_reads=PostgresAttendantReads(database),
        audit_chains=PostgresAuditChains(database),
        audit_reads=PostgresAuditReads(database),
        dashboard_reads=PostgresDashboardReads(database),
        usage_reads=PostgresUsageReads(database),
        directory=PostgresDirectory(database, vault),
        integration_reads=PostgresIntegrationReads(database, vault),
        dead_letter_reads=PostgresDeadLetterReads(database),
        call_log=PostgresCallLog(database),
        call_reads=PostgresCallReads(database),
        rate_cards=PostgresRateCards(database),
        budgeted_companies=PostgresBudgetedCompanies(database),
        retention_reads=PostgresRetentionReads(database),
        person_reads=PostgresPersonReads(database),
        notifier=notifier,
        clock=clock,
    )
