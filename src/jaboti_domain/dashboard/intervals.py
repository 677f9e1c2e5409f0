"""A chat's life as intervals: each second of it belongs to exactly one.

Times count in whole seconds, and a milestone is never before the last one, whatever the clocks said. So the intervals
lie side by side, and sums are the same however a stretch of time is cut.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol, cast
from zoneinfo import ZoneInfo

from attrs import evolve, frozen

from jaboti_domain.chat.events import (
    ChatEnded,
    ChatOpened,
    ChatQueued,
    ChatReleased,
    ChatReopened,
    ChatStarted,
    ChatTransferred,
    Milestone,
)
from jaboti_domain.chat.routing import ChatStatus
from jaboti_domain.company.hours import BusinessHours
from jaboti_domain.kernel.events import Named
from jaboti_domain.kernel.ids import DepartmentId, UserId

Whose = tuple[DepartmentId | None, UserId | None]
"""In which department a chat stands, and with whom."""


class Hours(Protocol):
    """When a company does business."""

    def seconds_between(self, start: datetime, end: datetime) -> int:
        """How many seconds of a stretch it does business.

        Both moments are whole seconds, and `end` is not before `start`. A stretch that is cut has the same sum.
        """
        ...


@frozen
class AlwaysOpen(Hours):
    """Day and night."""

    def seconds_between(self, start: datetime, end: datetime) -> int:
        return _seconds(start, end)


@frozen(kw_only=True)
class Calendar:
    """How a company divides its time."""

    zone: ZoneInfo
    hours: Hours

    def place_of(self, at: datetime) -> tuple[date, int]:
        """The day that it is there at this moment, and the hour of the day: 0 to 23, also where one comes twice."""
        there = at.astimezone(self.zone)
        return there.date(), there.hour


@frozen
class Open(Hours):
    """As a company says."""

    hours: BusinessHours
    time_zone: str

    def seconds_between(self, start: datetime, end: datetime) -> int:
        return int(self.hours.seconds_between(start, end, self.time_zone))


def calendar_of(time_zone: str, hours: BusinessHours | None) -> Calendar:
    """The calendar of a company; without hours it is always open."""
    return Calendar(zone=ZoneInfo(time_zone), hours=Open(hours, time_zone) if hours else AlwaysOpen())


@frozen(kw_only=True)
class Interval:
    """A stretch of a chat's life in which nothing changed hands.

    `day` and `hour` are the company's when it began, by its time zone of then. `seconds` are None while it goes on.
    """

    version: int
    """The chat's, by the milestone that it began with."""
    state: ChatStatus
    department_id: DepartmentId | None = None
    attendant_id: UserId | None = None
    since: datetime
    day: date
    hour: int
    seconds: int | None = None
    business_seconds: int | None = None

    @property
    def whose(self) -> Whose:
        """Where it counts."""
        return self.department_id, self.attendant_id

    def until(self, at: datetime, hours: Hours) -> "Interval":
        """The same, at its end."""
        business = hours.seconds_between(self.since, at)
        return evolve(self, seconds=_seconds(self.since, at), business_seconds=business)


def lived_on(life: Sequence[Interval], milestone: Milestone, calendar: Calendar) -> list[Interval]:
    """The life with one more milestone: its last interval ends, and another begins."""
    last = life[-1] if life else None
    at = milestone.at.replace(microsecond=0)
    at = max(at, last.since) if last else at
    state, (department_id, attendant_id) = _stands(last, milestone)
    day, hour = calendar.place_of(at)
    begun = Interval(
        version=milestone.version,
        state=state,
        department_id=department_id,
        attendant_id=attendant_id,
        since=at,
        day=day,
        hour=hour,
    )
    return [*life[:-1], last.until(at, calendar.hours), begun] if last else [begun]


def life_of(milestones: Sequence[Milestone], calendar: Calendar) -> list[Interval]:
    """The life that these milestones tell, oldest first."""
    life: list[Interval] = []
    for milestone in milestones:
        life = lived_on(life, milestone, calendar)
    return life


def _stands(last: Interval | None, milestone: Milestone) -> tuple[ChatStatus, Whose]:
    department_id, attendant_id = last.whose if last else (None, None)
    match milestone:
        case ChatOpened():
            return ChatStatus(milestone.status), (None, _user(milestone.attendant))
        case ChatQueued():
            return ChatStatus.PENDING, (_department(milestone.department), None)
        case ChatReopened() | ChatReleased():
            return ChatStatus.PENDING, (department_id, None)
        case ChatStarted():
            return ChatStatus.ACTIVE, (department_id, _user(milestone.attendant))
        case ChatTransferred(attendant=Named() as attendant):
            return ChatStatus.ACTIVE, (department_id, _user(attendant))
        case ChatTransferred():
            return ChatStatus.PENDING, (_department(milestone.department), None)
        case ChatEnded():
            return ChatStatus.CLOSED, (department_id, attendant_id)
    raise TypeError(f"{milestone.name} is not known to change a chat's state")


def _user(named: Named | None) -> UserId | None:
    return cast(UserId, named.id) if named else None


def _department(named: Named | None) -> DepartmentId | None:
    return cast(DepartmentId, named.id) if named else None


def _seconds(start: datetime, end: datetime) -> int:
    return int((end - start).total_seconds())
