"""How fast messages may go out, and when a platform is left alone."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve

from jaboti_adapters.contracts.builders import an_integration
from jaboti_domain.integration.errors import (
    GiveUp,
    MendSettings,
    NotTried,
    OutcomeUnknown,
    Scope,
    SendingFailed,
    SlowDown,
    TryAgain,
)
from jaboti_domain.integration.messaging import Platform
from jaboti_domain.integration.model import Integration, Secret
from jaboti_domain.integration.traffic import IN_A_ROW, LIMITS, NOW, PROBE, Traffic
from jaboti_domain.kernel.ids import ClientId, CompanyId, new_id

START = datetime(2026, 11, 27, tzinfo=UTC)
MARIA = ClientId(new_id())
NUMBER, PAIR = LIMITS[Platform.CLOUD_API].number, LIMITS[Platform.CLOUD_API].pair
AWAY = TryAgain(error_code="http_503", title="away", is_outage=True)


def after(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


@pytest.fixture
def line() -> Integration:
    return an_integration(CompanyId(new_id()), platform=Platform.CLOUD_API)


@pytest.fixture
def traffic() -> Traffic:
    return Traffic(chance=lambda: 0.0)


@pytest.fixture
def errands() -> Iterator[int]:
    return iter(range(10_000))


def test_a_number_sends_its_burst_at_once_and_then_as_fast_as_it_may(
    traffic: Traffic, line: Integration, errands: Iterator[int]
) -> None:
    waits = [traffic.book(next(errands), line, ClientId(new_id()), START).total_seconds() for _ in range(240)]
    assert waits[: NUMBER.burst] == [0.0] * NUMBER.burst
    assert waits[-1] == pytest.approx(160 / NUMBER.per_second)
    assert waits == sorted(waits)


def test_one_client_gets_a_burst_and_then_one_message_each_six_seconds(
    traffic: Traffic, line: Integration, errands: Iterator[int]
) -> None:
    waits = [traffic.book(next(errands), line, MARIA, START) for _ in range(PAIR.burst + 2)]
    assert [wait.total_seconds() for wait in waits[-3:]] == pytest.approx([0, 6, 12])


def test_one_client_who_gets_too_much_delays_nobody_else(
    traffic: Traffic, line: Integration, errands: Iterator[int]
) -> None:
    for _ in range(PAIR.burst + 5):
        traffic.book(next(errands), line, MARIA, START)
    assert traffic.book(next(errands), line, ClientId(new_id()), START) == NOW


def test_who_was_told_to_come_again_has_their_turn_then(traffic: Traffic, line: Integration) -> None:
    for n in range(PAIR.burst):
        traffic.book(n, line, MARIA, START)
    wait = traffic.book(99, line, MARIA, START)
    assert wait
    assert traffic.book(99, line, MARIA, START + wait) == NOW


def test_an_account_may_say_how_fast_its_number_is(traffic: Traffic, line: Integration) -> None:
    quick = evolve(line, settings={**line.settings, "messages_per_second": "1000"})
    assert all(traffic.book(n, quick, ClientId(new_id()), START) == NOW for n in range(1000))


@pytest.mark.parametrize(
    "failure",
    [
        AWAY,
        OutcomeUnknown(error_code="cut_off", title="reset"),
        SlowDown(error_code="130429", title="too fast"),
    ],
    ids=lambda failure: type(failure).__name__,
)
def test_an_integration_that_fails_time_and_again_is_left_alone(
    traffic: Traffic, line: Integration, failure: SendingFailed
) -> None:
    for _ in range(IN_A_ROW - 1):
        assert traffic.ended(line, failure, at=START) is None
    assert traffic.closed_for(line, START) == NOW
    assert traffic.ended(line, failure, at=START) == f"{failure.error_code}: {failure.title}"
    assert traffic.closed_for(line, START) > NOW


@pytest.mark.parametrize(
    "failure",
    [
        GiveUp(error_code="131026", title="not on WhatsApp"),
        TryAgain(error_code="131053", title="file"),
        SlowDown(error_code="131056", title="pair", scope=Scope.PAIR),
    ],
    ids=lambda failure: type(failure).__name__,
)
def test_what_concerns_one_message_or_client_stops_nobody_and_shows_that_the_platform_is_there(
    traffic: Traffic, line: Integration, failure: SendingFailed
) -> None:
    for _ in range(IN_A_ROW - 1):
        traffic.ended(line, AWAY, at=START)
    traffic.ended(line, failure, at=START)
    assert traffic.ended(line, AWAY, at=START) is None
    assert traffic.closed_for(line, START) == NOW


def test_what_was_not_tried_tells_nothing(traffic: Traffic, line: Integration) -> None:
    for _ in range(IN_A_ROW):
        traffic.ended(line, AWAY, at=START)
    traffic.ended(line, NotTried(error_code="too_late", title="late"), at=START)
    assert traffic.closed_for(line, START) > NOW


def test_one_try_is_let_through_to_see_whether_it_is_back_and_success_opens_the_way(
    traffic: Traffic, line: Integration
) -> None:
    for _ in range(IN_A_ROW):
        traffic.ended(line, AWAY, at=START)
    assert [traffic.closed_for(line, after(2)), traffic.closed_for(line, after(2))] == [NOW, PROBE]
    assert traffic.ended(line, None, at=after(3)) is None
    assert traffic.closed_for(line, after(3)) == NOW


def test_who_stays_away_is_asked_less_and_less_often_up_to_once_a_minute(traffic: Traffic, line: Integration) -> None:
    for _ in range(IN_A_ROW):
        traffic.ended(line, AWAY, at=START)
    pauses = []
    for n in range(7):
        pauses.append(traffic.closed_for(line, after(1000 * n)).total_seconds())
        traffic.ended(line, AWAY, at=after(1000 * (n + 1)))
    assert pauses == [2, 4, 8, 16, 32, 60, 60]


def test_what_was_under_way_when_it_was_left_alone_prolongs_nothing(traffic: Traffic, line: Integration) -> None:
    for _ in range(IN_A_ROW + 20):
        traffic.ended(line, AWAY, at=START)
    assert traffic.closed_for(line, START) <= timedelta(seconds=2.5)
    assert traffic.closed_for(line, after(2.5)) == NOW
    for _ in range(20):
        traffic.ended(line, AWAY, at=after(2.6))
    assert timedelta(seconds=3) < traffic.closed_for(line, after(2.6)) <= timedelta(seconds=5)


@pytest.mark.parametrize(
    "failure",
    [
        MendSettings(error_code="190", title="token expired"),
        SlowDown(error_code="131048", title="spam", scope=Scope.ACCOUNT),
    ],
    ids=lambda failure: type(failure).__name__,
)
def test_a_refused_account_is_left_alone_at_once_until_its_settings_are_others(
    traffic: Traffic, line: Integration, failure: SendingFailed
) -> None:
    assert traffic.ended(line, failure, at=START) is not None
    assert traffic.closed_for(line, START) == timedelta(seconds=60)
    mended = evolve(line, credentials={**line.credentials, "access_token": Secret("another")})
    assert traffic.closed_for(mended, START) == NOW


def test_a_broken_integration_holds_up_no_other(traffic: Traffic, line: Integration) -> None:
    traffic.ended(line, MendSettings(error_code="190", title="token expired"), at=START)
    other = an_integration(line.company_id, platform=Platform.CLOUD_API)
    assert traffic.closed_for(other, START) == NOW


def test_a_platform_that_says_how_long_is_left_alone_for_so_long(traffic: Traffic, line: Integration) -> None:
    for _ in range(IN_A_ROW):
        traffic.ended(line, SlowDown(error_code="http_429", title="", retry_after=30), at=START)
    assert traffic.closed_for(line, START) == timedelta(seconds=30)
