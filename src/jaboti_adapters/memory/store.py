"""All that is kept."""

from collections.abc import Callable, Hashable, Mapping
from datetime import date, datetime

from attrs import define, field, frozen

from jaboti_adapters.clock import SystemClock
from jaboti_adapters.memory.entries import Entries
from jaboti_adapters.memory.errands import Errands
from jaboti_adapters.memory.history import History
from jaboti_adapters.memory.locks import RowLocks
from jaboti_adapters.memory.table import Table, Unique
from jaboti_domain.audit.model import Entry, Head
from jaboti_domain.chat.errors import ChatIsOpen
from jaboti_domain.chat.events import Milestone
from jaboti_domain.chat.message import Message
from jaboti_domain.chat.model import Chat
from jaboti_domain.client.errors import ClientExists, DocumentTaken
from jaboti_domain.client.merging import Merge
from jaboti_domain.client.model import Client
from jaboti_domain.company.errors import DepartmentExists, MemberExists
from jaboti_domain.company.model import Company, Department, Membership
from jaboti_domain.dashboard.intervals import Interval
from jaboti_domain.dashboard.model import Layout
from jaboti_domain.identity.errors import EmailTaken
from jaboti_domain.identity.model import Session, User
from jaboti_domain.integration.budget import Budget
from jaboti_domain.integration.calls import Call
from jaboti_domain.integration.costs import SEED, Charge, RateCard
from jaboti_domain.integration.errors import AccountTaken
from jaboti_domain.integration.messaging import Platform
from jaboti_domain.integration.model import Integration
from jaboti_domain.kernel.commands import CommandNote
from jaboti_domain.kernel.errors import Conflict
from jaboti_domain.kernel.ids import (
    ChatId,
    ClientId,
    CompanyId,
    DepartmentId,
    IntegrationId,
    MediaId,
    MergeId,
    MessageId,
    NoteId,
    SessionId,
    UserId,
)
from jaboti_domain.kernel.ports import Clock
from jaboti_domain.media.model import Media
from jaboti_domain.note.model import Note
from jaboti_domain.privacy.model import Receipt, RetentionRun

CommandName = tuple[CompanyId, UserId, str]
Part = tuple[CompanyId, UserId]
RateKey = tuple[str, str, str, date]


@frozen
class MessageRow:
    """A message, and the integration that its names on the platform belong to."""

    message: Message
    integration_id: IntegrationId

    @property
    def id(self) -> MessageId:
        """The message's."""
        return self.message.id

    @property
    def version(self) -> int:
        """The message's."""
        return self.message.version


@frozen
class Counted:
    """A charge, and the department that its chat had."""

    charge: Charge
    department_id: DepartmentId | None


def _departments() -> Table[DepartmentId, Department]:
    names = Unique[Department](
        names=lambda d: [(d.company_id, d.key)] if d.removed_at is None else [], refusal=DepartmentExists
    )
    return Table(unique=[names], groups={"company": lambda d: d.company_id})


def _memberships() -> Table[Part, Membership]:
    return Table(doubled=MemberExists, groups={"user": lambda m: m.user_id, "company": lambda m: m.company_id})


def _clients() -> Table[ClientId, Client]:
    names = Unique[Client](names=lambda c: [(c.company_id, i.kind, i.key) for i in c.identities], refusal=ClientExists)
    documents = Unique[Client](
        names=lambda c: [(c.company_id, c.document)] if c.document and not c.is_gone else [], refusal=DocumentTaken
    )
    groups: Mapping[str, Callable[[Client], Hashable]] = {
        "email": lambda c: (c.company_id, c.email),
        "company": lambda c: c.company_id,
    }
    return Table(unique=[names, documents], groups=groups)


def _merges() -> Table[MergeId, Merge]:
    return Table(groups={"pair": lambda m: (m.company_id, m.client_id, m.absorbed_id)})


def _notes() -> Table[NoteId, Note]:
    return Table(groups={"company": lambda n: n.company_id, "chat": lambda n: n.chat_id})


def _integrations() -> Table[IntegrationId, Integration]:
    accounts = Unique[Integration](
        names=lambda i: [] if i.removed_at else [(i.platform, i.account)], refusal=AccountTaken
    )
    return Table(unique=[accounts], groups={"owner": _owner, "company": lambda i: i.company_id})


def _owner(integration: Integration) -> tuple[Platform, str | None] | None:
    return None if integration.removed_at else (integration.platform, integration.settings.get("waba_id"))


