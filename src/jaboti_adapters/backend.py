"""A storage as one object: what the container wires, and what the contract suites are run on."""

from collections.abc import Callable
from typing import Protocol

from attrs import frozen

from jaboti_domain.audit.ports import AuditChains
from jaboti_domain.audit.queries import AuditReads
from jaboti_domain.chat.ports import ChatUnitOfWork, Outbox
from jaboti_domain.chat.queries import ChatReads
from jaboti_domain.client.ports import ClientUnitOfWork
from jaboti_domain.company.ports import CompanyUnitOfWork
from jaboti_domain.dashboard.ports import DashboardUnitOfWork
from jaboti_domain.dashboard.queries import DashboardReads
from jaboti_domain.identity.ports import AccessReads, IdentityUnitOfWork
from jaboti_domain.integration.ports import IntegrationDirectory, IntegrationUnitOfWork, Journal
from jaboti_domain.integration.queries import UsageReads
from jaboti_domain.kernel.ids import CompanyId
from jaboti_domain.kernel.ports import Clock, EventStream, Notifier


class Unit(ChatUnitOfWork, IntegrationUnitOfWork, CompanyUnitOfWork, ClientUnitOfWork, DashboardUnitOfWork, Protocol):
    """One technology's unit of work, which serves every subdomain."""


@frozen(kw_only=True)
class Backend:
    """Everything that a storage offers. `clock` is close to the time by which it tells what is due."""

    uow: Callable[[CompanyId], Unit]
    identity_uow: Callable[[], IdentityUnitOfWork]
    journal: Journal
    outbox: Outbox
    stream: EventStream
    chat_reads: ChatReads
    access_reads: AccessReads
    audit_chains: AuditChains
    audit_reads: AuditReads
    dashboard_reads: DashboardReads
    usage_reads: UsageReads
    directory: IntegrationDirectory
    notifier: Notifier
    clock: Clock
