"""Who comes and goes: told to the whole company, kept nowhere."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from attrs import frozen

from jaboti_domain.identity.ports import PresenceBoard, PresenceChange
from jaboti_domain.kernel.events import Audience
from jaboti_domain.kernel.ports import Clock
from jaboti_entrypoints.realtime.hub import Hub
from jaboti_entrypoints.realtime.news import News
from jaboti_entrypoints.realtime.shapes import AttendantPatch

log = structlog.get_logger(__name__)


@frozen(kw_only=True)
class Attendance:
    """Passes on what the board says, from whichever process it comes."""

    presence: PresenceBoard
    hub: Hub
    clock: Clock

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Pass on as long as the block lasts."""
        async with self.presence.changes() as changes:
            task = asyncio.create_task(self._pass_on(changes))
            try:
                yield
            finally:
                task.cancel()
                await asyncio.wait([task])

    async def _pass_on(self, changes: AsyncIterator[PresenceChange]) -> None:
        async for change in changes:
            try:
                self._tell(change)
            except Exception:
                log.exception("realtime.presence_failed")
            # Whoever sends gets a turn: a whole company that comes back at once must not look like slow clients.
            await asyncio.sleep(0)

    def _tell(self, change: PresenceChange) -> None:
        self.hub.pass_on(
            change.company_id,
            News(event="attendant.updated", data=AttendantPatch(id=str(change.user_id), online=change.online)),
            Audience(everyone=True),
            topic=f"presence {change.user_id}",
            at=self.clock(),
        )
