"""Workers that look after something now and then."""

import asyncio

import pytest
from attrs import define, field

from jaboti_domain.kernel.errors import Unavailable
from jaboti_entrypoints.worker.watch import Watch


@define
class Looking:
    """Fails at first."""

    failures: list[Exception]
    went_on: asyncio.Event = field(factory=asyncio.Event, init=False)

    async def __call__(self) -> int:
        if self.failures:
            raise self.failures.pop()
        self.went_on.set()
        return 0


@pytest.mark.parametrize("failure", [Unavailable(), ValueError("a bug")])
async def test_it_goes_on_looking_whatever_happens(failure: Exception) -> None:
    looking = Looking([failure])
    watch = Watch(name="budgets", look=looking, every=0.001)
    running = asyncio.create_task(watch.run())
    await asyncio.wait_for(looking.went_on.wait(), 5)
    watch.stop()
    await asyncio.wait_for(running, 1)


async def test_it_stops_at_once() -> None:
    watch = Watch(name="budgets", look=Looking([]))
    running = asyncio.create_task(watch.run())
    await asyncio.sleep(0.01)
    watch.stop()
    await asyncio.wait_for(running, 1)
