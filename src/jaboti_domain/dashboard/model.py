"""How a user arranges their dashboard."""

import json
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Self

from attrs import define, field, frozen
from attrs.setters import frozen as frozen_field

from jaboti_domain.dashboard.errors import LayoutTooLarge, TooManyWidgets, WidgetsAlike
from jaboti_domain.kernel.events import Aggregate
from jaboti_domain.kernel.ids import CompanyId, UserId

MOST_WIDGETS = 50
LARGEST = 64 * 1024
"""Bytes of the widgets as JSON."""


class WidgetType(StrEnum):
    """What a widget shows: a part of the metrics, by its name."""

    CHATS_TODAY = "chatsToday"
    AVERAGE_WAIT = "averageWaitSeconds"
    AVERAGE_DURATION = "averageDurationSeconds"
    CLOUD_API_COST = "cloudApiCost24h"
    OPEN = "open"
    BUSINESS_HOURS = "businessHours"
    BY_DEPARTMENT = "byDepartment"
    BY_ATTENDANT = "byAttendant"
    BY_DAY = "series.day"
    BY_HOUR = "series.hour"


@frozen(kw_only=True)
class Widget:
    """One of them: `x`, `y`, `w` and `h` are its place on a grid. What its settings mean, the screen knows."""

    id: str
    type: WidgetType
    x: int
    y: int
    w: int
    h: int
    settings: Mapping[str, object] = field(factory=dict)

    @property
    def document(self) -> dict[str, object]:
        """As plain data."""
        place = {"x": self.x, "y": self.y, "w": self.w, "h": self.h}
        return {"id": self.id, "type": self.type.value, **place, "settings": self.settings}


@define(kw_only=True)
class Layout(Aggregate):
    """The widgets of one user in one company; in version 0 nothing was saved yet, and it is as for everyone."""

    company_id: CompanyId = field(on_setattr=frozen_field)
    user_id: UserId = field(on_setattr=frozen_field)
    widgets: Sequence[Widget]

    @classmethod
    def untouched(cls, company_id: CompanyId, user_id: UserId) -> Self:
        """What somebody has who never arranged it."""
        return cls(company_id=company_id, user_id=user_id, widgets=DEFAULT)

    def arrange(self, widgets: Sequence[Widget]) -> None:
        """Have these and no others. Raises TooManyWidgets, WidgetsAlike, LayoutTooLarge."""
        if len(widgets) > MOST_WIDGETS:
            raise TooManyWidgets(limit=MOST_WIDGETS)
        if len({widget.id for widget in widgets}) < len(widgets):
            raise WidgetsAlike()
        written = json.dumps([widget.document for widget in widgets], ensure_ascii=False, separators=(",", ":"))
        if len(written.encode()) > LARGEST:
            raise LayoutTooLarge(limit=LARGEST)
        self.widgets = tuple(widgets)


def _default() -> Sequence[Widget]:
    cards = (
        WidgetType.CHATS_TODAY,
        WidgetType.AVERAGE_WAIT,
        WidgetType.AVERAGE_DURATION,
        WidgetType.CLOUD_API_COST,
    )
    wide = (WidgetType.OPEN, WidgetType.BY_DAY, WidgetType.BY_DEPARTMENT, WidgetType.BY_ATTENDANT)
    return (
        *(Widget(id=kind.value, type=kind, x=3 * place, y=0, w=3, h=2) for place, kind in enumerate(cards)),
        *(
            Widget(id=kind.value, type=kind, x=6 * (place % 2), y=2 + 4 * (place // 2), w=6, h=4)
            for place, kind in enumerate(wide)
        ),
    )


DEFAULT = _default()
"""On a grid of twelve columns."""
