"""How fast a client may send."""

from jaboti_entrypoints.realtime.pace import Pace


class Hand:
    """A clock that is turned by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_burst_is_allowed_and_then_the_rate() -> None:
    clock = Hand()
    pace = Pace(rate=64, burst=100, clock=clock)
    assert [pace.allows() for _ in range(101)] == [True] * 100 + [False]
    clock.now += 0.125
    assert [pace.allows() for _ in range(9)] == [True] * 8 + [False]


def test_a_rest_fills_no_more_than_a_burst() -> None:
    clock = Hand()
    pace = Pace(rate=64, burst=3, clock=clock)
    clock.now += 3600
    assert [pace.allows() for _ in range(4)] == [True, True, True, False]
