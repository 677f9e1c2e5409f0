"""What integrations need from outside."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol, runtime_checkable
from uuid import UUID

from attrs import field, frozen

from jaboti_domain.integration.budget import Budget
from jaboti_domain.integration.calls import Call
from jaboti_domain.integration.costs import Charge, RateBook, RateCard
from jaboti_domain.integration.letters import DeadLetter
from jaboti_domain.integration.messaging import (
    Accepted,
    Connection,
    Headers,
    Items,
    Outbound,
    Pairing,
    Peer,
    Platform,
    Update,
)
from jaboti_domain.integration.model import Integration, Secret
from jaboti_domain.integration.templates import TemplateInfo
from jaboti_domain.kernel.ids import CompanyId, IntegrationId
from jaboti_domain.kernel.ports import AuditedUnitOfWork


class MessagingChannel(Protocol):
    """One platform. Everything but `send` and `mark_read` is pure: no I/O, no clock."""

    @property
    def platform(self) -> Platform: ...

    def verify(self, integration: Integration, headers: Headers, body: bytes) -> None:
        """Check that the platform sent exactly these bytes. Raises BadSignature; compares in constant time."""
        ...

    def split(self, body: bytes) -> Items:
        """The items of a webhook's body, in their order; an item that can't be understood is one of them.

        Raises UnreadableWebhook only when the body as a whole is not JSON of the platform's shape.
        """
        ...

    def read(self, raw: bytes) -> Update:
        """What one item means. Never raises: what can't be understood is Unreadable with the reason."""
        ...

    async def send(self, integration: Integration, outbound: Outbound) -> Accepted:
        """Hand a message to the platform. Raises a SendingFailed, sorted by what to do next."""
        ...

    async def mark_read(self, integration: Integration, provider_id: str, *, peer: Peer | None) -> None:
        """Tell the client, who is `peer`, that their messages up to this one were read. Raises a SendingFailed."""
        ...


@runtime_checkable
class Reconciling(Protocol):
    """A channel whose platform can be asked what it has: for what it told nobody, and what nobody knows it took."""

    async def find_messages(self, integration: Integration, *, since: datetime) -> Items:
        """What it has had since then, oldest first, as the items that its webhooks would have been split into.

        Their keys are those of the webhooks' items. Raises a SendingFailed, also when there is more than it will list.
        """
        ...

    async def find_sent(self, integration: Integration, outbound: Outbound) -> Sequence[Accepted]:
        """The messages that went out to this peer since `outbound.at`, and may be this one, oldest first.

        Equal messages can't be told apart: it is for the caller to know which of them are accounted for. Raises a
        SendingFailed, also when there are more than it will list; empty means that the platform has none.
        """
        ...


@runtime_checkable
class InstanceManager(Protocol):
    """A channel whose accounts are sessions of a phone that we open and close. Everything raises a SendingFailed."""

    async def create(self, integration: Integration, *, webhook_url: str) -> Pairing:
        """Open the account's session; one that is there already is connected. Its webhooks go to this address."""
        ...

    async def connect(self, integration: Integration) -> Pairing:
        """What ties a phone to the session; a session that is open stays as it is."""
        ...

    async def state(self, integration: Integration) -> Connection:
        """How the session stands. A session that is not there is MendSettings."""
        ...

    async def restart(self, integration: Integration) -> Connection:
        """Connect anew with the phone that it is tied to."""
        ...

    async def log_out(self, integration: Integration) -> None:
        """Untie the phone; a session without one stays as it is."""
        ...

    async def delete(self, integration: Integration) -> None:
        """End the session for good; one that is not there stays away."""
        ...

    async def set_webhook(self, integration: Integration, url: str) -> None:
        """Have the account's events sent here from now on, with the secret by which `verify` knows them."""
        ...


class Channels(Protocol):
    """All channels, by platform."""

    def __getitem__(self, platform: Platform, /) -> MessagingChannel: ...


@frozen(kw_only=True)
class Health:
    """What a platform says when it is asked whether our credentials work."""

    ok: bool
    detail: str
    """For people: which account it is, or what is wrong."""
    latency_ms: int
    quality: str | None = None
    """How good the platform finds the account, in its own words."""
    trouble: str | None = None
    """What must be mended in the settings; None when all is well, or when the platform could not be asked."""


