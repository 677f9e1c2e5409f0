"""Units of work."""

from functools import partial
from types import TracebackType
from typing import Self

from attrs import define, field

from jaboti_adapters.memory.audit import MemoryAuditTrail
from jaboti_adapters.memory.chats import MemoryChats, MemoryMessages
from jaboti_adapters.memory.clients import MemoryClients
from jaboti_adapters.memory.commands import Noting
from jaboti_adapters.memory.companies import MemoryCompanies, MemoryDepartments, MemoryMemberships
from jaboti_adapters.memory.dashboard import MemoryLayouts
from jaboti_adapters.memory.holdings import MemoryHoldings
from jaboti_adapters.memory.identity import MemorySessions, MemoryUsers
from jaboti_adapters.memory.integrations import MemoryIntegrations
from jaboti_adapters.memory.journal import MemoryLanes
from jaboti_adapters.memory.letters import MemoryDeadLetters
from jaboti_adapters.memory.media import MemoryMedia
from jaboti_adapters.memory.merges import MemoryMerges
from jaboti_adapters.memory.notes import MemoryNotes
from jaboti_adapters.memory.outbox import MemoryOutbound
from jaboti_adapters.memory.store import MemoryStore
from jaboti_adapters.memory.traces import MemoryReceipts, MemoryTraces
from jaboti_adapters.memory.transaction import NO_COMPANY, Transaction
from jaboti_adapters.memory.usage import MemoryBudgets, MemoryUsage
from jaboti_adapters.subjects import subject_of
from jaboti_domain.audit.model import Seal
from jaboti_domain.chat.ports import StaffUnitOfWork
from jaboti_domain.client.ports import ClientUnitOfWork
from jaboti_domain.company.ports import CompanyUnitOfWork
from jaboti_domain.dashboard.ports import DashboardUnitOfWork
from jaboti_domain.identity.ports import IdentityUnitOfWork
from jaboti_domain.integration.ports.stores import IntegrationUnitOfWork
from jaboti_domain.kernel.ids import CompanyId
from jaboti_domain.kernel.ports import Notifier
from jaboti_domain.note.ports import NoteUnitOfWork
from jaboti_domain.privacy.ports import PrivacyUnitOfWork


@define(eq=False)
class MemoryUnitOfWork(
    StaffUnitOfWork,
    IntegrationUnitOfWork,
    CompanyUnitOfWork,
    ClientUnitOfWork,
    NoteUnitOfWork,
    DashboardUnitOfWork,
    PrivacyUnitOfWork,
):
    """One transaction for one company, whatever it is about."""

    store: MemoryStore
    company_id: CompanyId
    notifier: Notifier
    seal: Seal
    _transaction: Transaction = field(init=False)

    @_transaction.default
    def _begin(self) -> Transaction:
        return Transaction(self.store, self.company_id)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._transaction.end()

    async def commit(self) -> None:
        noting = Noting(self.store, self.company_id)
        noting.check()
        self._transaction.then(partial(noting.note, subject_of(self._transaction.saved)))
        recorded = self._transaction.commit()
        if recorded:
            await self.notifier.announce(recorded)

    @property
    def chats(self) -> MemoryChats:
        return MemoryChats(self._transaction)

    @property
    def messages(self) -> MemoryMessages:
        return MemoryMessages(self._transaction)

    @property
    def media(self) -> MemoryMedia:
        return MemoryMedia(self._transaction)

    @property
    def clients(self) -> MemoryClients:
        return MemoryClients(self._transaction)

    @property
    def merges(self) -> MemoryMerges:
        return MemoryMerges(self._transaction)

    @property
    def notes(self) -> MemoryNotes:
        return MemoryNotes(self._transaction)

    @property
    def integrations(self) -> MemoryIntegrations:
        return MemoryIntegrations(self._transaction)

    @property
    def companies(self) -> MemoryCompanies:
        return MemoryCompanies(self._transaction)

    @property
    def departments(self) -> MemoryDepartments:
        return MemoryDepartments(self._transaction)

    @property
    def memberships(self) -> MemoryMemberships:
        return MemoryMemberships(self._transaction)

    @property
    def users(self) -> MemoryUsers:
        return MemoryUsers(self._transaction)

    @property
    def sessions(self) -> MemorySessions:
        return MemorySessions(self._transaction)

    @property
    def lanes(self) -> MemoryLanes:
        return MemoryLanes(self._transaction)

    @property
    def outbound(self) -> MemoryOutbound:
        return MemoryOutbound(self._transaction)

    @property
    def usage(self) -> MemoryUsage:
        return MemoryUsage(self._transaction)

    @property
    def budgets(self) -> MemoryBudgets:
        return MemoryBudgets(self._transaction)

    @property
    def dead_letters(self) -> MemoryDeadLetters:
        return MemoryDeadLetters(self._transaction)

    @property
    def audit(self) -> MemoryAuditTrail:
        return MemoryAuditTrail(self._transaction, self.seal)

    @property
    def layouts(self) -> MemoryLayouts:
        return MemoryLayouts(self._transaction)

    @property
    def traces(self) -> MemoryTraces:
        return MemoryTraces(self._transaction)

    @property
    def receipts(self) -> MemoryReceipts:
        return MemoryReceipts(self._transaction)

    @property
    def holdings(self) -> MemoryHoldings:
        return MemoryHoldings(self._transaction)


@define(eq=False)
class MemoryIdentityUnitOfWork(IdentityUnitOfWork):
    """One transaction over users and sessions."""

    store: MemoryStore
    _transaction: Transaction = field(init=False)

    @_transaction.default
    def _begin(self) -> Transaction:
        return Transaction(self.store, NO_COMPANY)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._transaction.end()

    async def commit(self) -> None:
        self._transaction.commit()

    @property
    def users(self) -> MemoryUsers:
        return MemoryUsers(self._transaction)

    @property
    def sessions(self) -> MemorySessions:
        return MemorySessions(self._transaction)
