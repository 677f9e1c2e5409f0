"""Rates counted by Redis, for all processes together."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import structlog
from attrs import define, field
from limits import RateLimitItemPerSecond
from limits.aio.storage import RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter
from redis.asyncio import ConnectionPool
from redis.exceptions import RedisError

from jaboti_domain.kernel.ports import Allowance, Rate, RateLimiter

log = structlog.get_logger(__name__)
PATIENCE = 0.5
AWAY = 1.0
"""Seconds for which Redis is not asked again after it failed."""


@define(eq=False)
class RedisLimiter(RateLimiter):
    """While Redis is away each process counts by itself (`meanwhile`): then a rate holds for each of them."""

    _windows: MovingWindowRateLimiter
    _meanwhile: RateLimiter
    _away_until: float = field(default=0.0, init=False)

    @classmethod
    @asynccontextmanager
    async def open(cls, url: str, *, meanwhile: RateLimiter) -> AsyncIterator["RedisLimiter"]:
        """Its connections are closed at the end."""
        pool = ConnectionPool.from_url(url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)
        options: dict[str, Any] = {"connection_pool": pool}
        storage = RedisStorage(f"async+{url}", implementation="redispy", key_prefix="jaboti", **options)
        try:
            yield cls(MovingWindowRateLimiter(storage), meanwhile)
        finally:
            await pool.aclose()

    async def use(self, rate: Rate, key: str) -> Allowance:
        if time.monotonic() < self._away_until:
            return await self._meanwhile.use(rate, key)
        item = _item(rate)
        try:
            is_allowed = await self._windows.hit(item, rate.name, key)
            left = await self._windows.get_window_stats(item, rate.name, key)
        except (RedisError, OSError, TimeoutError) as error:
            self._gone(error)
            return await self._meanwhile.use(rate, key)
        reset_after = max(0.0, left.reset_time - time.time())
        return Allowance(is_allowed=is_allowed, remaining=left.remaining, reset_after=reset_after)

    async def forget(self, rate: Rate, key: str) -> None:
        await self._meanwhile.forget(rate, key)
        try:
            await self._windows.clear(_item(rate), rate.name, key)
        except (RedisError, OSError, TimeoutError) as error:
            self._gone(error)

    def _gone(self, error: Exception) -> None:
        log.warning("redis.away", what="limits", error=type(error).__name__)
        self._away_until = time.monotonic() + AWAY


def _item(rate: Rate) -> RateLimitItemPerSecond:
    return RateLimitItemPerSecond(rate.times, int(rate.per.total_seconds()), namespace="jaboti")
