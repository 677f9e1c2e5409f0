"""Sessions: a refresh token is used once."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaboti_domain.identity.errors import RefreshReused, SessionEnded
from jaboti_domain.identity.model import ABSOLUTE_LIMIT, IDLE_LIMIT, LOST_ANSWER, Session
from jaboti_domain.kernel.ids import UserId, new_id

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
MOMENT = timedelta(milliseconds=1)


def _session() -> Session:
    return Session.open(user_id=UserId(new_id()), company_id=None, at=NOON)


@given(st.integers(1, 20))
def test_each_use_gives_the_next_number(uses: int) -> None:
    session = _session()
    assert [session.rotate(number, at=NOON) for number in range(uses)] == list(range(1, uses + 1))


@given(st.integers(0, 30_000))
def test_a_lost_answer_is_given_again_for_30_seconds(milliseconds: int) -> None:
    session = _session()
    session.rotate(0, at=NOON)
    assert session.rotate(0, at=NOON + timedelta(milliseconds=milliseconds)) == 1
    assert session.counter == 1


def test_after_30_seconds_the_same_token_ends_the_session() -> None:
    session = _session()
    session.rotate(0, at=NOON)
    with pytest.raises(RefreshReused):
        session.rotate(0, at=NOON + LOST_ANSWER + MOMENT)
    assert session.ended_at is not None


@given(st.integers(2, 9), st.integers(-5, 15))
def test_any_other_used_token_ends_the_session(uses: int, presented: int) -> None:
    session = _session()
    for number in range(uses):
        session.rotate(number, at=NOON)
    if presented in (uses, uses - 1):
        assert session.rotate(presented, at=NOON) == max(uses, presented + 1)
        return
    with pytest.raises(RefreshReused):
        session.rotate(presented, at=NOON)
    with pytest.raises(SessionEnded):
        session.rotate(uses, at=NOON)


def test_repeating_a_lost_answer_does_not_prolong_the_time_to_ask() -> None:
    session = _session()
    session.rotate(0, at=NOON)
    session.rotate(0, at=NOON + LOST_ANSWER)
    with pytest.raises(RefreshReused):
        session.rotate(0, at=NOON + LOST_ANSWER + MOMENT)


def test_a_session_left_alone_for_7_days_is_over() -> None:
    session = _session()
    assert not session.is_over(NOON + IDLE_LIMIT)
    with pytest.raises(SessionEnded):
        session.rotate(0, at=NOON + IDLE_LIMIT + MOMENT)


def test_a_session_is_over_after_30_days_however_much_it_is_used() -> None:
    session = _session()
    for day in range(30):
        session.rotate(day, at=NOON + timedelta(days=day))
    assert not session.is_over(NOON + ABSOLUTE_LIMIT)
    assert session.is_over(NOON + ABSOLUTE_LIMIT + MOMENT)


def test_an_ended_session_stays_ended_since_the_first_time() -> None:
    session = _session()
    session.end(at=NOON)
    session.end(at=NOON + MOMENT)
    assert session.ended_at == NOON
