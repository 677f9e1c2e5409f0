"""Days that are put together of months are the same days."""

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaboti_adapters.postgres.queries.stretches import DAY, Cover, Stretch, cover

TODAY = date(2026, 11, 27)
days = st.dates(date(2024, 1, 1), date(2027, 12, 31))
lengths = st.one_of(st.integers(0, 40), st.integers(0, 400)).map(lambda count: timedelta(days=count))


def counted(covered: Cover) -> Counter[date]:
    """How often each day is counted."""
    found: Counter[date] = Counter()
    for stretch in (covered.before, covered.after):
        found.update({stretch.first + DAY * n: stretch.sign for n in range(stretch.length())})
    for n in range(covered.months.length()):
        day = covered.months.first + DAY * n
        if day.day == 1:
            found.update(day + DAY * m for m in range(31) if (day + DAY * m).month == day.month)
    return Counter({day: count for day, count in found.items() if count})


@given(days, lengths, days)
def test_each_day_that_is_asked_for_counts_once_and_no_other(first: date, length: timedelta, today: date) -> None:
    covered = cover(first, first + length, today=today)
    assert counted(covered) == Counter(first + DAY * n for n in range(length.days + 1))


@given(days, lengths, days)
def test_it_is_never_more_to_read_than_day_by_day(first: date, length: timedelta, today: date) -> None:
    covered = cover(first, first + length, today=today)
    read = sum(stretch.length(until=today) for stretch in (covered.before, covered.after))
    assert read <= Stretch(first=first, last=first + length).length(until=today)


def test_what_ends_today_ends_with_a_whole_month() -> None:
    covered = cover(date(2026, 8, 30), TODAY, today=TODAY)
    assert covered == Cover(
        before=Stretch(first=date(2026, 8, 30), last=date(2026, 8, 31)),
        months=Stretch(first=date(2026, 9, 1), last=date(2026, 11, 1)),
        after=Stretch(first=date(2026, 11, 28), last=date(2026, 11, 30), sign=-1),
    )


def test_a_week_is_read_day_by_day() -> None:
    assert cover(date(2026, 11, 21), TODAY, today=TODAY) == Cover(before=Stretch(first=date(2026, 11, 21), last=TODAY))


@pytest.mark.parametrize(("first", "last"), [(date.min, date.min), (date.max, date.max), (date(9998, 12, 5), date.max)])
def test_the_calendar_has_ends(first: date, last: date) -> None:
    covered = cover(first, last, today=TODAY)
    assert covered.before.first >= date.min
    assert covered.after.length() == 0
