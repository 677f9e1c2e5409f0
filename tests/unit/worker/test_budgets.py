"""The worker that watches budgets."""

import asyncio

import pytest
from attrs import define, evolve, field

from jaboti_domain.kernel.errors import Unavailable
from jaboti_entrypoints.container import in_memory
from jaboti_entrypoints.worker.budgets import BudgetWatch


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
    application, _ = in_memory()
    looking = Looking([failure])
    watch = BudgetWatch(application=evolve(application, watch_budgets=looking), every=0.001)  # type: ignore[arg-type]  # a stand-in
    running = asyncio.create_task(watch.run())
    await asyncio.wait_for(looking.went_on.wait(), 5)
    watch.stop()
    await asyncio.wait_for(running, 1)


async def test_it_stops_at_once() -> None:
    watch = BudgetWatch(application=in_memory()[0])
    running = asyncio.create_task(watch.run())
    await asyncio.sleep(0.01)
    watch.stop()
    await asyncio.wait_for(running, 1)
