"""Units of work."""

from types import TracebackType
from typing import Self

from jaboti_adapters.postgres import (
    audit,
    budgets,
    clients,
    commands,
    companies,
    identity,
    integrations,
    layouts,
    media,
    members,
    merges,
    messages,
    notes,
    outbound,
    traces,
)
from jaboti_adapters.postgres.audit import PostgresAuditTrail
from jaboti_adapters.postgres.budgets import PostgresBudgets
from jaboti_adapters.postgres.chats import PostgresChats
from jaboti_adapters.postgres.clients import PostgresClients
from jaboti_adapters.postgres.companies import PostgresCompanies, PostgresDepartments
from jaboti_adapters.postgres.engine import Database
from jaboti_adapters.postgres.flush import flush
from jaboti_adapters.postgres.holdings import PostgresHoldings
from jaboti_adapters.postgres.identity import PostgresSessions, PostgresUsers
from jaboti_adapters.postgres.integrations import PostgresIntegrations
from jaboti_adapters.postgres.lanes import PostgresLanes
from jaboti_adapters.postgres.layouts import PostgresLayouts
from jaboti_adapters.postgres.letters import PostgresDeadLetters
from jaboti_adapters.postgres.media import PostgresMedia
from jaboti_adapters.postgres.members import PostgresMemberships
from jaboti_adapters.postgres.merges import PostgresMerges
from jaboti_adapters.postgres.messages import PostgresMessages
from jaboti_adapters.postgres.notes import PostgresNotes
from jaboti_adapters.postgres.outbound import PostgresOutbound
from jaboti_adapters.postgres.signal import Signal
from jaboti_adapters.postgres.traces import PostgresReceipts, PostgresTraces
from jaboti_adapters.postgres.unit import CompanyUnit
from jaboti_adapters.postgres.usage import PostgresUsage
from jaboti_domain.audit.model import Seal
from jaboti_domain.chat.message import Message
from jaboti_domain.chat.ports import StaffUnitOfWork
from jaboti_domain.client.merging import Merge
from jaboti_domain.client.model import Client
from jaboti_domain.client.ports import ClientUnitOfWork
from jaboti_domain.company.model import Company, Department, Membership
from jaboti_domain.company.ports import CompanyUnitOfWork
from jaboti_domain.dashboard.model import Layout
from jaboti_domain.dashboard.ports import DashboardUnitOfWork
from jaboti_domain.integration.budget import Budget
from jaboti_domain.integration.model import Integration
from jaboti_domain.integration.ports.channels import Vault
from jaboti_domain.integration.ports.stores import IntegrationUnitOfWork
from jaboti_domain.kernel.ids import CompanyId
from jaboti_domain.kernel.ports import Notifier
from jaboti_domain.media.model import Media
from jaboti_domain.note.model import Note
from jaboti_domain.note.ports import NoteUnitOfWork
from jaboti_domain.privacy.ports import PrivacyUnitOfWork


class PostgresUnitOfWork(
    StaffUnitOfWork,
    IntegrationUnitOfWork,
    CompanyUnitOfWork,
    ClientUnitOfWork,
    NoteUnitOfWork,
    DashboardUnitOfWork,
    PrivacyUnitOfWork,
):
    """One transaction for one company, whatever it is about. `queued` is given when there are new errands."""

    def __init__(
        self, database: Database, company_id: CompanyId, *, notifier: Notifier, vault: Vault, seal: Seal, queued: Signal
    ) -> None:
        self._transaction = database.company(company_id)
        self._unit = CompanyUnit(self._transaction, company_id)
        self._notifier = notifier
        self._vault = vault
        self._seal = seal
        self._queued = queued

    async def __aenter__(self) -> Self:
        await self._transaction.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._transaction.__aexit__(kind, error, trace)

    @property
    def chats(self) -> PostgresChats:
        return PostgresChats(self._unit)

    @property
    def messages(self) -> PostgresMessages:
        return PostgresMessages(self._unit)

    @property
    def media(self) -> PostgresMedia:
        return PostgresMedia(self._unit)

    @property
    def clients(self) -> PostgresClients:
        return PostgresClients(self._unit)

    @property
    def merges(self) -> PostgresMerges:
        return PostgresMerges(self._unit)

    @property
    def notes(self) -> PostgresNotes:
        return PostgresNotes(self._unit)

    @property
    def integrations(self) -> PostgresIntegrations:
        return PostgresIntegrations(self._unit, self._vault)

    @property
    def companies(self) -> PostgresCompanies:
        return PostgresCompanies(self._unit)

    @property
    def departments(self) -> PostgresDepartments:
        return PostgresDepartments(self._unit)

    @property
    def memberships(self) -> PostgresMemberships:
        return PostgresMemberships(self._unit)

    @property
    def users(self) -> PostgresUsers:
        return PostgresUsers(self._unit)

    @property
    def sessions(self) -> PostgresSessions:
        return PostgresSessions(self._unit)

    @property
    def lanes(self) -> PostgresLanes:
        return PostgresLanes(self._unit)

    @property
    def outbound(self) -> PostgresOutbound:
        return PostgresOutbound(self._unit)

    @property
    def usage(self) -> PostgresUsage:
        return PostgresUsage(self._unit)

    @property
    def budgets(self) -> PostgresBudgets:
        return PostgresBudgets(self._unit)

    @property
    def dead_letters(self) -> PostgresDeadLetters:
        return PostgresDeadLetters(self._unit)

    @property
    def audit(self) -> PostgresAuditTrail:
        return PostgresAuditTrail(self._unit)

    @property
    def layouts(self) -> PostgresLayouts:
        return PostgresLayouts(self._unit)

    @property
    def traces(self) -> PostgresTraces:
        return PostgresTraces(self._unit)

    @property
    def receipts(self) -> PostgresReceipts:
        return PostgresReceipts(self._unit)

    @property
    def holdings(self) -> PostgresHoldings:
        return PostgresHoldings(self._unit)

    async def commit(self) -> None:
        try:
            await commands.note(self._unit)
            await self._write_all()
            written = await flush(self._unit)
        except BaseException:
            self._transaction.doom()
            raise
        await self._transaction.commit()
        if self._unit.command is not None:
            self._unit.command.is_noted = True
        if written.has_errands:
            self._queued.give()
        if written.events:
            await self._notifier.announce(written.events)

    async def _write_all(self) -> None:
        """What chats refer to comes before them."""
        unit = self._unit
        await identity.keep(unit)
        await companies.keep_companies(unit, unit.saved(Company))
        await companies.keep_departments(unit, unit.saved(Department))
        await members.keep(unit, unit.saved(Membership))
        await integrations.keep(unit, unit.saved(Integration), self._vault)
        await budgets.keep(unit, unit.saved(Budget))
        await outbound.settle(unit)
        await media.keep(unit, unit.saved(Media))
        await messages.keep(unit, [one for one in unit.saved(Message) if one.version])
        await clients.keep(unit, unit.saved(Client))
        await merges.keep(unit, unit.saved(Merge))
        await notes.keep(unit, unit.saved(Note))
        await layouts.keep(unit, unit.saved(Layout))
        await audit.keep(unit, self._seal)
        await traces.keep(unit)
