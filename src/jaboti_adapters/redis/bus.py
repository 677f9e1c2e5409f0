"""Messages between the processes of an installation: fire and forget.

What can't be delivered is dropped: whoever relies on a message looks for itself, every second or two.
"""

import asyncio
import secrets
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager

import structlog
from attrs import define, field
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)
PREFIX = "jaboti"
MOST = 10_000
"""So many messages wait to be sent; beyond that the oldest are dropped."""
AGAIN_AFTER = 0.5
ALIVE_EVERY = 5.0
PATIENCE = 1.0
"""Seconds for Redis to answer."""

EVERYBODY = bytes(8)
"""What a message begins with that its teller hears, too."""

Hearer = Callable[[bytes], Awaitable[None]]


@define(eq=False)
class RedisBus:
    """Tells others, and hears what they tell. Never raises, never waits."""

    redis: Redis
    _me: bytes = field(factory=lambda: secrets.token_bytes(8), init=False)
    _hearers: dict[bytes, list[Hearer]] = field(factory=dict, init=False)
    _waiting: "deque[tuple[str, bytes]]" = field(factory=lambda: deque(maxlen=MOST), init=False)
    _hints: set[str] = field(factory=set, init=False)
    _something: asyncio.Event = field(factory=asyncio.Event, init=False)
    _is_closing: bool = field(default=False, init=False)

    @classmethod
    @asynccontextmanager
    async def open(cls, url: str) -> AsyncIterator["RedisBus"]:
        """Connected as long as the block lasts, or trying to be."""
        redis = Redis.from_url(url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)
        bus = cls(redis)
        tasks = [asyncio.create_task(bus._for_good(turn)) for turn in (bus._tell_all, bus._hear_all)]
        try:
            yield bus
        finally:
            bus._is_closing = True
            await cancelled(tasks)
            await redis.aclose()

    def tell(self, topic: str, message: bytes) -> None:
        """Tell all others."""
        self._waiting.append((f"{PREFIX}:{topic}", self._me + message))
        self._something.set()

    def hint(self, topic: str) -> None:
        """Tell all others that there is something; one word stands for many."""
        self._hints.add(topic)
        self._something.set()

    def on(self, topic: str, hearer: Hearer) -> None:
        """Call `hearer` with whatever others tell about it. A topic may end in `*`."""
        self._hearers.setdefault(f"{PREFIX}:{topic}".encode(), []).append(hearer)

    async def _tell_all(self) -> None:
        while True:
            await self._something.wait()
            self._something.clear()
            for topic in self._hints:
                self._waiting.append((f"{PREFIX}:{topic}", self._me))
            self._hints.clear()
            while self._waiting:
                batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), 500))]
                pipe = self.redis.pipeline(transaction=False)
                for channel, message in batch:
                    pipe.publish(channel, message)  # type: ignore[unused-awaitable]  # it waits for execute
                await pipe.execute()

    async def _hear_all(self) -> None:
        async with self.redis.pubsub(ignore_subscribe_messages=True) as pubsub:
            await pubsub.psubscribe(f"{PREFIX}:*")
            while True:
                await self._hear(pubsub)

    async def _hear(self, pubsub: PubSub) -> None:
        told = await pubsub.get_message(timeout=ALIVE_EVERY)
        if told is None:
            await pubsub.ping()
            return
        channel, message = told["channel"], told["data"]
        if told["type"] != "pmessage" or message.startswith(self._me):
            return
        for pattern, hearers in self._hearers.items():
            if pattern == channel or (pattern.endswith(b"*") and channel.startswith(pattern[:-1])):
                for hearer in hearers:
                    await hearer(message[len(self._me) :])

    async def _for_good(self, turn: Callable[[], Awaitable[None]]) -> None:
        away = False
        while not self._is_closing:
            try:
                await turn()
            except (RedisError, OSError, TimeoutError) as error:
                if not away:
                    log.warning("redis.away", turn=turn.__name__, error=type(error).__name__)
                away = True
            except Exception:
                log.exception("redis.turn_failed", turn=turn.__name__)
            await asyncio.sleep(AGAIN_AFTER)


async def cancelled(tasks: Collection["asyncio.Task[None]"]) -> None:
    """Cancel them until they have ended: redis-py takes some cancellations for time-outs."""
    left = set(tasks)
    while left:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=0.1)
