"""Where integrations, their costs and their calls are kept."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from jaboti_domain.integration.budget import Budget
from jaboti_domain.integration.calls import Call
from jaboti_domain.integration.costs import Charge, RateBook, RateCard
from jaboti_domain.integration.letters import DeadLetter
from jaboti_domain.integration.messaging import (
    Platform,
)
from jaboti_domain.integration.model import Integration
from jaboti_domain.kernel.ids import CompanyId, IntegrationId
from jaboti_domain.kernel.ports import AuditedUnitOfWork


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

    async def active_on(self, platforms: Collection[Platform]) -> Sequence[IntegrationId]:
        """The active integrations of all companies on these platforms, in the order in which they were connected."""
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
