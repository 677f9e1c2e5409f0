"""Rates counted in this process."""

import time
from collections import deque
from collections.abc import Callable

from attrs import define, field

from jaboti_domain.kernel.ports import Allowance, Rate, RateLimiter

SWEEP = 10_000
"""After so many uses, who has not been here for long is forgotten."""


@define(eq=False)
class CountedUses(RateLimiter):
    """Exact over every stretch of time, wherever it begins: the times of uses are remembered."""

    _clock: Callable[[], float] = time.monotonic
    _uses: dict[tuple[str, str], tuple[float, deque[float]]] = field(factory=dict, init=False)
    """By rate and key: how long a use counts, and when there were some."""
    _counted: int = field(default=0, init=False)

    async def use(self, rate: Rate, key: str) -> Allowance:
        now, per = self._clock(), rate.per.total_seconds()
        _, uses = self._uses.setdefault((rate.name, key), (per, deque()))
        while uses and uses[0] <= now - per:
            uses.popleft()
        is_allowed = len(uses) < rate.times
        if is_allowed:
            uses.append(now)
        self._sweep(now)
        return Allowance(
            is_allowed=is_allowed, remaining=rate.times - len(uses), reset_after=uses[0] + per - now if uses else 0.0
        )

    async def forget(self, rate: Rate, key: str) -> None:
        self._uses.pop((rate.name, key), None)

    def _sweep(self, now: float) -> None:
        self._counted += 1
        if self._counted % SWEEP == 0:
            for name, (per, uses) in list(self._uses.items()):
                if not uses or uses[-1] <= now - per:
                    del self._uses[name]