@runtime_checkable
class ConnectionTest(Protocol):
    """A channel that can ask its platform whether an integration's credentials work."""

    async def test(self, integration: Integration) -> Health:
        """Ask now. Never raises for the platform's sake: what went wrong is in the answer."""
        ...


@frozen(kw_only=True)
class ConnectionStatus:
    """How an account is connected, where a channel keeps a connection open."""

    state: Connection
    since: datetime | None = None
    qr_code: str | None = field(default=None, repr=False)
    """What to scan to connect the phone, as the platform gives it (a data URL); None unless it waits for that."""


@runtime_checkable
class ConnectionStates(Protocol):
    """A channel that knows how its accounts are connected."""

    async def connection(self, integration: Integration) -> ConnectionStatus | None:
        """As it is now; None when that is not known. Never raises for the platform's sake."""
        ...


@runtime_checkable
class TemplateCatalogue(Protocol):
    """A channel whose messages may be templates."""

    async def templates(self, integration: Integration) -> Sequence[TemplateInfo]:
        """All approved templates of the account. Raises a SendingFailed."""
        ...


class KnownTemplates(Protocol):
    """What this process remembers of catalogues."""

    def known(self, integration_id: IntegrationId) -> Sequence[TemplateInfo] | None:
        """The account's templates as of a few minutes ago at most; None when they are not known. Asks nobody."""
        ...


class Vault(Protocol):
    """Keeps secrets at rest: what is sealed for one place can't be opened for another."""

    def seal(self, secret: Secret, *, company_id: CompanyId, place: str) -> bytes: ...

    def open(self, sealed: bytes, *, company_id: CompanyId, place: str) -> Secret:
        """Raises Unavailable when the key is not at hand or the place is another."""
        ...


class IntegrationRepository(Protocol):
    """A company's integrations, secrets included; each with the company's bot as it is, which `save` leaves alone."""

    async def get(self, integration_id: IntegrationId) -> Integration:
        """Raises IntegrationNotFound."""
        ...

    async def find(self, integration_ids: Collection[IntegrationId]) -> Mapping[IntegrationId, Integration]:
        """Those that exist."""
        ...

    async def find_by_account(self, platform: Platform, account: str) -> Integration | None:
        """The company's integration that has this account, locked."""
        ...

    async def all(self) -> Sequence[Integration]:
        """Every one, in the order in which they were connected; not locked."""
        ...

    async def has_open_chats(self, integration_id: IntegrationId) -> bool:
        """Whether a chat on it has not ended."""
        ...

    async def save(self, integration: Integration) -> None:
        """Keep it at the commit. Raises AccountTaken at the commit when another has the platform's account.

        One that was removed is not there any more, for anybody, and its account is free.
        """
        ...


class DeadLetterRepository(Protocol):
    """The dead entries of a company's journal."""

    async def get(self, letter_id: UUID) -> DeadLetter:
        """Locked until the unit ends. Raises DeadLetterNotFound, and DeadLetterNotDead for an entry that is not."""
        ...

    async def replay(self, letter: DeadLetter) -> None:
        """At the commit it is PENDING again, due at once, as if it had never been tried."""
        ...

    async def done(self, letter: DeadLetter, *, reason: str) -> None:
        """At the commit it is APPLIED."""
        ...


class UsageRepository(Protocol):
    """What a company's messages cost."""

    async def add(self, *charges: Charge) -> None:
        """Keep them at the commit, each with the department that its chat then has.

        A message is charged once: one whose (integration, provider's id) is kept already changes nothing.
        """
        ...


class BudgetRepository(Protocol):
    """The company's budget."""

    async def find(self) -> Budget | None:
        """Locked until the unit ends; None when there is none."""
        ...

    async def save(self, budget: Budget) -> None:
        """Keep it at the commit. Raises StaleVersion at the commit when another was set meanwhile."""
        ...

    async def remove(self) -> None:
        """At the commit there is none any more."""
        ...


class IntegrationUnitOfWork(AuditedUnitOfWork, Protocol):
    """What the use cases of integrations open."""

    @property
    def integrations(self) -> IntegrationRepository: ...

    @property
    def dead_letters(self) -> DeadLetterRepository: ...

    @property
    def budgets(self) -> BudgetRepository: ...


