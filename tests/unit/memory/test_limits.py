"""Rates are kept to the moment, and who has not been here for long costs nothing."""

from datetime import timedelta

from attrs import define

from jaboti_adapters.memory.limits import SWEEP, CountedUses
from jaboti_domain.kernel.ports import Rate

THREE = Rate(name="three", times=3, per=timedelta(seconds=60))


@define
class Clock:
    """Goes when it is told to."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


async def test_a_use_counts_for_as_long_as_it_is_in_the_window() -> None:
    clock = Clock()
    limiter = CountedUses(clock)
    for at, allowed, remaining, reset in (
        (0, True, 2, 60),
        (30, True, 1, 30),
        (40, True, 0, 20),
        (59.9, False, 0, 0.1),
        (60, True, 0, 30),
        (89, False, 0, 1),
        (90, True, 0, 10),
    ):
        clock.now = 1000.0 + at
        told = await limiter.use(THREE, "ana")
        assert (told.is_allowed, told.remaining, round(told.reset_after, 3)) == (allowed, remaining, reset)


async def test_rates_and_keys_are_counted_apart_and_can_begin_anew() -> None:
    limiter = CountedUses(Clock())
    other = Rate(name="other", times=1, per=THREE.per)
    assert all([(await limiter.use(rate, key)).is_allowed for rate in (THREE, other) for key in ("ana", "bia")])
    assert not (await limiter.use(other, "ana")).is_allowed
    await limiter.forget(other, "ana")
    assert (await limiter.use(other, "ana")).is_allowed


async def test_who_has_not_been_here_for_long_is_forgotten() -> None:
    clock = Clock()
    limiter = CountedUses(clock)
    for number in range(SWEEP - 1):
        await limiter.use(THREE, str(number))
    clock.now += 61
    await limiter.use(THREE, "ana")
    assert len(limiter._uses) == 1
