"""The store in PostgreSQL keeps every promise that a store makes."""

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
from jaboti_adapters.contracts.notifier import AnnouncementContract
from jaboti_adapters.contracts.outbound import OutboundContract
from jaboti_adapters.contracts.streams import EventStreamContract
from jaboti_adapters.contracts.units import UnitOfWorkContract
from tests.integration.postgres.on_postgres import OnPostgres


class TestUnitsOfWork(OnPostgres, UnitOfWorkContract):
    pass


class TestAudit(OnPostgres, AuditContract):
    pass


class TestFigures(OnPostgres, FiguresContract):
    pass


class TestLayouts(OnPostgres, LayoutContract):
    pass


class TestClients(OnPostgres, ClientRepositoryContract):
    pass


class TestChats(OnPostgres, ChatRepositoryContract):
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


class TestIntegrations(OnPostgres, IntegrationRepositoryContract):
    pass


class TestDirectory(OnPostgres, IntegrationDirectoryContract):
    pass


class TestChatDocuments(OnPostgres, ChatDocumentsContract):
    pass


class TestChatLists(OnPostgres, ChatListsContract):
    pass
