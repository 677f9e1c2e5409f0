"""Who is there, as all processes of an installation see it.

Redis keeps a hash of each company: per person their connections by process, what they said of themselves, and whether
they were last told to be online. A process changes a person by comparing and setting what it read, so that the rule
stays the domain's; and it says every few seconds that it lives, for connections of one that does not are over.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
import structlog
from attrs import define, field, frozen
from redis.exceptions import RedisError

from jaboti_adapters.hearing import Changes, Person, each_of
from jaboti_adapters.redis.bus import EVERYBODY, PREFIX, RedisBus, cancelled
from jaboti_domain.identity.ports import PresenceBoard, PresenceChange
from jaboti_domain.identity.presence import GRACE, Presence
from jaboti_domain.kernel.ids import CompanyId, UserId

log = structlog.get_logger(__name__)
TOPIC = "presence"
BEAT = 10.0
"""Seconds between two signs of life."""
DEAD_AFTER = 30.0
"""Seconds after which a process that gave none is taken to be dead."""
_ALIVE, _WHERE, _SWEEP = f"{PREFIX}:presence:alive", f"{PREFIX}:presence:where", f"{PREFIX}:presence:sweep"
_TRIES = 20
Rule = Callable[[Presence, datetime], Presence]
_AWAY = (RedisError, OSError, TimeoutError)

_COMPARE_AND_SET = """
local old = redis.call('HGET', KEYS[1], ARGV[1])
if (old or '') ~= ARGV[2] then return 0 end
if ARGV[3] == '' then redis.call('HDEL', KEYS[1], ARGV[1]) else redis.call('HSET', KEYS[1], ARGV[1], ARGV[3]) end
if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('SADD', KEYS[2], ARGV[4])
else redis.call('SREM', KEYS[2], ARGV[4]) end
if ARGV[5] ~= '' then redis.call('PUBLISH', KEYS[3], ARGV[5]) end
return 1
"""


def _as_they_are(presence: Presence, at: datetime) -> Presence:
    return presence


class _Kept(msgspec.Struct, array_like=True):
    """Of one person. `seen_at` is in seconds since 1970, by Redis' clock."""

    connections: dict[str, int] = {}
    is_away: bool = False
    seen_at: float | None = None
    was_told: bool = False


class _Word(msgspec.Struct, array_like=True):
    company_id: UUID
    user_id: UUID
    online: bool


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Kept).decode
_decode_word = msgspec.msgpack.Decoder(_Word).decode


@frozen(kw_only=True)
class _Moment:
    """When Redis was asked, and which processes lived then."""

    at: datetime
    alive: frozenset[str]

    def of_living(self, kept: _Kept) -> _Kept:
        """Without the connections of the dead, which end now."""
        living = {process: count for process, count in kept.connections.items() if process in self.alive}
        if len(living) == len(kept.connections):
            return kept
        return _Kept(living, kept.is_away, self.at.timestamp(), kept.was_told)


