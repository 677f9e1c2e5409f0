"""Reads for screens: the store writes the JSON itself, in the shapes given here.

Keys are camelCase, times RFC 3339 in UTC with milliseconds and `Z`, absent values null, money `{amount, currency}` with
six decimals in a text.

integration  {id, platform, account, name, status, settings, credentials, bot: {greeting, farewell} | null,
             reopenWithinSeconds, trouble, version}
             `settings` and `credentials` map names to texts; of a credential it is the hint.
call         {id, at, integrationId, platform, direction, kind, outcome, httpStatus, latencyMs, requestId, peer, items,
             error: {code, title} | null}
dead letter  {id, receivedAt, attempts, reason, platform, integrationId, eventKey, raw, size, isCut}
             `raw` is the beginning of it as text, U+FFFD where it is none; `size` counts all bytes.
usage        {day, attendant: {id, name} | null, department: {id, name} | null, chatId, platform, category, messages,
             unpriced, cost: money}
             Of the first four the one that is grouped by; `cost` leaves out the messages that are `unpriced`.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from attrs import frozen

from jaboti_domain.integration.calls import CallOutcome, Direction, LastCalls
from jaboti_domain.integration.messaging import Platform
from jaboti_domain.kernel.ids import CompanyId, IntegrationId
from jaboti_domain.kernel.money import Money
from jaboti_domain.kernel.paging import Cursor, Json, JsonPage


class IntegrationReads(Protocol):
    """Reads of one company's integrations; those that were removed are not there."""

    async def page(self, company_id: CompanyId, *, after: Cursor | None, limit: int) -> JsonPage:
        """Integrations, in the order in which they were connected. Raises InvalidCursor."""
        ...

    async def one(self, company_id: CompanyId, integration_id: IntegrationId) -> Json:
        """An integration. Raises IntegrationNotFound."""
        ...


@frozen(kw_only=True)
class CallFilter:
    """Which calls; every given condition holds."""

    platform: Platform | None = None
    direction: Direction | None = None
    outcome: CallOutcome | None = None
    since: datetime | None = None
    """At this moment or later."""
    until: datetime | None = None
    """Before this moment."""
    peers: Collection[str] | None = None
    """With one of these."""
    integrations: Collection[IntegrationId] | None = None
    """Of one of these."""


class CallReads(Protocol):
    """Reads of one company's call log."""

    async def page(self, company_id: CompanyId, *, where: CallFilter, after: Cursor | None, limit: int) -> JsonPage:
        """Calls, newest first. Raises InvalidCursor."""
        ...

    async def last(self, company_id: CompanyId, integration_id: IntegrationId) -> LastCalls:
        """When the integration's last call of each direction was OK, as far back as the log goes."""
        ...


class DeadLetterReads(Protocol):
    """Reads of one company's dead letters."""

    async def page(self, company_id: CompanyId, *, after: Cursor | None, limit: int) -> JsonPage:
        """Dead letters, newest first. Raises InvalidCursor."""
        ...


class UsageGrouping(StrEnum):
    """By what costs are put together, beside platform and category."""

    DAY = "day"
    ATTENDANT = "attendant"
    DEPARTMENT = "department"
    CHAT = "chat"


@frozen(kw_only=True)
class MonthSpent:
    """What was charged in a month of the company's calendar until now: sums by currency."""

    month: date
    """Its first day."""
    sums: Sequence[Money]

    def of(self, currency: str) -> Money | None:
        """The sum of this currency."""
        return next((money for money in self.sums if money.currency == currency), None)


class UsageReads(Protocol):
    """Reads of what one company's messages cost."""

    async def page(
        self,
        company_id: CompanyId,
        *,
        since: datetime,
        until: datetime,
        by: UsageGrouping,
        after: Cursor | None,
        limit: int,
    ) -> JsonPage:
        """Usage from `since` on until just before `until`, by group, platform, category and currency.

        Falling: of days the newest first. A day is one of the company's calendar. Raises InvalidCursor.
        """
        ...

    async def cost_between(self, company_id: CompanyId, since: datetime, until: datetime) -> Sequence[Money]:
        """The sums of what was charged from `since` on until just before `until`: one per currency, by its name."""
        ...

    async def spent_in_month(self, company_id: CompanyId, at: datetime) -> MonthSpent:
        """What was charged in the month of the company's calendar in which this moment is, until this moment."""
        ...
