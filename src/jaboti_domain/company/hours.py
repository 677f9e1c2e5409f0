"""Business hours: when a company is open, by the clock on its wall.

All sums are made in local time, stretch by stretch, a stretch ending wherever the clock is put forward or back: an hour
that a clock skips is nobody's, and one that it shows twice counts twice.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Self, cast
from zoneinfo import ZoneInfo

from attrs import field, frozen

from jaboti_domain.company.errors import InvalidBusinessHours

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MOST_INTERVALS = 12
"""In a day."""
MOST_HOLIDAYS = 1000

_TIME = re.compile(r"(?:([01][0-9]|2[0-3]):([0-5][0-9])|24:00)", re.ASCII)
_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def minute_of(text: str) -> int:
    """`HH:MM` as minutes since midnight; `24:00` is the end of the day. Raises InvalidBusinessHours."""
    match = _TIME.fullmatch(text)
    if match is None:
        raise InvalidBusinessHours()
    return 24 * 60 if match[1] is None else int(match[1]) * 60 + int(match[2])


@frozen(order=True)
class Interval:
    """From one minute of the day until just before another. Raises InvalidBusinessHours unless it goes forward."""

    begin: int
    end: int

    def __attrs_post_init__(self) -> None:
        if not 0 <= self.begin < self.end <= 24 * 60:
            raise InvalidBusinessHours()

    @classmethod
    def of(cls, begin: str, end: str) -> Self:
        """Between two times written as `HH:MM`. Raises InvalidBusinessHours."""
        return cls(minute_of(begin), minute_of(end))

    def on(self, day: date) -> tuple[datetime, datetime]:
        """Where it stands on the wall clock of this day."""
        midnight = datetime.combine(day, datetime.min.time())
        return midnight + timedelta(minutes=self.begin), midnight + timedelta(minutes=self.end)


def _in_order(week: Iterable[Iterable[Interval]]) -> tuple[tuple[Interval, ...], ...]:
    return tuple(tuple(sorted(day)) for day in week)


def _dates(days: Iterable[date]) -> frozenset[date]:
    return frozenset(days)


@frozen(kw_only=True)
class BusinessHours:
    """The hours of each weekday, from Monday on, and the dates on which nobody comes.

    Raises InvalidBusinessHours when intervals of a day overlap (one may begin where another ends), or are too many.
    """

    week: tuple[tuple[Interval, ...], ...] = field(converter=_in_order)
    holidays: frozenset[date] = field(default=frozenset(), converter=_dates)

    def __attrs_post_init__(self) -> None:
        if len(self.week) != len(WEEKDAYS) or len(self.holidays) > MOST_HOLIDAYS:
            raise InvalidBusinessHours()
        for day in self.week:
            overlaps = any(one.end > other.begin for one, other in pairwise(day))
            if overlaps or len(day) > MOST_INTERVALS:
                raise InvalidBusinessHours()

    def of_day(self, day: date) -> tuple[Interval, ...]:
        """The hours of a date."""
        return () if day in self.holidays else self.week[day.weekday()]

    def is_open(self, at: datetime, zone: str) -> bool:
        """Whether the company is open at this moment, its clock being that of the time zone."""
        local = at.astimezone(ZoneInfo(zone))
        minute = local.hour * 60 + local.minute
        return any(interval.begin <= minute < interval.end for interval in self.of_day(local.date()))

    def seconds_between(self, start: datetime, end: datetime, zone: str) -> float:
        """How many seconds of [start, end) lie inside the hours; 0 when it ends before it starts."""
        stretches = _on_the_wall(start, end, ZoneInfo(zone))
        return sum((self._open_between(*stretch) for stretch in stretches), timedelta()).total_seconds()

    def record(self) -> Mapping[str, object]:
        """As plain data: `{week: {monday: [{from, to}], ...}, holidays: [date]}`."""
        week = {name: [_written(interval) for interval in day] for name, day in zip(WEEKDAYS, self.week, strict=True)}
        return {"week": week, "holidays": [day.isoformat() for day in sorted(self.holidays)]}

    @classmethod
    def of_record(cls, record: Mapping[str, object]) -> Self:
        """What `record` gave; a weekday that is not named is closed. Raises InvalidBusinessHours."""
        week = cast(Mapping[str, Sequence[Mapping[str, str]]], record["week"])
        days = [[Interval.of(each["from"], each["to"]) for each in week.get(name, ())] for name in WEEKDAYS]
        return cls(week=days, holidays=map(_date_of, cast(Sequence[str], record["holidays"])))

    def _open_between(self, begin: datetime, end: datetime) -> timedelta:
        days = (begin.date() + n * _DAY for n in range((end.date() - begin.date()).days + 1))
        hours = (interval.on(day) for day in days for interval in self.of_day(day))
        return sum((max(min(b, end) - max(a, begin), timedelta()) for a, b in hours), timedelta())


def _date_of(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InvalidBusinessHours() from error


def _written(interval: Interval) -> Mapping[str, str]:
    return {"from": _clock(interval.begin), "to": _clock(interval.end)}


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _on_the_wall(start: datetime, end: datetime, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    """The stretches of [start, end) in which the clock runs evenly, as it shows them."""
    begin, end = start.astimezone(UTC), end.astimezone(UTC)
    while begin < end:
        after, until = _even_until(begin, end, zone)
        yield begin.replace(tzinfo=None) + after, until.replace(tzinfo=None) + after
        begin = until


def _even_until(begin: datetime, end: datetime, zone: ZoneInfo) -> tuple[timedelta, datetime]:
    """How far the clock is ahead of UTC at the beginning, and until when at most `end` it stays so."""
    after = _offset(begin, zone)
    number = (begin - _EPOCH) // _DAY
    while True:
        number += 1
        turn = _turn_of_day(number - 1, zone)
        if turn is not None and begin < turn < end:
            return after, turn
        midnight = _EPOCH + number * _DAY
        if midnight >= end:
            return after, end


@lru_cache(maxsize=8192)
def _turn_of_day(number: int, zone: ZoneInfo) -> datetime | None:
    """The second in this day of UTC at which the clock is changed. No zone ever did so twice within a day."""
    low, high = 0, 24 * 60 * 60
    midnight = _EPOCH + number * _DAY
    before = _offset(midnight, zone)
    if _offset(midnight + _DAY, zone) == before:
        return None
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(midnight + middle * _SECOND, zone) == before:
            low = middle
        else:
            high = middle
    return midnight + high * _SECOND


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()
