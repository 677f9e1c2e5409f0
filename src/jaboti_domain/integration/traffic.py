"""How fast messages may go out, and when a platform is better left alone.

What is known of it is known to one process. It begins anew with the process, and nothing is lost by that: the platforms
say so themselves when too much comes.
"""

import random
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from datetime import datetime, timedelta
from typing import TypeVar

from attrs import define, field, frozen

from jaboti_domain.integration.errors import (
    GiveUp,
    MendSettings,
    NotTried,
    OutcomeUnknown,
    Scope,
    SendingFailed,
    SlowDown,
    TryAgain,
)
from jaboti_domain.integration.messaging import Platform
from jaboti_domain.integration.model import PER_SECOND, Integration
from jaboti_domain.kernel.ids import ClientId, IntegrationId

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
NOW = timedelta(0)
EARLY = timedelta(milliseconds=500)
"""Clocks differ: whose turn comes so soon has it now."""
IN_A_ROW = 5
"""So many failures of an integration in a row, and it is left alone for a while."""
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=2), timedelta(seconds=60)
PROBE = timedelta(seconds=10)
"""How long what was let through, to see whether the platform is back, is waited for."""
KEPT = 50_000
"""Buckets, of integrations and of pairs each; beyond that, those that were used least lately are forgotten, full."""


@frozen(kw_only=True)
class Flow:
    """So many messages a second, and so many at once after a rest."""

    per_second: float
    burst: int


@frozen(kw_only=True)
class Limits:
    """What a platform takes: from one number in all, and from it for one client."""

    number: Flow
    pair: Flow


LIMITS: Mapping[Platform, Limits] = {
    Platform.CLOUD_API: Limits(number=Flow(per_second=80, burst=80), pair=Flow(per_second=1 / 6, burst=45)),
    Platform.EVOLUTION_API: Limits(number=Flow(per_second=20, burst=40), pair=Flow(per_second=1, burst=20)),
}
"""CloudAPI's are Meta's; a phone's own session has none that are told, and is closed when it looks like a machine."""
OF_OTHERS = Limits(number=Flow(per_second=20, burst=40), pair=Flow(per_second=1, burst=20))


def limits_of(integration: Integration) -> Limits:
    """Its platform's, unless its settings say how many messages a second its number may send."""
    limits = LIMITS.get(integration.platform, OF_OTHERS)
    said = integration.settings.get(PER_SECOND)
    return limits if said is None else Limits(number=Flow(per_second=float(said), burst=int(said)), pair=limits.pair)


@define
class Bucket:
    """Tokens that come back in time; who finds none is told when theirs comes."""

    left: float
    at: datetime

    def take(self, flow: Flow, at: datetime) -> timedelta:
        """How long to wait for the token that is taken herewith; zero when it was there."""
        since = max(0.0, (at - self.at).total_seconds())
        self.left, self.at = min(flow.burst, self.left + since * flow.per_second) - 1, max(at, self.at)
        return timedelta(seconds=max(0.0, -self.left / flow.per_second))


@define
class Breaker:
    """Closed while all is well; open after failures in a row, and then one try at a time is let through."""

    means: tuple[object, ...]
    """With which settings and secrets it failed: with others nothing is known."""
    failures: int = 0
    pause: timedelta = FIRST_PAUSE
    until: datetime | None = None
    trouble: str | None = None
    is_probed: bool = False
    """Whether what was let through last is still under way."""

    def wait(self, at: datetime) -> timedelta:
        """How long to leave the platform alone; zero lets one try through."""
        if self.until is None:
            return NOW
        if at < self.until:
            return self.until - at
        self.until, self.is_probed = at + PROBE, True
        return NOW

    def failed(self, failure: SendingFailed, at: datetime) -> None:
        """The platform, or the way there, did not work; what was under way when it was left alone says nothing new."""
        self.failures += 1
        if self.until is not None and at < self.until and not self.is_probed:
            return
        at_once = isinstance(failure, MendSettings) or (
            isinstance(failure, SlowDown) and failure.scope is Scope.ACCOUNT
        )
        if not at_once and self.failures < IN_A_ROW:
            return
        self.until, self.is_probed = at + self._pause_after(failure, at_once=at_once), False
        self.trouble = f"{failure.error_code}: {failure.title}"

    def _pause_after(self, failure: SendingFailed, *, at_once: bool) -> timedelta:
        if isinstance(failure, SlowDown) and failure.retry_after is not None:
            return timedelta(seconds=failure.retry_after)
        if at_once:
            return LONGEST_PAUSE
        pause, self.pause = self.pause, min(self.pause * 2, LONGEST_PAUSE)
        return pause


