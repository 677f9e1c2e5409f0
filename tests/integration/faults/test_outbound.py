"""What is written to a client arrives once and in order, whoever dies or sleeps while sending."""

import asyncio

from tests.integration.faults.sending import UNSURE_AFTER, Work, at_work
from tests.integration.faults.site import Site, running
from tests.integration.faults.sizes import scaled

LONG = UNSURE_AFTER + 1.0


async def test_a_worker_that_dies_while_sending_neither_loses_nor_doubles(site: Site, seed: int) -> None:
    async with at_work(site, Work(seed=seed, clients=scaled(20))) as office:

        async def dies() -> None:
            await office.worker.kill()
            await office.worker.start()

        async def is_missed() -> None:
            await office.worker.kill()
            await asyncio.sleep(LONG)
            await office.worker.start()

        await office.round(dies)
        await office.round(is_missed)
        verdict = await office.verdict()
    assert not verdict, verdict


async def test_a_worker_that_wakes_up_after_it_was_replaced_doubles_nothing(site: Site, seed: int) -> None:
    another = site.worker(unsure_after=UNSURE_AFTER)
    async with at_work(site, Work(seed=seed, clients=scaled(20))) as office, running(another):

        async def sleeps() -> None:
            office.worker.pause()
            await asyncio.sleep(LONG)
            office.worker.resume()

        await office.round(sleeps)
        verdict = await office.verdict()
    assert not verdict, verdict
