"""All live connections of this process, and what they are told."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import datetime
from itertools import groupby
from operator import attrgetter

import structlog
from attrs import define, field

from jaboti_domain.kernel.errors import Unavailable
from jaboti_domain.kernel.events import Audience, Recorded
from jaboti_domain.kernel.ids import CompanyId, UserId
from jaboti_domain.kernel.ports import EventStream, Notifier
from jaboti_entrypoints.realtime.closing import CloseCode
from jaboti_entrypoints.realtime.connections import Connection
from jaboti_entrypoints.realtime.feed import Feed
from jaboti_entrypoints.realtime.news import News
from jaboti_entrypoints.realtime.watch import LOOK_EVERY, Watch

AGAIN_AFTER = 1.0
AT_ONCE = 8
"""So many events are queued before those who send them get a turn: a burst must not look like a slow client."""

log = structlog.get_logger(__name__)
_company = attrgetter("company_id")


@define(eq=False, repr=False, kw_only=True)
class Hub:
    """One per process. It hears of every company's events and passes them to the feeds that somebody listens to."""

    stream: EventStream
    notifier: Notifier
    watch: Watch
    companions: Sequence[Callable[[Feed], Awaitable[None]]] = ()
    """What goes on beside each feed as long as it is followed; they never return, and never raise."""
    _feeds: dict[CompanyId, Feed] = field(factory=dict, init=False)
    _followers: dict[CompanyId, "asyncio.Task[None]"] = field(factory=dict, init=False)
    _connections: dict[Connection, Feed] = field(factory=dict, init=False)
    _deserted: asyncio.Event = field(factory=asyncio.Event, init=False)
    _is_leaving: bool = field(default=False, init=False)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Listen and watch as long as the block lasts; whoever is connected at its end is closed."""
        tasks = [
            asyncio.create_task(_for_good(self._listen, pause=AGAIN_AFTER)),
            asyncio.create_task(_for_good(self._look, pause=LOOK_EVERY)),
        ]
        try:
            yield
        finally:
            await self.leave(at_most=0)
            await _cancelled(*tasks, *self._followers.values())
            self._followers.clear()
            self._feeds.clear()

    async def leave(self, *, at_most: float = 5.0) -> None:
        """Send everyone away, to come back with their cursor, and wait until they are gone, or for so many seconds.

        To be called before the server closes its sockets. Who comes from now on is sent away at once.
        """
        self._is_leaving = True
        if not self._connections:
            return
        for connection in tuple(self._connections):
            connection.close(CloseCode.TRY_AGAIN)
        with suppress(TimeoutError):
            async with asyncio.timeout(at_most):
                await self._deserted.wait()

    @asynccontextmanager
    async def feed(self, company_id: CompanyId) -> AsyncIterator[Feed]:
        """The company's feed, which is followed as long as the block lasts. Raises Unavailable, also when leaving."""
        if self._is_leaving:
            raise Unavailable()
        feed = self._feeds.get(company_id) or self._begin(company_id)
        feed.members += 1
        try:
            await feed.open()
            yield feed
        finally:
            feed.members -= 1

    @property
    def connected(self) -> int:
        """How many are connected."""
        return len(self._connections)

    @contextmanager
    def watching(self, connection: Connection, feed: Feed) -> Iterator[None]:
        """Look after the connection as long as the block lasts; at its end the feed forgets it."""
        self._connections[connection] = feed
        self._deserted.clear()
        try:
            yield
        finally:
            feed.detach(connection)
            del self._connections[connection]
            if not self._connections:
                self._deserted.set()

    def hear(self, events: Sequence[Recorded]) -> None:
        """Word came of events."""
        for company_id, its_events in groupby(events, key=_company):
            feed = self._feeds.get(company_id)
            if feed is not None:
                feed.hear(list(its_events))

    def pass_on(
        self,
        company_id: CompanyId,
        news: News,
        audience: Audience,
        *,
        topic: str,
        at: datetime,
        but: UserId | None = None,
    ) -> None:
        """Tell something that is not kept to those here who may see it, except one user where one is given."""
        feed = self._feeds.get(company_id)
        if feed is not None:
            feed.pass_on(news, audience, topic=topic, at=at, but=but)

    def _begin(self, company_id: CompanyId) -> Feed:
        feed = self._feeds[company_id] = Feed(company_id, self.stream)
        self._followers[company_id] = asyncio.create_task(self._follow(feed))
        return feed

    async def _follow(self, feed: Feed) -> None:
        await asyncio.gather(feed.follow(), *(companion(feed) for companion in self.companions))

    async def _listen(self) -> None:
        async with self.notifier.listen() as heard:
            for feed in self._feeds.values():
                feed.look()
            async for events in heard:
                for first in range(0, len(events), AT_ONCE):
                    self.hear(events[first : first + AT_ONCE])
                    await asyncio.sleep(0)

    async def _look(self) -> None:
        for connection in await self.watch.look(tuple(self._connections)):
            feed = self._connections.get(connection)
            if feed is not None:
                feed.review()
        self._drop_deserted()

    def _drop_deserted(self) -> None:
        for company_id in [company_id for company_id, feed in self._feeds.items() if not feed.members]:
            del self._feeds[company_id]
            self._followers.pop(company_id).cancel()


async def _for_good(turn: Callable[[], Awaitable[None]], *, pause: float) -> None:
    while True:
        try:
            await turn()
        except Unavailable:
            log.warning("realtime.unavailable", turn=turn.__name__)
        except Exception:
            log.exception("realtime.turn_failed", turn=turn.__name__)
        await asyncio.sleep(pause)


async def _cancelled(*tasks: "asyncio.Task[None]") -> None:
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks)
