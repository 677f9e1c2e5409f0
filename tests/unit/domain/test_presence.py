"""Who counts as being there."""

from datetime import UTC, datetime, timedelta

from jaboti_domain.identity.presence import Presence

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
GRACE = timedelta(seconds=10)


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def is_online(presence: Presence, seconds: float) -> bool:
    return presence.is_online(at=after(seconds), grace=GRACE)


def a_visit() -> Presence:
    """Connected at noon."""
    return Presence().connect(at=NOON, grace=GRACE)


def test_nobody_is_there_before_they_come() -> None:
    assert not is_online(Presence(), 0)


def test_several_connections_count_once() -> None:
    twice = a_visit().connect(at=NOON, grace=GRACE)
    once = twice.disconnect(at=NOON)
    assert is_online(once, 1000)
    assert not is_online(once.disconnect(at=NOON), 1000)


def test_who_is_back_within_the_grace_time_was_never_away() -> None:
    gone = a_visit().disconnect(at=after(5))
    assert (is_online(gone, 14.9), is_online(gone, 15)) == (True, False)


def test_who_says_to_be_away_is_until_they_say_otherwise() -> None:
    away = a_visit().say(online=False, at=after(1))
    assert not is_online(away, 1000)
    assert is_online(away.say(online=True, at=after(1000)), 1001)


def test_to_reload_a_page_does_not_end_being_away() -> None:
    back = a_visit().say(online=False, at=NOON).disconnect(at=after(5)).connect(at=after(14), grace=GRACE)
    assert not is_online(back, 15)


def test_who_comes_back_after_a_while_is_there() -> None:
    back = a_visit().say(online=False, at=NOON).disconnect(at=after(5)).connect(at=after(15), grace=GRACE)
    assert is_online(back, 15)


def test_to_say_so_without_a_connection_is_worth_the_grace_time() -> None:
    said = Presence().say(online=True, at=NOON)
    assert (is_online(said, 9), is_online(said, 10)) == (True, False)
    assert not is_online(Presence().say(online=False, at=NOON).connect(at=after(3), grace=GRACE), 4)