@define(eq=False)
class Traffic:
    """What this process knows of the ways out: each number's and pair's bucket, and each integration's breaker."""

    chance: Callable[[], float] = random.random
    _numbers: OrderedDict[IntegrationId, Bucket] = field(factory=OrderedDict, init=False)
    _pairs: OrderedDict[tuple[IntegrationId, ClientId], Bucket] = field(factory=OrderedDict, init=False)
    _booked: OrderedDict[int, datetime] = field(factory=OrderedDict, init=False)
    """Errands that were told when to come again: they have their tokens."""
    _breakers: dict[IntegrationId, Breaker] = field(factory=dict, init=False)

    def closed_for(self, integration: Integration, at: datetime) -> timedelta:
        """How long it is to be left alone, because the platform is away or refuses it; zero lets one try through."""
        breaker = self._breakers.get(integration.id)
        if breaker is None or breaker.means != _means(integration):
            return NOW
        wait = breaker.wait(at)
        return wait and wait * (1 + self.chance() / 4)

    def book(self, errand_id: int, integration: Integration, client_id: ClientId, at: datetime) -> timedelta:
        """How long this message to this client has to wait for its turn; zero when it may go now.

        Who comes again after that time has its turn then.
        """
        if self._booked.pop(errand_id, at + PROBE) <= at + EARLY:
            return NOW
        limits = limits_of(integration)
        pair = _bucket(self._pairs, (integration.id, client_id), limits.pair, at)
        number = _bucket(self._numbers, integration.id, limits.number, at)
        wait = max(pair.take(limits.pair, at), number.take(limits.number, at))
        if wait:
            self._booked[errand_id] = at + wait
            _forget_most(self._booked)
        return wait

    def ended(self, integration: Integration, failure: SendingFailed | None, *, at: datetime) -> str | None:
        """Learn how a try ended; returns why the integration is left alone now, None when it is not."""
        if failure is None or not tells_of_platform(failure):
            if not isinstance(failure, NotTried):
                self._breakers.pop(integration.id, None)
            return None
        breaker = self._breakers.get(integration.id)
        if breaker is None or breaker.means != _means(integration):
            breaker = self._breakers[integration.id] = Breaker(_means(integration))
        breaker.failed(failure, at)
        return breaker.trouble


def tells_of_platform(failure: SendingFailed) -> bool:
    """Whether others would fail like this one: not so when only this message or this client is refused."""
    match failure:
        case GiveUp():
            return False
        case TryAgain():
            return failure.is_outage
        case SlowDown():
            return failure.scope is not Scope.PAIR
        case _:
            return isinstance(failure, MendSettings | OutcomeUnknown)


def _means(integration: Integration) -> tuple[object, ...]:
    return (integration.settings, integration.credentials)


def _bucket(buckets: OrderedDict[K, Bucket], key: K, flow: Flow, at: datetime) -> Bucket:
    bucket = buckets.get(key)
    if bucket is None:
        bucket = buckets[key] = Bucket(left=flow.burst, at=at)
        _forget_most(buckets)
    buckets.move_to_end(key)
    return bucket


def _forget_most(kept: OrderedDict[K, V]) -> None:
    if len(kept) > KEPT:
        kept.popitem(last=False)
