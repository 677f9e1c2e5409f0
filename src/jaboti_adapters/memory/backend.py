"""The storage as one object."""

from functools import partial

from jaboti_adapters.backend import Backend
from jaboti_adapters.memory.audit import MemoryAuditChains, MemoryAuditReads
from jaboti_adapters.memory.calls import MemoryCallLog, MemoryCallReads
from jaboti_adapters.memory.client_reads import MemoryClientReads
from jaboti_adapters.memory.commands import MemoryCommandLog
from jaboti_adapters.memory.dashboard import MemoryDashboardReads
from jaboti_adapters.memory.holdings import MemoryRetentionReads
from jaboti_adapters.memory.identity import MemoryAccessReads
from jaboti_adapters.memory.integrations import MemoryDirectory, MemoryIntegrationReads
from jaboti_adapters.memory.journal import MemoryJournal
from jaboti_adapters.memory.letters import MemoryDeadLetterReads
from jaboti_adapters.memory.media import MemoryMediaQueue, MemoryMediaReads
from jaboti_adapters.memory.notes import MemoryNoteReads
from jaboti_adapters.memory.outbox import MemoryOutbox
from jaboti_adapters.memory.persons import MemoryPersonReads
from jaboti_adapters.memory.queries import MemoryChatReads
from jaboti_adapters.memory.staff import MemoryAttendantReads, MemoryCompanyReads
from jaboti_adapters.memory.store import MemoryStore
from jaboti_adapters.memory.streams import MemoryEventStream
from jaboti_adapters.memory.uow import MemoryIdentityUnitOfWork, MemoryUnitOfWork
from jaboti_adapters.memory.usage import MemoryBudgetedCompanies, MemoryRateCards, MemoryUsageReads
from jaboti_domain.audit.model import Seal
from jaboti_domain.kernel.ports import Notifier


def memory_backend(store: MemoryStore, *, notifier: Notifier, seal: Seal) -> Backend:
    """All that the store offers."""
    return Backend(
        uow=partial(MemoryUnitOfWork, store, notifier=notifier, seal=seal),
        identity_uow=partial(MemoryIdentityUnitOfWork, store),
        journal=MemoryJournal(store),
        outbox=MemoryOutbox(store),
        stream=MemoryEventStream(store),
        command_log=MemoryCommandLog(store),
        chat_reads=MemoryChatReads(store),
        client_reads=MemoryClientReads(store),
        media_reads=MemoryMediaReads(store),
        media_queue=MemoryMediaQueue(store),
        note_reads=MemoryNoteReads(store),
        access_reads=MemoryAccessReads(store),
        company_reads=MemoryCompanyReads(store),
        attendant_reads=MemoryAttendantReads(store),
        audit_chains=MemoryAuditChains(store),
        audit_reads=MemoryAuditReads(store),
        dashboard_reads=MemoryDashboardReads(store),
        usage_reads=MemoryUsageReads(store),
        directory=MemoryDirectory(store),
        integration_reads=MemoryIntegrationReads(store),
        dead_letter_reads=MemoryDeadLetterReads(store),
        call_log=MemoryCallLog(store),
        call_reads=MemoryCallReads(store),
        rate_cards=MemoryRateCards(store),
        budgeted_companies=MemoryBudgetedCompanies(store),
        retention_reads=MemoryRetentionReads(store),
        person_reads=MemoryPersonReads(store),
        notifier=notifier,
        clock=store.clock,
    )
