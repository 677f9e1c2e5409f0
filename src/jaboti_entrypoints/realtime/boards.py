"""The figures of the moment: told when they changed, to those who listen; kept nowhere."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import cache

import structlog
from attrs import frozen

from jaboti_domain.dashboard.queries import Board, View
from jaboti_domain.kernel.errors import Unavailable
from jaboti_domain.kernel.ids import CompanyId
from jaboti_domain.kernel.ports import Clock
from jaboti_entrypoints.realtime.feed import Feed
from jaboti_entrypoints.realtime.news import News
from jaboti_entrypoints.realtime.shapes import DashboardFigures, OpenChats

EVERY = 1.0
"""Seconds between two looks at the same company, however much happens there."""
EVENT = "dashboard.updated"

log = structlog.get_logger(__name__)


@frozen(kw_only=True)
class Boards:
    """Looks at a company after its chats took turns, once for all who listen; without a turn there is nothing to do."""

    look: Callable[[CompanyId], Awaitable[Board]]
    clock: Clock

    async def follow(self, feed: Feed) -> None:
        """Tell those who listen to a feed, for good; whose figures are what they were is told nothing."""
        last = await self._board(feed)
        if feed.turned.is_set():
            last = None
        while True:
            await feed.turned.wait()
            feed.turned.clear()
            board = await self._board(feed)
            if board is not None:
                self._tell(feed, board, last)
                last = board
            else:
                feed.turned.set()
            await asyncio.sleep(EVERY)

    async def _board(self, feed: Feed) -> Board | None:
        try:
            return await self.look(feed.company_id)
        except Unavailable:
            log.warning("realtime.board_unavailable", company_id=str(feed.company_id))
        except Exception:
            log.exception("realtime.board_failed", company_id=str(feed.company_id))
        return None

    def _tell(self, feed: Feed, board: Board, last: Board | None) -> None:
        """Without a last one, everybody is told."""

        @cache
        def news(view: View) -> News | None:
            figures = _figures(board, view)
            is_known = last is not None and figures == _figures(last, view)
            return None if is_known else News(event=EVENT, data=figures)

        feed.tell_each(lambda actor: news(View.of(actor)), topic=EVENT, at=self.clock())


def _figures(board: Board, view: View) -> DashboardFigures:
    opened, today = board.seen(view)
    return DashboardFigures(
        date=board.day.isoformat(),
        open=OpenChats(bot=opened.bot, pending=opened.pending, active=opened.active),
        chats_today=today.chats,
        average_wait_seconds=today.average_wait,
        average_duration_seconds=today.average_duration,
    )
