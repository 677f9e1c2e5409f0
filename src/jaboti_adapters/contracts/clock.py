"""A clock that tests set."""

from datetime import datetime, timedelta

from attrs import define, field

from jaboti_adapters.clock import SystemClock
from jaboti_domain.kernel.ports import Clock


@define
class MovingClock(Clock):
    """Stands still, unless it is moved."""

    at: datetime = field(factory=SystemClock())

    def __call__(self) -> datetime:
        return self.at

    def advance(self, by: timedelta) -> None:
        """Let time pass."""
        self.at += by
