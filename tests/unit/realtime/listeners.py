"""Somebody who listens, and streams that can misbehave."""

import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from attrs import define, evolve, field

from jaboti_domain.identity.ports import Grant
from jaboti_domain.kernel.actor import Actor, Role
from jaboti_domain.kernel.errors import Unavailable
from jaboti_domain.kernel.events import Audience, Position, Recorded
from jaboti_domain.kernel.ids import CompanyId, DepartmentId, SessionId, UserId, new_id
from jaboti_domain.kernel.ports import EventStream
from jaboti_entrypoints.realtime.closing import CloseCode
from jaboti_entrypoints.realtime.connections import Connection
from jaboti_entrypoints.realtime.frames import Frame

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
COMPANY = CompanyId(new_id())
EVERYONE = Audience(everyone=True)


def an_actor(*departments: DepartmentId, role: Role = Role.OPERATOR) -> Actor:
    """Somebody of the company."""
    return Actor(
        user_id=UserId(new_id()), company_id=COMPANY, role=role, name="Ana", departments=frozenset(departments)
    )


def a_grant(actor: Actor, *, expires_at: datetime = NOON + timedelta(minutes=10)) -> Grant:
    """What the actor's token says."""
    return Grant(
        user_id=actor.user_id, session_id=SessionId(new_id()), company_id=actor.company_id, expires_at=expires_at
    )


def an_event(seq: int, audience: Audience = EVERYONE, *, name: str = "chat.read", data: bytes = b"") -> Recorded:
    """An event of the company; by default somebody has read up to a message of the same number."""
    data = data or json.dumps({"chat_id": "c", "unread": seq}).encode()
    return Recorded(company_id=COMPANY, seq=seq, at=NOON, name=name, audience=audience, data=data)


@define(eq=False)
class Listener(Connection):
    """Keeps what it is told."""

    actor: Actor = field(factory=an_actor)
    grant: Grant = field(init=False)
    is_silent: bool = False
    frames: list[dict[str, Any]] = field(factory=list)
    closed: CloseCode | None = None
    _told: asyncio.Event = field(factory=asyncio.Event, init=False)

    @grant.default
    def _grant(self) -> Grant:
        return a_grant(self.actor)

    @property
    def cursors(self) -> list[str]:
        """Of every event that it was told, in order."""
        return [frame["cursor"] for frame in self.frames]

    @property
    def seqs(self) -> list[int]:
        """Their numbers."""
        return [int(cursor.partition("-")[2]) for cursor in self.cursors]

    def send(self, frame: Frame) -> None:
        self.frames.append(json.loads(frame.text))
        self._told.set()

    async def until(self, seq: int) -> None:
        """Return when it was told of this event; within a second."""
        async with asyncio.timeout(1):
            while seq not in self.seqs:
                self._told.clear()
                await self._told.wait()

    def close(self, code: CloseCode) -> None:
        self.closed = self.closed or code


@define(eq=False)
class KeptStream(EventStream):
    """One company's stream in a list; it takes a moment to read."""

    events: list[Recorded] = field(factory=list)
    epoch: int = 7
    begins_after: int = 0
    """What is older is no longer kept."""
    is_away: bool = False
    reads: int = 0

    def happen(self, *audiences: Audience) -> list[Recorded]:
        """More events, of which nobody was told yet."""
        first = len(self.events) + 1
        happened = [an_event(seq, audience) for seq, audience in enumerate(audiences or (EVERYONE,), first)]
        self.events += happened
        return happened

    def begin_anew(self, *events: Recorded) -> None:
        """All was lost."""
        self.epoch, self.events = self.epoch + 1, [evolve(event, seq=seq) for seq, event in enumerate(events, 1)]

    async def head(self, company_id: CompanyId) -> Position:
        await self._read()
        return Position(self.epoch, len(self.events))

    async def after(self, company_id: CompanyId, seq: int, *, limit: int) -> Sequence[Recorded] | None:
        found = self.events[seq : seq + limit]
        await self._read()
        return None if seq < self.begins_after else found

    async def _read(self) -> None:
        self.reads += 1
        await asyncio.sleep(0)
        if self.is_away:
            raise Unavailable()