def _chats() -> Table[ChatId, Chat]:
    pairs = Unique[Chat](
        names=lambda c: [(c.company_id, c.client_id, c.integration_id)] if c.is_open else [], refusal=ChatIsOpen
    )
    return Table(
        unique=[pairs], groups={"company": lambda c: c.company_id, "client": lambda c: (c.company_id, c.client_id)}
    )


def _messages() -> Table[MessageId, MessageRow]:
    of_platform = Unique[MessageRow](names=_names_on_platform, refusal=Conflict)
    of_sender = Unique[MessageRow](names=_names_by_sender, refusal=Conflict)
    return Table(unique=[of_platform, of_sender], groups={"chat": lambda row: row.message.chat_id})


def _names_on_platform(row: MessageRow) -> list[tuple[IntegrationId, str, bool]]:
    message = row.message
    return [(row.integration_id, message.provider_id, message.is_outbound)] if message.provider_id else []


def _names_by_sender(row: MessageRow) -> list[tuple[ChatId, str]]:
    message = row.message
    return [(message.chat_id, message.client_key)] if message.client_key is not None else []


def _users() -> Table[UserId, User]:
    return Table(unique=[Unique(names=lambda user: [user.email], refusal=EmailTaken)])


def _sessions() -> Table[SessionId, Session]:
    return Table(groups={"user": lambda session: session.user_id})


@define(eq=False, kw_only=True)
class MemoryStore:
    """Everything of all companies. `clock` says what is due, `history` how many events a stream keeps at least."""

    clock: Clock = field(factory=SystemClock)
    history: int = 10_000
    epoch: int = field()
    locks: RowLocks = field(factory=RowLocks, init=False)
    companies: Table[CompanyId, Company] = field(factory=Table, init=False)
    departments: Table[DepartmentId, Department] = field(factory=_departments, init=False)
    memberships: Table[Part, Membership] = field(factory=_memberships, init=False)
    users: Table[UserId, User] = field(factory=_users, init=False)
    sessions: Table[SessionId, Session] = field(factory=_sessions, init=False)
    primaries: dict[UserId, CompanyId] = field(factory=dict, init=False)
    """Where each user begins."""
    clients: Table[ClientId, Client] = field(factory=_clients, init=False)
    merges: Table[MergeId, Merge] = field(factory=_merges, init=False)
    media: Table[MediaId, Media] = field(factory=Table, init=False)
    notes: Table[NoteId, Note] = field(factory=_notes, init=False)
    integrations: Table[IntegrationId, Integration] = field(factory=_integrations, init=False)
    chats: Table[ChatId, Chat] = field(factory=_chats, init=False)
    messages: Table[MessageId, MessageRow] = field(factory=_messages, init=False)
    milestones: dict[ChatId, list[Milestone]] = field(factory=dict, init=False)
    lives: dict[ChatId, list[Interval]] = field(factory=dict, init=False)
    layouts: Table[Part, Layout] = field(factory=Table, init=False)
    entries: Entries = field(factory=Entries, init=False)
    errands: Errands = field(factory=Errands, init=False)
    commands: dict[CommandName, tuple[datetime, CommandNote]] = field(factory=dict, init=False)
    audit_entries: dict[CompanyId, list[Entry]] = field(factory=dict, init=False)
    audit_heads: dict[CompanyId, Head] = field(factory=dict, init=False)
    calls: dict[CompanyId, list[Call]] = field(factory=dict, init=False)
    rates: dict[RateKey, RateCard] = field(factory=lambda: {card.key: card for card in SEED}, init=False)
    usage: dict[CompanyId, dict[tuple[IntegrationId, str], Counted]] = field(factory=dict, init=False)
    receipts: dict[tuple[CompanyId, ClientId], Receipt] = field(factory=dict, init=False)
    runs: dict[CompanyId, RetentionRun] = field(factory=dict, init=False)
    budgets: Table[CompanyId, Budget] = field(factory=Table, init=False)
    _histories: dict[CompanyId, History] = field(factory=dict, init=False)

    @epoch.default
    def _epoch(self) -> int:
        return int(self.clock().timestamp() * 1000)

    def history_of(self, company_id: CompanyId) -> History:
        """The company's stream."""
        return self._histories.setdefault(company_id, History(self.history))

    def is_primary(self, member: Membership) -> bool:
        """Whether the company is the user's primary one."""
        return self.primaries.get(member.user_id) == member.company_id

    def open_chats_of(self, company_id: CompanyId, department_id: DepartmentId) -> int:
        """How many of a department's chats have not ended."""
        chats = self.chats.where("company", company_id)
        return sum(chat.is_open and chat.department_id == department_id for chat in chats)
