"""Who counts as being there."""

from datetime import datetime, timedelta
from typing import Self

from attrs import evolve, frozen

GRACE = timedelta(seconds=10)
"""How long somebody without a connection still counts as being there: to reload a page is not to leave."""


@frozen(kw_only=True)
class Presence:
    """Somebody in one company: how many connections they have, and what they said of themselves.

    Online is who has a connection, or had one (or said that they are there) less than the grace time ago, and has not
    said that they are away. Having said so holds until they say otherwise, or have been gone for longer than the grace
    time: whoever then comes back is there.
    """

    connections: int = 0
    is_away: bool = False
    seen_at: datetime | None = None
    """When they were last heard of without a connection."""

    def connect(self, *, at: datetime, grace: timedelta) -> Self:
        """One more connection."""
        return evolve(self.remembered(at=at, grace=grace), connections=self.connections + 1)

    def disconnect(self, *, at: datetime) -> Self:
        """One less."""
        return evolve(self, connections=self.connections - 1, seen_at=at)

    def say(self, *, online: bool, at: datetime) -> Self:
        """What they say of themselves."""
        return evolve(self, is_away=not online, seen_at=at)

    def remembered(self, *, at: datetime, grace: timedelta) -> Self:
        """The same, or nothing more after they have been gone for so long."""
        return self if self.is_near(at=at, grace=grace) else type(self)()

    def is_near(self, *, at: datetime, grace: timedelta) -> bool:
        """Whether they have a connection, or were heard of within the grace time."""
        return self.connections > 0 or (self.seen_at is not None and at - self.seen_at < grace)

    def is_online(self, *, at: datetime, grace: timedelta) -> bool:
        """Whether they count as being there."""
        return not self.is_away and self.is_near(at=at, grace=grace)
