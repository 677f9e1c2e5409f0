"""Rates counted in this process."""

import time

from attrs import field, frozen
from limits import RateLimitItemPerSecond
from limits.aio.storage import MemoryStorage, Storage
from limits.aio.strategies import MovingWindowRateLimiter

from jaboti_domain.kernel.ports import Allowance, Rate, RateLimiter


@frozen
class CountedUses(RateLimiter):
    """Exact over every stretch of time, wherever it begins: the times of uses are remembered."""

    storage: Storage = field(factory=MemoryStorage)
    _windows: MovingWindowRateLimiter = field(init=False)

    @_windows.default
    def _over_storage(self) -> MovingWindowRateLimiter:
        return MovingWindowRateLimiter(self.storage)

    async def use(self, rate: Rate, key: str) -> Allowance:
        item = _item(rate)
        is_allowed = await self._windows.hit(item, rate.name, key)
        left = await self._windows.get_window_stats(item, rate.name, key)
        reset_after = max(0.0, left.reset_time - time.time())
        return Allowance(is_allowed=is_allowed, remaining=left.remaining, reset_after=reset_after)

    async def forget(self, rate: Rate, key: str) -> None:
        await self._windows.clear(_item(rate), rate.name, key)


def _item(rate: Rate) -> RateLimitItemPerSecond:
    return RateLimitItemPerSecond(rate.times, int(rate.per.total_seconds()), namespace="jaboti")
