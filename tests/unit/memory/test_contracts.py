"""The store in memory keeps every promise that a store makes."""

import pytest

from jaboti_adapters.contracts.audit import AuditContract
from jaboti_adapters.contracts.chat_documents import ChatDocumentsContract
from jaboti_adapters.contracts.chat_lists import ChatListsContract
from jaboti_adapters.contracts.chats import ChatRepositoryContract
from jaboti_adapters.contracts.clients import ClientRepositoryContract
from jaboti_adapters.contracts.company import CompanyContract
from jaboti_adapters.contracts.dashboard import FiguresContract
from jaboti_adapters.contracts.identity import AccessReadsContract, SessionRepositoryContract, UserRepositoryContract
from jaboti_adapters.contracts.integrations import IntegrationDirectoryContract, IntegrationRepositoryContract
from jaboti_adapters.contracts.journal import JournalContract
from jaboti_adapters.contracts.layouts import LayoutContract
from jaboti_adapters.contracts.messages import MessageRepositoryContract
from jaboti_adapters.contracts.notifier import AnnouncementContract, NotifierContract
from jaboti_adapters.contracts.outbound import OutboundContract
from jaboti_adapters.contracts.streams import EventStreamContract
from jaboti_adapters.contracts.units import UnitOfWorkContract
from jaboti_adapters.memory.notifier import InProcessNotifier
from tests.unit.memory.on_memory import OnMemory


class TestUnitsOfWork(OnMemory, UnitOfWorkContract):
    pass


class TestAudit(OnMemory, AuditContract):
    pass


class TestFigures(OnMemory, FiguresContract):
    pass


class TestLayouts(OnMemory, LayoutContract):
    pass


class TestClients(OnMemory, ClientRepositoryContract):
    pass


class TestChats(OnMemory, ChatRepositoryContract):
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


class TestIntegrations(OnMemory, IntegrationRepositoryContract):
    pass


class TestDirectory(OnMemory, IntegrationDirectoryContract):
    pass


class TestChatDocuments(OnMemory, ChatDocumentsContract):
    pass


class TestChatLists(OnMemory, ChatListsContract):
    pass


class TestInProcessNotifier(NotifierContract):
    @pytest.fixture
    async def notifier(self) -> InProcessNotifier:
        return InProcessNotifier()
