"""Who may go on listening."""

from collections.abc import Collection, Sequence
from datetime import datetime

import structlog
from attrs import evolve, frozen

from jaboti_domain.identity.model import Standing
from jaboti_domain.identity.ports import AccessReads
from jaboti_domain.kernel.errors import Unavailable
from jaboti_domain.kernel.ids import CompanyId, SessionId
from jaboti_domain.kernel.ports import Clock
from jaboti_entrypoints.realtime.closing import CloseCode
from jaboti_entrypoints.realtime.connections import Connection

LOOK_EVERY = 1.5
"""Seconds: what was revoked is closed within two."""

Standings = dict[tuple[SessionId, CompanyId | None], Standing | None]
log = structlog.get_logger(__name__)


@frozen
class Watch:
    """Looks after connections: closes those that may not listen any more, and keeps their actors true."""

    reads: AccessReads
    clock: Clock

    async def look(self, connections: Collection[Connection]) -> Sequence[Connection]:
        """One round; returns those whose actor has changed. While the store is away nobody's rights change."""
        now = self.clock()
        alive = [connection for connection in connections if not _is_over(connection, now)]
        try:
            standings = await self._standings(alive, now)
        except Unavailable:
            log.warning("realtime.rights_unknown", connections=len(alive))
            return []
        return [connection for connection in alive if _changed(connection, standings[_key(connection)])]

    async def _standings(self, connections: Collection[Connection], at: datetime) -> Standings:
        grants = {_key(connection): connection.grant for connection in connections}
        standings = await self.reads.standings(list(grants.values()), at=at) if grants else ()
        return dict(zip(grants, standings, strict=True))


def _key(connection: Connection) -> tuple[SessionId, CompanyId | None]:
    return connection.grant.session_id, connection.grant.company_id


def _is_over(connection: Connection, now: datetime) -> bool:
    if connection.grant.expires_at <= now:
        connection.close(CloseCode.UNAUTHENTICATED)
    elif connection.is_silent:
        connection.close(CloseCode.SILENT)
    else:
        return False
    return True


def _changed(connection: Connection, standing: Standing | None) -> bool:
    if standing is None:
        connection.close(CloseCode.SESSION_OVER)
        return False
    before = connection.actor
    after = evolve(before, role=standing.role, name=standing.name, departments=standing.departments)
    connection.actor = after
    return after != before
