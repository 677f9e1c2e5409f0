"""The time in which a client may be answered freely.

Meta: 24 hours from the client's last message; 72 hours from our answer, when that answer came within 24 hours of a
message that began at an ad or a page's button (the free entry point). Each window only ever grows.
"""

from datetime import datetime, timedelta
from typing import Self

from attrs import evolve, frozen

from jaboti_domain.integration.messaging import Platform

WINDOWED = frozenset({Platform.CLOUD_API})
"""The platforms that have such a window; elsewhere anything may be sent at any time."""
SERVICE_WINDOW = timedelta(hours=24)
ENTRY_POINT_WINDOW = timedelta(hours=72)


@frozen(kw_only=True)
class ServiceWindow:
    """Closed from the beginning; `closes_at` never goes back."""

    closes_at: datetime | None = None
    entered_at: datetime | None = None
    """When the client came through an entry point that we have not answered yet."""

    def is_open(self, at: datetime) -> bool:
        """Whether free text may be sent at this moment."""
        return self.closes_at is not None and at < self.closes_at

    def written(self, at: datetime, *, entry_point: bool = False) -> Self:
        """The client wrote."""
        entered_at = max(filter(None, (self.entered_at, at)), default=None) if entry_point else self.entered_at
        return evolve(self, closes_at=_later(self.closes_at, at + SERVICE_WINDOW), entered_at=entered_at)

    def answered(self, at: datetime) -> Self:
        """We answered."""
        if self.entered_at is None:
            return self
        if at - self.entered_at > SERVICE_WINDOW:
            return evolve(self, entered_at=None)
        return evolve(self, closes_at=_later(self.closes_at, at + ENTRY_POINT_WINDOW), entered_at=None)


def _later(one: datetime | None, other: datetime) -> datetime:
    return other if one is None else max(one, other)
