"""How the sum over some days is put together: of whole months where that is less to read, and of single days."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta

from attrs import frozen

MONTH_WEIGHS = 3
"""A month has about as many rows as so many days: not everybody works every day."""
DAY = timedelta(days=1)


@frozen(kw_only=True)
class Stretch:
    """Days or months (by their first days) from one to another, to be added, or to be taken away (`sign` -1)."""

    first: date
    last: date
    sign: int = 1

    def length(self, *, until: date = date.max) -> int:
        """How many days, not counting those after another one."""
        return max((min(self.last, until) - self.first).days + 1, 0)


NEVER = Stretch(first=date.max, last=date.min)


@frozen(kw_only=True)
class Cover:
    """Months, and days before and after that make up the rest, or are too many in them."""

    months: Stretch = NEVER
    before: Stretch = NEVER
    after: Stretch = NEVER


def cover(first: date, last: date, *, today: date) -> Cover:
    """The least to read. Of the days after today there is nothing to read, or next to nothing."""
    day_by_day = Cover(before=Stretch(first=first, last=last))
    before, begin = min(_beginnings(first), key=lambda choice: choice[0].length(until=today))
    after, end = min(_ends(last), key=lambda choice: choice[0].length(until=today))
    rest = before.length(until=today) + after.length(until=today)
    if begin > end or rest + MONTH_WEIGHS * (end - begin + 1) >= day_by_day.before.length(until=today):
        return day_by_day
    return Cover(months=Stretch(first=_month(begin), last=_month(end)), before=before, after=after)


def _beginnings(first: date) -> Iterator[tuple[Stretch, int]]:
    """Each way to begin, and the month with which whole ones begin."""
    month = _number(first)
    if first.day == 1:
        yield NEVER, month
        return
    yield Stretch(first=first, last=_end_of(first)), month + 1
    yield Stretch(first=first.replace(day=1), last=first - DAY, sign=-1), month


def _ends(last: date) -> Iterator[tuple[Stretch, int]]:
    """Each way to end, and the month with which whole ones end."""
    month = _number(last)
    if last == _end_of(last):
        yield NEVER, month
        return
    yield Stretch(first=last.replace(day=1), last=last), month - 1
    yield Stretch(first=last + DAY, last=_end_of(last), sign=-1), month


def _number(day: date) -> int:
    return day.year * 12 + day.month - 1


def _month(number: int) -> date:
    return date(number // 12, number % 12 + 1, 1)


def _end_of(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])