class IntegrationDirectory(Protocol):
    """Finds an integration before its company is known: for webhooks. May be up to 5 s behind.

    What it finds says which bot is in effect, so that nobody has to ask for the company.
    """

    async def by_id(self, integration_id: IntegrationId) -> Integration | None: ...

    async def by_account(self, platform: Platform, account: str) -> Integration | None: ...

    async def by_owner(self, platform: Platform, owner: str) -> Integration | None:
        """Any integration whose account belongs to this owner (CloudAPI: `waba_id` in its settings)."""
        ...


class CallLog(Protocol):
    """Keeps calls to and from the channels: a log, and not the truth, so that nobody waits for it."""

    def note(self, call: Call) -> None:
        """Keep it, soon. Never waits and never raises: when too much waits to be kept, it is dropped and counted."""
        ...

    async def flush(self) -> None:
        """Return when what was noted before is kept, or was dropped because that failed."""
        ...

    @property
    def dropped(self) -> int:
        """How many calls this process could not keep."""
        ...

    async def forget(self, company_id: CompanyId, *, before: datetime, at_most: int = 10_000) -> int:
        """Delete the company's oldest calls from before this moment, at most so many; returns how many."""
        ...


class RateCards(Protocol):
    """The rate cards of the installation, which are the same for every company."""

    async def all(self) -> Sequence[RateCard]:
        """By market, category, currency and day."""
        ...

    async def put(self, cards: Collection[RateCard]) -> None:
        """Keep all of them or none; a card replaces the one with the same key."""
        ...

    async def book(self) -> RateBook:
        """All of them, to look up prices in. May be up to a minute behind."""
        ...


class BudgetedCompanies(Protocol):
    """Who has a budget to be watched."""

    async def companies(self) -> Sequence[CompanyId]:
        """Every company with a budget."""
        ...


class Outcome(StrEnum):
    """How a journalled item ended, or that it has not ended yet."""

    PENDING = "PENDING"
    APPLIED = "APPLIED"
    DUPLICATE = "DUPLICATE"
    IGNORED = "IGNORED"
    DEAD = "DEAD"


@frozen(kw_only=True)
class Arrival:
    """An item to be journalled."""

    company_id: CompanyId
    integration_id: IntegrationId
    event_key: str
    lane: str
    raw: bytes
    outcome: Outcome = Outcome.PENDING
    reason: str | None = None


@frozen(kw_only=True)
class Entry:
    """A journalled item that waits for its turn. `id` rises in the order of arrival."""

    id: int
    company_id: CompanyId
    integration_id: IntegrationId
    event_key: str
    lane: str
    raw: bytes = field(repr=False)
    attempts: int
    received_at: datetime


@frozen(kw_only=True)
class Verdict:
    """What became of an entry: ended, or (PENDING) to be tried again after `wait`."""

    entry_id: int
    outcome: Outcome
    reason: str | None = None
    wait: timedelta = timedelta(0)


@frozen(kw_only=True)
class JournalAccount:
    """How many entries stand where: nothing is unaccounted for while `sum(counts)` is what was answered with 200."""

    counts: Mapping[Outcome, int]
    oldest_pending: datetime | None


class Journal(Protocol):
    """Keeps what arrived before it is answered; shared by all companies."""

    async def append(self, arrivals: Sequence[Arrival]) -> int:
        """Keep all of them, durably, or none; returns how many were new.

        An arrival whose (integration, event key) is already kept changes nothing. Raises Unavailable.
        """
        ...

    async def companies_waiting(self, *, limit: int) -> Sequence[CompanyId]:
        """Companies with entries that are due and whose lanes are free, longest waiting first."""
        ...

    async def wait(self, *, at_most: timedelta) -> None:
        """Return when something may have arrived in this process, or after the time."""
        ...

    async def account(self) -> JournalAccount:
        """How many entries of all companies stand where."""
        ...


class LaneRepository(Protocol):
    """The journal as seen from one company's unit of work."""

    async def claim(self, *, lanes: int, entries: int) -> Sequence[Entry]:
        """The due entries of free lanes, in order of arrival, at most so many.

        A lane whose entries were claimed is nobody else's until the unit ends; lanes claimed by others are passed over.
        """
        ...

    async def claim_entry(self, entry_id: int) -> Entry | None:
        """One entry with its lane, for another try by itself; None when it has ended or its lane is taken."""
        ...

    async def settle(self, verdicts: Sequence[Verdict]) -> None:
        """Write down at the commit what became of them."""
        ...
