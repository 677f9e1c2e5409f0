"""What counts, counts once, however it is cut and whenever it is counted."""

from collections.abc import Sequence
from datetime import timedelta
from typing import cast

from attrs import evolve
from hypothesis import assume, given
from hypothesis import strategies as st

from jaboti_domain.chat.events import ChatEvent, Milestone
from jaboti_domain.chat.routing import ChatStatus
from jaboti_domain.dashboard.intervals import Interval, life_of, lived_on
from jaboti_domain.dashboard.queries import summed
from jaboti_domain.dashboard.tally import NOTHING, Tallies, Tally, difference, tallied
from tests.unit.dashboard.lives import CALENDAR, stories


def life_told(story: Sequence[ChatEvent]) -> list[Interval]:
    return life_of(cast(Sequence[Milestone], story), CALENDAR)


def plus(one: Tallies, other: Tallies) -> Tallies:
    added = {cell: one.get(cell, NOTHING).plus(other.get(cell, NOTHING)) for cell in one.keys() | other.keys()}
    return {cell: tally for cell, tally in added.items() if tally}


def cut(interval: Interval, after: int) -> list[Interval]:
    """In two, at one of its seconds."""
    assert interval.seconds is not None
    middle, end = (interval.since + timedelta(seconds=seconds) for seconds in (after, interval.seconds))
    rest = evolve(interval, since=middle, seconds=None)
    return [interval.until(middle, CALENDAR.hours), rest.until(end, CALENDAR.hours)]


@given(stories(), st.data())
def test_sums_are_the_same_however_a_stretch_is_cut(story: Sequence[ChatEvent], data: st.DataObject) -> None:
    life = life_told(story)
    assume(len(life) > 1)
    place = data.draw(st.integers(0, len(life) - 2))
    halves = cut(life[place], data.draw(st.integers(0, life[place].seconds or 0)))
    assert tallied([*life[:place], *halves, *life[place + 1 :]]) == tallied(life)


@given(stories())
def test_counting_as_it_happens_is_counting_at_the_end(story: Sequence[ChatEvent]) -> None:
    counted: Tallies = {}
    life: list[Interval] = []
    for milestone in cast(Sequence[Milestone], story):
        after = lived_on(life, milestone, CALENDAR)
        counted = plus(counted, difference(tallied(after), tallied(life)))
        life = after
    assert counted == tallied(life)


@given(stories())
def test_what_a_chat_lived_is_all_the_time_that_it_was_not_closed(story: Sequence[ChatEvent]) -> None:
    life = life_told(story)
    total = summed(tallied(life).values())
    ended = life[-1].state is ChatStatus.CLOSED
    lived = sum(interval.seconds or 0 for interval in life if interval.state is not ChatStatus.CLOSED)
    assert (total.chats, total.ended, total.lived_seconds) == (1, int(ended), lived if ended else 0)


@given(stories())
def test_nobody_waits_longer_than_chats_were_pending(story: Sequence[ChatEvent]) -> None:
    life = life_told(story)
    total = summed(tallied(life).values())
    pending = sum(interval.seconds or 0 for interval in life if interval.state is ChatStatus.PENDING)
    taken = sum(interval.state is ChatStatus.ACTIVE for interval in life)
    assert 0 <= total.wait_seconds <= pending
    assert total.waits <= taken
    assert total.wait_business_seconds <= total.wait_seconds


def test_a_life_of_which_nothing_is_known_counts_for_nothing() -> None:
    assert tallied([]) == {}


def test_averages_have_one_digit_after_the_point_and_are_absent_without_a_count() -> None:
    assert Tally(waits=3, wait_seconds=100).average_wait == 33.3
    assert (NOTHING.average_wait, NOTHING.average_duration) == (None, None)
    assert Tally(ended=2, lived_seconds=5, lived_business_seconds=1).average_business_duration == 0.5
