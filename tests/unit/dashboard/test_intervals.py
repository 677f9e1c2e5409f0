"""A chat's life, cut into intervals, is the whole of it."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import cast

from hypothesis import given

from jaboti_domain.chat.events import ChatEvent, Milestone
from jaboti_domain.chat.model import Chat
from jaboti_domain.chat.routing import ChatStatus
from jaboti_domain.dashboard.intervals import Interval, calendar_of, life_of
from tests.unit.dashboard.lives import CALENDAR, NOON, begun, live, stories


def life_told(story: Sequence[ChatEvent]) -> list[Interval]:
    return life_of(cast(Sequence[Milestone], story), CALENDAR)


@given(stories())
def test_intervals_lie_side_by_side_from_the_first_second_on(story: Sequence[ChatEvent]) -> None:
    life = life_told(story)
    assert life[0].since == story[0].at.replace(microsecond=0)
    assert life[-1].seconds is None
    for interval, following in pairwise(life):
        assert interval.seconds is not None
        assert interval.seconds >= 0
        assert interval.since + timedelta(seconds=interval.seconds) == following.since


@given(stories())
def test_each_is_what_the_chat_was_then(story: Sequence[ChatEvent]) -> None:
    for number, interval in enumerate(life_told(story), 1):
        chat = Chat.of(story[:number])
        assert (interval.version, interval.state) == (chat.version, chat.status)
        assert interval.whose == (chat.department_id, chat.attendant_id)


@given(stories())
def test_none_has_more_business_than_time(story: Sequence[ChatEvent]) -> None:
    for interval in life_told(story)[:-1]:
        assert interval.seconds is not None
        assert interval.business_seconds is not None
        assert 0 <= interval.business_seconds <= interval.seconds


def test_places_are_the_companys_and_moments_everybodys() -> None:
    chat = begun("bot", at=NOON.replace(hour=2))
    live(chat, [("end", 0)], at=NOON.replace(hour=3))
    events = [event for event in chat.collect() if isinstance(event, Milestone)]
    one, other = life_of(events, calendar_of("America/Sao_Paulo", None))
    assert ((one.day, one.hour), (other.day, other.hour)) == ((date(2026, 3, 5), 23), (date(2026, 3, 6), 0))
    assert (one.seconds, one.business_seconds) == (3600, 3600)
    assert other.state is ChatStatus.CLOSED


def test_business_is_counted_when_an_interval_ends() -> None:
    chat = begun("bot")
    live(chat, [("start", 0), ("end", 3 * 24 * 3_600_000)])
    life = life_of([event for event in chat.collect() if isinstance(event, Milestone)], CALENDAR)
    friday, monday = 9 * 3600, 0
    assert [interval.seconds for interval in life] == [0, 3 * 24 * 3600, None]
    assert life[1].business_seconds == friday + monday
