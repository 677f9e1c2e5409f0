"""How often somebody may ask, and what they are told of it (draft-ietf-httpapi-ratelimit-headers-10)."""

import math

from attrs import frozen
from starlette.types import Scope

from jaboti_domain.identity.use_cases.access import Identity
from jaboti_domain.kernel.actor import Actor
from jaboti_domain.kernel.errors import TooMany
from jaboti_domain.kernel.ports import Rate, RateLimiter
from jaboti_entrypoints.application import Pace
from jaboti_entrypoints.rest.headers import address_of

LEFT = "jaboti.rate"
"""Where in the scope the headers about the caller's rate stand."""


@frozen
class Rates:
    """Counts requests: of a user over all their sessions, and of an address where nobody says who asks."""

    _limiter: RateLimiter
    _pace: Pace

    async def count(self, scope: Scope, holder: Actor | Identity | None, *, free: bool) -> None:
        """One more request. Raises TooMany."""
        rate = self._pace.address if holder is None else self._pace.user
        if free or rate is None:
            return
        allowance = await self._limiter.use(rate, _key(scope, holder))
        scope[LEFT] = _told(rate, allowance.remaining, allowance.reset_after)
        if not allowance.is_allowed:
            raise TooMany(retry_after=allowance.reset_after)


def _key(scope: Scope, holder: Actor | Identity | None) -> str:
    match holder:
        case Actor():
            return holder.user_id.hex
        case Identity():
            return holder.user.id.hex
    return address_of(scope)


def _told(rate: Rate, remaining: int, reset_after: float) -> tuple[tuple[bytes, bytes], ...]:
    policy = b'"%b";q=%d;w=%d' % (rate.name.encode(), rate.times, rate.per.total_seconds())
    left = b'"%b";r=%d;t=%d' % (rate.name.encode(), remaining, math.ceil(reset_after))
    return (b"ratelimit-policy", policy), (b"ratelimit", left)
