"""The store in memory keeps every promise that a store makes."""

import pytest

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
from jaboti_adapters.contracts.media_files import MediaFilesContract
from jaboti_adapters.contracts.merges import MergeRepositoryContract
from jaboti_adapters.contracts.messages import MessageRepositoryContract
from jaboti_adapters.contracts.notes import NoteContract
from jaboti_adapters.contracts.notifier import AnnouncementContract, NotifierContract
from jaboti_adapters.contracts.outbound import OutboundContract
from jaboti_adapters.contracts.persons import PersonReadsContract
from jaboti_adapters.contracts.presence import GRACE, Boards, PresenceContract
from jaboti_adapters.contracts.retention import RetentionContract
from jaboti_adapters.contracts.streams import EventStreamContract
from jaboti_adapters.contracts.units import UnitOfWorkContract
from jaboti_adapters.memory.media import MemoryMediaFiles
from jaboti_adapters.memory.notifier import InProcessNotifier
from jaboti_adapters.memory.presence import InProcessPresence, PresenceBook
from tests.unit.memory.on_memory import OnMemory


class TestUnitsOfWork(OnMemory, UnitOfWorkContract):
    pass


class TestAudit(OnMemory, AuditContract):
    pass


class TestCommands(OnMemory, CommandContract):
    pass


class TestFigures(OnMemory, FiguresContract):
    pass


class TestLayouts(OnMemory, LayoutContract):
    pass


class TestClients(OnMemory, ClientRepositoryContract):
    pass


class TestClientLists(OnMemory, ClientListsContract):
    pass


class TestMerges(OnMemory, MergeRepositoryContract):
    pass


class TestNotes(OnMemory, NoteContract):
    pass


class TestChats(OnMemory, ChatRepositoryContract):
    pass


class TestMedia(OnMemory, MediaContract):
    pass


class TestMessages(OnMemory, MessageRepositoryContract):
    pass


class TestOutbound(OnMemory, OutboundContract):
    pass


class TestJournal(OnMemory, JournalContract):
    pass


class TestStreams(OnMemory, EventStreamContract):
    pass


class TestAnnouncements(OnMemory, AnnouncementContract):
    pass


class TestUsers(OnMemory, UserRepositoryContract):
    pass


class TestSessions(OnMemory, SessionRepositoryContract):
    pass


class TestAccess(OnMemory, AccessReadsContract):
    pass


class TestCompanies(OnMemory, CompanyContract):
    pass


class TestCompanyReads(OnMemory, CompanyReadsContract):
    pass


class TestAttendants(OnMemory, AttendantReadsContract):
    pass


class TestDestinations(OnMemory, DestinationContract):
    pass


class TestIntegrations(OnMemory, IntegrationRepositoryContract):
    pass


class TestIntegrationReads(OnMemory, IntegrationReadsContract):
    pass


class TestCallLog(OnMemory, CallLogContract):
    pass


class TestDeadLetters(OnMemory, DeadLetterContract):
    pass


class TestUsage(OnMemory, UsageContract):
    pass


class TestRateCards(OnMemory, RateCardsContract):
    pass


class TestBudgets(OnMemory, BudgetContract):
    pass


class TestDirectory(OnMemory, IntegrationDirectoryContract):
    pass


class TestChatDocuments(OnMemory, ChatDocumentsContract):
    pass


class TestChatLists(OnMemory, ChatListsContract):
    pass


class TestMediaFiles(MediaFilesContract):
    @pytest.fixture
    async def files(self) -> MemoryMediaFiles:
        return MemoryMediaFiles()


class TestInProcessNotifier(NotifierContract):
    @pytest.fixture
    async def notifier(self) -> InProcessNotifier:
        return InProcessNotifier()


class TestInProcessPresence(PresenceContract):
    @pytest.fixture
    async def boards(self) -> Boards:
        book = PresenceBook(grace=GRACE)
        return InProcessPresence(book), InProcessPresence(book)


class TestRetention(OnMemory, RetentionContract):
    pass


class TestPersons(OnMemory, PersonReadsContract):
    pass
