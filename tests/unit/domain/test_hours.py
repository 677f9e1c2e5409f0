"""Business hours: by the wall clock, also where it is put forward or back."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jaboti_domain.company.errors import InvalidBusinessHours
from jaboti_domain.company.hours import MOST_INTERVALS, BusinessHours, Interval
from jaboti_domain.company.model import Company

SAO_PAULO, NEW_YORK, APIA = "America/Sao_Paulo", "America/New_York", "Pacific/Apia"
MINUTE = timedelta(minutes=1)
ZONES = [
    SAO_PAULO,
    NEW_YORK,
    APIA,
    "Europe/Lisbon",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Africa/Casablanca",
    "UTC",
]
TURNS = [
    datetime(2018, 11, 4, 3, tzinfo=UTC),  # São Paulo, whose midnight did not exist
    datetime(2019, 2, 17, 2, tzinfo=UTC),  # and the hour before midnight came twice
    datetime(2026, 3, 8, 7, tzinfo=UTC),  # New York
    datetime(2026, 11, 1, 6, tzinfo=UTC),
    datetime(2026, 3, 29, 1, tzinfo=UTC),  # Lisbon
    datetime(2026, 4, 4, 15, tzinfo=UTC),  # Lord Howe, by half an hour
    datetime(2011, 12, 30, 10, tzinfo=UTC),  # Apia left out a whole day
]
OFFICE = [Interval.of("09:00", "12:00"), Interval.of("13:00", "18:00")]
WORKDAYS = BusinessHours(week=[OFFICE] * 5 + [[Interval.of("09:00", "13:00")], []], holidays=[date(2026, 12, 25)])


def local(zone: str, *when: int, fold: int = 0) -> datetime:
    return datetime(*when, tzinfo=ZoneInfo(zone), fold=fold)  # type: ignore[arg-type,misc]  # year, month, day, ...


@pytest.mark.parametrize(
    ("when", "is_open"),
    [
        ((2026, 11, 27, 9, 0), True),
        ((2026, 11, 27, 8, 59, 59), False),
        ((2026, 11, 27, 12, 0), False),
        ((2026, 11, 27, 17, 59, 59), True),
        ((2026, 11, 28, 12, 59), True),
        ((2026, 11, 28, 13, 0), False),
        ((2026, 11, 29, 10, 0), False),
        ((2026, 12, 25, 10, 0), False),
    ],
)
def test_a_company_is_open_from_the_first_minute_until_just_before_the_last(
    when: tuple[int, ...], is_open: bool
) -> None:
    assert WORKDAYS.is_open(local(SAO_PAULO, *when), SAO_PAULO) is is_open


def test_the_same_moment_is_another_hour_elsewhere() -> None:
    moment = local(SAO_PAULO, 2026, 11, 27, 9, 30)
    assert WORKDAYS.is_open(moment, SAO_PAULO)
    assert not WORKDAYS.is_open(moment, "Asia/Tokyo")


def test_a_week_has_so_many_seconds() -> None:
    monday = local(SAO_PAULO, 2026, 11, 23)
    assert WORKDAYS.seconds_between(monday, monday + timedelta(days=7), SAO_PAULO) == (5 * 8 + 4) * 3600
    assert WORKDAYS.seconds_between(monday + timedelta(days=7), monday, SAO_PAULO) == 0


def test_parts_of_seconds_count() -> None:
    opening = local(SAO_PAULO, 2026, 11, 27, 9)
    begin, end = opening - timedelta(milliseconds=300), opening + timedelta(milliseconds=250)
    assert WORKDAYS.seconds_between(begin, end, SAO_PAULO) == 0.25


def test_an_hour_that_is_skipped_is_nobodys_and_one_that_comes_twice_counts_twice() -> None:
    nights = BusinessHours(week=[[Interval.of("01:00", "04:00")]] * 7)
    in_spring, in_autumn = local(NEW_YORK, 2026, 3, 8), local(NEW_YORK, 2026, 11, 1)
    assert nights.seconds_between(in_spring, in_spring + timedelta(days=1), NEW_YORK) == 2 * 3600
    assert nights.seconds_between(in_autumn, in_autumn + timedelta(days=1), NEW_YORK) == 4 * 3600


def test_a_day_that_a_country_leaves_out_is_nobodys() -> None:
    always = BusinessHours(week=[[Interval.of("00:00", "24:00")]] * 7)
    begin, end = local(APIA, 2011, 12, 29), local(APIA, 2012, 1, 1)
    assert always.seconds_between(begin, end, APIA) == (end.timestamp() - begin.timestamp()) == 2 * 86400


INTERVALS = st.lists(st.integers(0, 24 * 60), unique=True, max_size=6).map(
    lambda minutes: [Interval(a, b) for a, b in zip(*[iter(sorted(minutes))] * 2, strict=False)]
)
HOURS = st.builds(
    BusinessHours,
    week=st.lists(INTERVALS, min_size=7, max_size=7),
    holidays=st.lists(st.sampled_from([turn.date() + n * timedelta(days=1) for turn in TURNS for n in (-1, 0, 1)])),
)


@settings(max_examples=150, deadline=None)
@given(HOURS, st.sampled_from(ZONES), st.sampled_from(TURNS), st.integers(-2000, 2000), st.integers(0, 2500))
def test_it_agrees_with_a_walk_from_minute_to_minute(
    hours: BusinessHours, zone: str, turn: datetime, offset: int, minutes: int
) -> None:
    begin = turn + offset * MINUTE
    walked = sum(60 for n in range(minutes) if hours.is_open(begin + n * MINUTE, zone))
    assert hours.seconds_between(begin, begin + minutes * MINUTE, zone) == walked


@settings(max_examples=50, deadline=None)
@given(HOURS, st.sampled_from(ZONES), st.sampled_from(TURNS), st.integers(-4000, 4000), st.integers(0, 4000))
def test_it_agrees_with_a_walk_from_second_to_second(
    hours: BusinessHours, zone: str, turn: datetime, offset: int, seconds: int
) -> None:
    begin = turn + timedelta(seconds=offset)
    walked = sum(hours.is_open(begin + timedelta(seconds=n), zone) for n in range(seconds))
    assert hours.seconds_between(begin, begin + timedelta(seconds=seconds), zone) == walked


@settings(max_examples=50, deadline=None)
@given(HOURS, st.sampled_from(ZONES), st.lists(st.integers(0, 2_000_000_000), min_size=3))
def test_stretches_add_up(hours: BusinessHours, zone: str, moments: list[int]) -> None:
    first, *_, last = ordered = [datetime.fromtimestamp(moment, UTC) for moment in sorted(moments)]
    parts = [hours.seconds_between(*each, zone) for each in pairwise(ordered)]
    assert sum(parts) == hours.seconds_between(first, last, zone)


@given(HOURS)
def test_what_is_written_down_is_read_again(hours: BusinessHours) -> None:
    assert BusinessHours.of_record(hours.record()) == hours


def test_hours_may_touch_and_end_at_midnight() -> None:
    day = [Interval.of("18:00", "24:00"), Interval.of("12:00", "18:00")]
    hours = BusinessHours(week=[day] * 7)
    assert hours.record()["week"]["monday"] == [  # type: ignore[index]  # plain data
        {"from": "12:00", "to": "18:00"},
        {"from": "18:00", "to": "24:00"},
    ]


@pytest.mark.parametrize(
    "day",
    [
        [("09:00", "12:00"), ("11:59", "13:00")],
        [("09:00", "09:00")],
        [("12:00", "09:00")],
        [("24:00", "24:00")],
        [("9:00", "12:00")],
        [("09:00", "24:01")],
        [("09:00", "25:00")],
        [("٠٩:٠٠", "12:00")],
        [("09:00:00", "12:00")],
        [(f"{hour:02}:00", f"{hour:02}:30") for hour in range(MOST_INTERVALS + 1)],
    ],
)
def test_hours_go_forward_and_do_not_overlap(day: list[tuple[str, str]]) -> None:
    with pytest.raises(InvalidBusinessHours):
        BusinessHours(week=[[Interval.of(*each) for each in day]] + [[]] * 6)


@pytest.mark.parametrize("day", ["2026-02-30", "2026-13-01", "tomorrow"])
def test_a_holiday_is_a_date(day: str) -> None:
    with pytest.raises(InvalidBusinessHours):
        BusinessHours.of_record({"week": {}, "holidays": [day]})


def test_a_company_without_hours_is_always_open() -> None:
    company = Company.found(name="Padaria Aurora", at=TURNS[0])
    night = local(SAO_PAULO, 2026, 12, 25, 3)
    assert company.is_open(night)
    assert company.seconds_open(night, night + timedelta(hours=2)) == 7200
    company.change({"hours": WORKDAYS})
    assert not company.is_open(night)
    assert company.seconds_open(night, night + timedelta(days=1)) == 0
