"""The way from where a client left off to the present."""

from collections.abc import AsyncIterator, Sequence
from typing import Self

from attrs import define

from jaboti_domain.kernel.events import Position
from jaboti_entrypoints.realtime.closing import CloseCode
from jaboti_entrypoints.realtime.connections import Connection
from jaboti_entrypoints.realtime.feed import Feed, Told
from jaboti_entrypoints.realtime.frames import Frame, cursor_of, position_of

NEARLY_THERE = 64
"""So few events are queued at once when a connection joins those who listen."""


@define(eq=False, repr=False)
class Replay:
    """What a connection missed, and then its place among those who listen: nothing is left out in between."""

    feed: Feed
    position: Position
    """Everything up to here was handed out, or was not asked for."""
    resumed: bool = False
    _page: Sequence[Told] | None = None
    _has_joined: bool = False

    @classmethod
    async def begin(cls, feed: Feed, resume: str | None) -> Self:
        """From the cursor where that is possible, else from now on. Raises Unavailable."""
        wanted = position_of(resume) if resume is not None else None
        if wanted is not None:
            replay = cls(feed, wanted)
            if await replay._can_begin():
                return replay
        return cls(feed, feed.position)

    @property
    def cursor(self) -> str:
        """Everything up to here was handed out."""
        return cursor_of(self.feed.position if self._has_joined else self.position)

    async def frames(self, connection: Connection) -> AsyncIterator[Frame]:
        """What was missed, as fast as it is taken; at the end the connection is attached to the feed.

        Raises Unavailable. A connection whose history is cut off meanwhile is closed.
        """
        while not self._join(connection):
            page = await self._next_page()
            if page is None:
                connection.close(CloseCode.TRY_AGAIN)
                return
            for told in page:
                frame = told.frame_for(connection.actor)
                if frame is not None:
                    yield frame
            self.position = Position(self.position.epoch, page[-1].event.seq)

    async def _can_begin(self) -> bool:
        if self.position.seq > self.feed.position.seq:
            await self.feed.catch_up()
        self._page = await self._next_page()
        self.resumed = self._page is not None
        return self.resumed

    async def _next_page(self) -> Sequence[Told] | None:
        if self.feed.position.epoch != self.position.epoch:
            return None
        page, self._page = self._page, None
        if not page:
            page = self.feed.remembered_after(self.position.seq)
        return page if page is not None else await self.feed.after(self.position.seq)

    def _join(self, connection: Connection) -> bool:
        missing = self.feed.remembered_after(self.position.seq)
        if missing is None or len(missing) > NEARLY_THERE or self.feed.position.epoch != self.position.epoch:
            return False
        for told in missing:
            frame = told.frame_for(connection.actor)
            if frame is not None:
                connection.send(frame)
        self.feed.attach(connection)
        self._has_joined, self._page = True, None
        return True
