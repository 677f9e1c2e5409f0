"""A storage as one object: what the container wires, and what the contract suites are run on."""

from collections.abc import Callable
from typing import Protocol

from attrs import frozen

from jaboti_domain.audit.ports import AuditChains
from jaboti_domain.audit.queries import AuditReads
from jaboti_domain.chat.ports import Outbox, StaffUnitOfWork
from jaboti_domain.chat.queries import ChatReads
from jaboti_domain.client.ports import ClientUnitOfWork
from jaboti_domain.client.queries import ClientReads
from jaboti_domain.company.ports import CompanyUnitOfWork
from jaboti_domain.company.queries import AttendantReads, CompanyReads
from jaboti_domain.dashboard.ports import DashboardUnitOfWork
from jaboti_domain.dashboard.queries import DashboardReads
from jaboti_domain.identity.ports import AccessReads, IdentityUnitOfWork
from jaboti_domain.integration.ports.journal import Journal
from jaboti_domain.integration.ports.stores import (
    BudgetedCompanies,
    CallLog,
    IntegrationDirectory,
    IntegrationUnitOfWork,
    RateCards,
)
from jaboti_domain.integration.queries import CallReads, DeadLetterReads, IntegrationReads, UsageReads
from jaboti_domain.kernel.commands import CommandLog
from jaboti_domain.kernel.ids import CompanyId
from jaboti_domain.kernel.ports import Clock, EventStream, Notifier
from jaboti_domain.media.ports import MediaQueue, MediaReads
from jaboti_domain.note.ports import NoteUnitOfWork
from jaboti_domain.note.queries import NoteReads
from jaboti_domain.privacy.ports import PrivacyUnitOfWork, RetentionReads
from jaboti_domain.privacy.queries import PersonReads


class Unit(
    StaffUnitOfWork,
    IntegrationUnitOfWork,
    CompanyUnitOfWork,
    ClientUnitOfWork,
    NoteUnitOfWork,
    DashboardUnitOfWork,
    PrivacyUnitOfWork,
    Protocol,
):
    """One technology's unit of work, which serves every subdomain."""


@frozen(kw_only=True)
class Backend:
    """Everything that a storage offers. `clock` is close to the time by which it tells what is due."""

    uow: Callable[[CompanyId], Unit]
    identity_uow: Callable[[], IdentityUnitOfWork]
    journal: Journal
    outbox: Outbox
    stream: EventStream
    command_log: CommandLog
    chat_reads: ChatReads
    client_reads: ClientReads
    media_reads: MediaReads
    media_queue: MediaQueue
    note_reads: NoteReads
    access_reads: AccessReads
    company_reads: CompanyReads
    attendant_reads: AttendantReads
    audit_chains: AuditChains
    audit_reads: AuditReads
    dashboard_reads: DashboardReads
    usage_reads: UsageReads
    directory: IntegrationDirectory
    integration_reads: IntegrationReads
    dead_letter_reads: DeadLetterReads
    call_log: CallLog
    call_reads: CallReads
    rate_cards: RateCards
    budgeted_companies: BudgetedCompanies
    retention_reads: RetentionReads
    person_reads: PersonReads
    notifier: Notifier
    clock: Clock