@define(eq=False)
class RedisPresence(PresenceBoard):
    """While Redis is away everybody counts as they last did; afterwards each process says again who is with it."""

    _bus: RedisBus
    _grace: timedelta
    _me: str = field(factory=lambda: secrets.token_hex(8), init=False)
    _here: dict[Person, int] = field(factory=dict, init=False)
    _last: dict[CompanyId, frozenset[UserId]] = field(factory=dict, init=False)
    _reviews: dict[Person, "asyncio.Task[None]"] = field(factory=dict, init=False)
    _listeners: set[Changes] = field(factory=set, init=False)
    _is_over: bool = field(default=False, init=False)
    """Who leaves later has left with the process: nothing is said of them, on a connection that nobody would close."""

    @classmethod
    @asynccontextmanager
    async def open(cls, bus: RedisBus, *, grace: timedelta = GRACE) -> AsyncIterator["RedisPresence"]:
        """Gives signs of life as long as the block lasts."""
        board = cls(bus, grace)
        bus.on(TOPIC, board._hear)
        await board._beat()
        beating = asyncio.create_task(board._beat_on())
        try:
            yield board
        finally:
            board._is_over = True
            await cancelled([beating, *board._reviews.values()])
            await board._bury()

    @asynccontextmanager
    async def connected(self, company_id: CompanyId, user_id: UserId) -> AsyncIterator[None]:
        person = (company_id, user_id)
        await self._count(person, 1)
        try:
            yield
        finally:
            await self._count(person, -1)

    async def say(self, company_id: CompanyId, user_id: UserId, *, online: bool) -> None:
        await self._change((company_id, user_id), lambda p, at: p.say(online=online, at=at))

    async def online(self, company_id: CompanyId) -> Collection[UserId]:
        try:
            people, moment = await self._people(company_id)
        except _AWAY:
            return self._last.get(company_id, frozenset())
        there = frozenset(user for user, kept in people.items() if self._is_online(moment.of_living(kept), moment.at))
        self._last[company_id] = there
        return there

    @asynccontextmanager
    async def changes(self) -> AsyncIterator[AsyncIterator[PresenceChange]]:
        heard = Changes()
        self._listeners.add(heard)
        try:
            yield each_of(heard)
        finally:
            self._listeners.discard(heard)

    async def _hear(self, message: bytes) -> None:
        word = _decode_word(message)
        change = PresenceChange(company_id=CompanyId(word.company_id), user_id=UserId(word.user_id), online=word.online)
        for changes in self._listeners:
            changes.put_nowait(change)

    async def _count(self, person: Person, step: int) -> None:
        self._here[person] = self._here.get(person, 0) + step
        if not self._here[person]:
            del self._here[person]
        if step > 0:
            await self._change(person, lambda p, at: p.connect(at=at, grace=self._grace), step)
        else:
            await self._change(person, lambda p, at: p.disconnect(at=at), step)

    async def _change(self, person: Person, rule: Rule = _as_they_are, step: int = 0) -> None:
        """Apply a rule of the domain; what is near but not connected is looked at again after the grace time."""
        if self._is_over:
            return
        try:
            for _ in range(_TRIES):
                presence = await self._try(person, rule, step)
                if presence is not None:
                    self._look_again(person, presence)
                    return
            log.warning("presence.contended")
        except _AWAY as error:
            log.info("redis.away", what="presence", error=type(error).__name__)

    async def _try(self, person: Person, rule: Rule, step: int) -> Presence | None:
        """None when somebody else changed them meanwhile. By `step` their connections here changed already."""
        company_id, user_id = person
        key, name = _key(company_id), user_id.bytes
        old, moment = await self._read(key, name)
        kept = moment.of_living(_decode(old)) if old else _Kept()
        counted = self._connections(kept, person)
        before = self._presence(kept, sum(counted.values()) - step)
        presence = rule(before, moment.at).remembered(at=moment.at, grace=self._grace)
        online = presence.is_online(at=moment.at, grace=self._grace)
        new = _Kept(
            counted,
            presence.is_away,
            presence.seen_at.timestamp() if presence.seen_at else None,
            online,
        )
        near = presence.is_near(at=moment.at, grace=self._grace)
        word = EVERYBODY + _encode(_Word(company_id, user_id, online)) if online != kept.was_told else b""
        keys = (key, _WHERE, f"{PREFIX}:{TOPIC}")
        values = (name, old, _encode(new) if near else b"", company_id.bytes, word)
        done = await self._bus.redis.eval(_COMPARE_AND_SET, len(keys), *keys, *values)
        return presence if done else None

    def _connections(self, kept: _Kept, person: Person) -> dict[str, int]:
        others = {process: count for process, count in kept.connections.items() if process != self._me}
        return {**others, self._me: self._here[person]} if person in self._here else others

    def _presence(self, kept: _Kept, connections: int) -> Presence:
        return Presence(
            connections=connections,
            is_away=kept.is_away,
            seen_at=datetime.fromtimestamp(kept.seen_at, UTC) if kept.seen_at is not None else None,
        )

    def _is_online(self, kept: _Kept, at: datetime) -> bool:
        return self._presence(kept, sum(kept.connections.values())).is_online(at=at, grace=self._grace)

    def _look_again(self, person: Person, presence: Presence) -> None:
        if (review := self._reviews.pop(person, None)) is not None:
            review.cancel()
        if not presence.connections and presence.seen_at is not None:
            self._reviews[person] = asyncio.create_task(self._review(person))

    async def _review(self, person: Person) -> None:
        await asyncio.sleep(self._grace.total_seconds() + 0.01)
        del self._reviews[person]
        await self._change(person)

    async def _read(self, key: str, name: bytes) -> tuple[bytes, _Moment]:
        pipe = self._bus.redis.pipeline(transaction=False)
        pipe.hget(key, name)  # type: ignore[unused-awaitable]  # it waits for execute
        pipe.time()  # type: ignore[unused-awaitable]
        pipe.zrange(_ALIVE, 0, -1, withscores=True)  # type: ignore[unused-awaitable]
        old, (seconds, micros), alive = await pipe.execute()
        return old or b"", self._moment(seconds + micros / 1e6, alive)

    async def _people(self, company_id: CompanyId) -> tuple[Mapping[UserId, _Kept], _Moment]:
        pipe = self._bus.redis.pipeline(transaction=False)
        pipe.hgetall(_key(company_id))  # type: ignore[unused-awaitable]
        pipe.time()  # type: ignore[unused-awaitable]
        pipe.zrange(_ALIVE, 0, -1, withscores=True)  # type: ignore[unused-awaitable]
        people, (seconds, micros), alive = await pipe.execute()
        known = {UserId(UUID(bytes=name)): _decode(kept) for name, kept in people.items()}
        return known, self._moment(seconds + micros / 1e6, alive)

    def _moment(self, now: float, alive: Collection[tuple[bytes, float]]) -> _Moment:
        living = {process.decode() for process, at in alive if now - at < DEAD_AFTER}
        return _Moment(at=datetime.fromtimestamp(now, UTC), alive=frozenset(living | {self._me}))

    async def _beat_on(self) -> None:
        while True:
            await asyncio.sleep(BEAT)
            await self._beat()

    async def _beat(self) -> None:
        """We live, these are with us, and those whose process died are gone."""
        try:
            redis = self._bus.redis
            seconds, micros = await redis.time()
            now = seconds + micros / 1e6
            await redis.zadd(_ALIVE, {self._me: now})
            await redis.zremrangebyscore(_ALIVE, 0, now - DEAD_AFTER)
            for company_id in {company for company, _ in self._here}:
                await self._say_again(company_id)
            if await redis.set(_SWEEP, self._me, nx=True, px=int(BEAT * 900)):
                names = await redis.smembers(_WHERE)
                for company_id in [CompanyId(UUID(bytes=name)) for name in names if isinstance(name, bytes)]:
                    await self._sweep(company_id)
        except _AWAY:
            return

    async def _say_again(self, company_id: CompanyId) -> None:
        people, _ = await self._people(company_id)
        for company, user in list(self._here):
            kept = people.get(user, _Kept())
            if company == company_id and kept.connections.get(self._me) != self._here.get((company, user)):
                await self._change((company, user))

    async def _sweep(self, company_id: CompanyId) -> None:
        people, moment = await self._people(company_id)
        for user, kept in people.items():
            living = moment.of_living(kept)
            presence = self._presence(living, sum(living.connections.values()))
            if living is not kept or not presence.is_near(at=moment.at, grace=self._grace):
                await self._change((company_id, user))

    async def _bury(self) -> None:
        """A process that ends tells so."""
        try:
            await self._bus.redis.zrem(_ALIVE, self._me)
        except _AWAY:
            return


def _key(company_id: CompanyId) -> str:
    return f"{PREFIX}:presence:of:{company_id.hex}"
