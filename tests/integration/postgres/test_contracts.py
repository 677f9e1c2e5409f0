"""The store in PostgreSQL keeps every promise that a store makes."""

from jaboti_adapters.contracts.audit import AuditContract
from jaboti_adapters.contracts.calls import CallLogContract
from jaboti_adapters.contracts.chat_documents import ChatDocumentsContract
from jaboti_adapters.contracts.chat_lists import ChatListsContract
from jaboti_adapters.contracts.chats import ChatRepositoryContract
from jaboti_adapters.contracts.client_lists import ClientListsContract
from jaboti_adapters.contracts.clients import ClientRepositoryContract
from jaboti_adapters.contracts.commands import CommandContract
from jaboti_adapters.contracts.company import CompanyContract
from jaboti_adapters.contracts.company_reads import AttendantReadsContract, CompanyReadsContract
from jaboti_adapters.contracts.costs import BudgetContract, RateCardsContract, UsageContract
from jaboti_adapters.contracts.dashboard import FiguresContract
from jaboti_adapters.contracts.dead_letters import DeadLetterContract
from jaboti_adapters.contracts.destinations import DestinationContract
from jaboti_adapters.contracts.identity import AccessReadsContract, SessionRepositoryContract, UserRepositoryContract
from jaboti_adapters.contracts.integrations import (
    IntegrationDirectoryContract,
    IntegrationReadsContract,
    IntegrationRepositoryContract,
)
from jaboti_adapters.contracts.journal import JournalContract
from jaboti_adapters.contracts.layouts import LayoutContract
from jaboti_adapters.contracts.media import MediaContract
from jaboti_adapters.contracts.merges import MergeRepositoryContract
from jaboti_adapters.contracts.messages import MessageRepositoryContract
from jaboti_adapters.contracts.notes import NoteContract
from jaboti_adapters.contracts.notifier import AnnouncementContract
from jaboti_adapters.contracts.outbound import OutboundContract
from jaboti_adapters.contracts.persons import PersonReadsContract
from jaboti_adapters.contracts.retention import RetentionContract
from jaboti_adapters.contracts.streams import EventStreamContract
from jaboti_adapters.contracts.units import UnitOfWorkContract
from tests.integration.postgres.on_postgres import OnPostgres


class TestUnitsOfWork(OnPostgres, UnitOfWorkContract):
    pass


class TestAudit(OnPostgres, AuditContract):
    pass


class TestCommands(OnPostgres, CommandContract):
    pass


class TestFigures(OnPostgres, FiguresContract):
    pass


class TestLayouts(OnPostgres, LayoutContract):
    pass


class TestClients(OnPostgres, ClientRepositoryContract):
    pass


class TestClientLists(OnPostgres, ClientListsContract):
    pass


class TestMerges(OnPostgres, MergeRepositoryContract):
    pass


class TestNotes(OnPostgres, NoteContract):
    pass


class TestChats(OnPostgres, ChatRepositoryContract):
    pass


class TestMedia(OnPostgres, MediaContract):
    pass


class TestMessages(OnPostgres, MessageRepositoryContract):
    pass


class TestOutbound(OnPostgres, OutboundContract):
    pass


class TestJournal(OnPostgres, JournalContract):
    pass


class TestStreams(OnPostgres, EventStreamContract):
    pass


class TestAnnouncements(OnPostgres, AnnouncementContract):
    pass


class TestUsers(OnPostgres, UserRepositoryContract):
    pass


class TestSessions(OnPostgres, SessionRepositoryContract):
    pass


class TestAccess(OnPostgres, AccessReadsContract):
    pass


class TestCompanies(OnPostgres, CompanyContract):
    pass


class TestCompanyReads(OnPostgres, CompanyReadsContract):
    pass


class TestAttendants(OnPostgres, AttendantReadsContract):
    pass


class TestDestinations(OnPostgres, DestinationContract):
    pass


class TestIntegrations(OnPostgres, IntegrationRepositoryContract):
    pass


class TestIntegrationReads(OnPostgres, IntegrationReadsContract):
    pass


class TestCallLog(OnPostgres, CallLogContract):
    pass


class TestDeadLetters(OnPostgres, DeadLetterContract):
    pass


class TestUsage(OnPostgres, UsageContract):
    pass


class TestRateCards(OnPostgres, RateCardsContract):
    pass


class TestBudgets(OnPostgres, BudgetContract):
    pass


class TestDirectory(OnPostgres, IntegrationDirectoryContract):
    pass


class TestChatDocuments(OnPostgres, ChatDocumentsContract):
    pass


class TestChatLists(OnPostgres, ChatListsContract):
    pass


class TestRetention(OnPostgres, RetentionContract):
    pass


class TestPersons(OnPostgres, PersonReadsContract):
    pass
