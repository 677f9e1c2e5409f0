"""Slowing down those who guess passwords, without locking out those who know theirs.

At most 100 guesses a day are taken on one account: 50 from devices that it was never used on, all together, and 25 from
each of the two on which it was used last. So nobody who guesses from elsewhere can keep those two out. An address that
tries many accounts is slowed down too. Accounts that don't exist are counted in the same way.
"""

import hashlib
from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from attrs import frozen

from jaboti_domain.identity.errors import TooManyAttempts
from jaboti_domain.identity.model import Device, User
from jaboti_domain.kernel.ids import UserId
from jaboti_domain.kernel.ports import Rate, RateLimiter

DAY = timedelta(days=1)
STRANGE = Rate(name="sign-in strange", times=50, per=DAY)
KNOWN = Rate(name="sign-in known", times=25, per=DAY)
FROM_ADDRESS = Rate(name="sign-in address", times=300, per=timedelta(hours=1))
KNOWN_DEVICES = 2
NOBODY = UserId(UUID(int=0))


@frozen(kw_only=True)
class Attempt:
    """One that was let through, and under which name it was counted."""

    rate: Rate
    key: str


@frozen(kw_only=True)
class SignInGuard:
    """Asked before a password is looked at."""

    limiter: RateLimiter

    async def admit(self, email: str, device: Device, *, known: Collection[Device]) -> Attempt:
        """Let an attempt through; `known` are the devices that the account was used on. Raises TooManyAttempts."""
        account = _digest(email.strip().lower())
        if device in known:
            return await self._count(Attempt(rate=KNOWN, key=f"{account}:{_digest(device.name + device.address)}"))
        await self._count(Attempt(rate=FROM_ADDRESS, key=device.address))
        return await self._count(Attempt(rate=STRANGE, key=account))

    async def admit_change(self, user: User) -> Attempt:
        """The same for the current password, when somebody signed in wants another. Raises TooManyAttempts."""
        return await self._count(Attempt(rate=KNOWN, key=f"{_digest(user.email)}:change"))

    async def succeeded(self, attempt: Attempt) -> None:
        """The password was right: a device that is known may err as often again."""
        if attempt.rate is KNOWN:
            await self.limiter.forget(attempt.rate, attempt.key)

    async def _count(self, attempt: Attempt) -> Attempt:
        allowance = await self.limiter.use(attempt.rate, attempt.key)
        if not allowance.is_allowed:
            raise TooManyAttempts(retry_after=allowance.reset_after)
        return attempt


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
