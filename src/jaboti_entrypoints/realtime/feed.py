"""One company's events on their way to those who listen."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import islice

import msgspec
import structlog
from attrs import define, field

from jaboti_domain.chat.events import Milestone
from jaboti_domain.chat.routing import sees
from jaboti_domain.kernel.actor import Actor
from jaboti_domain.kernel.errors import Unavailable
from jaboti_domain.kernel.events import Audience, Position, Recorded
from jaboti_domain.kernel.ids import CompanyId, UserId
from jaboti_domain.kernel.ports import EventStream
from jaboti_entrypoints.realtime.closing import CloseCode
from jaboti_entrypoints.realtime.connections import Connection
from jaboti_entrypoints.realtime.frames import Frame, Frames, frames_of, passing_frame
from jaboti_entrypoints.realtime.news import News

REMEMBERED = 256
"""Events that a feed keeps in memory for those who come back."""
PAGE = 128
LOOK_EVERY = 2.0
RETRY_AFTER = 0.2
_AUDIENCES = 1024
TURNS = frozenset(milestone.name for milestone in Milestone.__subclasses__())
"""The events with which a chat changes its state, or whose it is."""

log = structlog.get_logger(__name__)


@define(eq=False)
class Told:
    """An event in a feed; its frames are made when the first one wants them."""

    event: Recorded
    epoch: int
    _frames: Frames | None = None
    _made: bool = False

    def frame_for(self, actor: Actor) -> Frame | None:
        """What is sent to them: None when there is nothing to tell, or they may not see it."""
        if not sees(actor, self.event.audience):
            return None
        frames = self.frames()
        return frames.of(actor.user_id) if frames else None

    def frames(self) -> Frames | None:
        """The frames, whoever may see them."""
        if not self._made:
            self._frames, self._made = self._make(), True
        return self._frames

    def _make(self) -> Frames | None:
        try:
            return frames_of(self.event, self.epoch)
        except msgspec.MsgspecError as error:
            log.error("realtime.unreadable_event", event_name=self.event.name, seq=self.event.seq, error=str(error))
            return None


@define(eq=False, repr=False)
class Feed:
    """Follows a company's stream: each event reaches each connection once, in the order of the stream.

    Words that come too early, twice or not at all do no harm: what does not follow the last event is passed over, and
    read from the stream instead.
    """

    company_id: CompanyId
    stream: EventStream
    position: Position = field(factory=lambda: Position(0, 0))
    """Everything up to here was told."""
    members: int = 0
    """Who has joined; a feed without any may be dropped."""
    turned: asyncio.Event = field(factory=asyncio.Event, init=False)
    """Set when a chat took a turn while somebody listened."""
    _remembered: deque[Told] = field(factory=lambda: deque(maxlen=REMEMBERED), init=False)
    _connections: set[Connection] = field(factory=set, init=False)
    _viewers: dict[Audience, tuple[Connection, ...]] = field(factory=dict, init=False)
    _woken: asyncio.Event = field(factory=asyncio.Event, init=False)
    _reading: asyncio.Lock = field(factory=asyncio.Lock, init=False)
    _is_open: bool = field(default=False, init=False)

    async def open(self) -> None:
        """Find out where the stream stands, and recall its newest events. Once open it stays so. Raises Unavailable."""
        async with self._reading:
            if not self._is_open:
                await self._begin()
                self._is_open = True

    def attach(self, connection: Connection) -> None:
        """Tell this connection everything that follows `position`."""
        self._connections.add(connection)
        self._viewers.clear()

    def detach(self, connection: Connection) -> None:
        """Tell it nothing more."""
        self._connections.discard(connection)
        self._viewers.clear()

    def review(self) -> None:
        """Somebody's rights have changed."""
        self._viewers.clear()

    def hear(self, events: Sequence[Recorded]) -> None:
        """Word came of events: tell those that follow; where some are missing before them, have them read."""
        for event in events:
            if event.seq == self.position.seq + 1 and self._is_open:
                self._tell(event)
        if events and events[-1].seq > self.position.seq:
            self._woken.set()

    def look(self) -> None:
        """Words may have been lost: see what the stream has."""
        self._woken.set()

    def pass_on(self, news: News, audience: Audience, *, topic: str, at: datetime, but: UserId | None = None) -> None:
        """Tell something that is not kept to those who may see it, except one user where one is given."""
        frame = passing_frame(news, at=at, position=self.position, topic=topic)
        for connection in self._seen_by(audience):
            if connection.actor.user_id != but:
                connection.send(frame)

    def tell_each(self, news_for: Callable[[Actor], News | None], *, topic: str, at: datetime) -> None:
        """Tell everyone what is theirs of something that is not kept. Who is given the same object shares a frame."""
        frames: dict[int, Frame] = {}
        for connection in self._connections:
            news = news_for(connection.actor)
            if news is not None:
                if id(news) not in frames:
                    frames[id(news)] = passing_frame(news, at=at, position=self.position, topic=topic)
                connection.send(frames[id(news)])

    def remembered_after(self, seq: int) -> Sequence[Told] | None:
        """The events after this one, without asking the stream; None when it is too long ago, or still to come."""
        skipped = len(self._remembered) - (self.position.seq - seq)
        if not 0 <= skipped <= len(self._remembered):
            return None
        return list(islice(self._remembered, skipped, None))

    async def after(self, seq: int) -> Sequence[Told] | None:
        """The same from the stream, a page of them; None when its history begins later. Raises Unavailable."""
        epoch = self.position.epoch
        events = await self.stream.after(self.company_id, seq, limit=PAGE)
        return [Told(event, epoch) for event in events] if events else None

    async def catch_up(self) -> None:
        """Tell what an open feed's stream has beyond `position`. Raises Unavailable."""
        async with self._reading:
            if self._is_open:
                await self._catch_up()

    async def follow(self) -> None:
        """Keep up with the stream for good: when woken, and every two seconds."""
        while True:
            await self._wait()
            try:
                await self.catch_up()
            except Unavailable:
                await asyncio.sleep(RETRY_AFTER)
            except Exception:
                log.exception("realtime.feed_failed", company_id=str(self.company_id))
                await asyncio.sleep(RETRY_AFTER)

    async def _wait(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_EVERY):
                await self._woken.wait()
        self._woken.clear()

    async def _catch_up(self) -> None:
        known = self.position
        head = await self.stream.head(self.company_id)
        if head.epoch != known.epoch or head.seq < known.seq:
            await self._begin()
        while self.position.seq < head.seq:
            events = await self.stream.after(self.company_id, self.position.seq, limit=PAGE)
            if not events:
                await self._begin()
                return
            self.hear(events)
            await asyncio.sleep(0)

    async def _begin(self) -> None:
        head = await self.stream.head(self.company_id)
        seq = max(0, head.seq - REMEMBERED)
        events = await self.stream.after(self.company_id, seq, limit=REMEMBERED)
        self._dismiss_all()
        self.position = Position(head.epoch, seq if events else head.seq)
        self._remembered.clear()
        for event in events or ():
            self._tell(event)

    def _dismiss_all(self) -> None:
        for connection in self._connections:
            connection.close(CloseCode.TRY_AGAIN)
        self._connections.clear()
        self._viewers.clear()

    def _tell(self, event: Recorded) -> None:
        self.position = Position(self.position.epoch, event.seq)
        told = Told(event, self.position.epoch)
        self._remembered.append(told)
        if self._connections and event.name in TURNS:
            self.turned.set()
        viewers = self._seen_by(event.audience)
        frames = told.frames() if viewers else None
        if frames is not None:
            for connection in viewers:
                connection.send(frames.of(connection.actor.user_id))

    def _seen_by(self, audience: Audience) -> tuple[Connection, ...]:
        viewers = self._viewers.get(audience)
        if viewers is None:
            viewers = tuple(connection for connection in self._connections if sees(connection.actor, audience))
            if len(self._viewers) >= _AUDIENCES:
                self._viewers.clear()
            self._viewers[audience] = viewers
        return viewers
