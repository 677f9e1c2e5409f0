"""What goes on without being asked: lanes are drained, errands run, files fetched, budgets and silence watched."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from jaboti_entrypoints.application import Application
from jaboti_entrypoints.settings import Settings
from jaboti_entrypoints.worker.dispatcher import LEASE, Dispatcher
from jaboti_entrypoints.worker.fetcher import Fetcher
from jaboti_entrypoints.worker.lanes import LaneWorker
from jaboti_entrypoints.worker.watch import Watch


@asynccontextmanager
async def working(application: Application, settings: Settings) -> AsyncIterator[None]:
    """The workers run inside; at the end what they have begun is finished, within `drain_grace` seconds."""
    lease = min(LEASE, settings.unsure_after / 2)
    workers: list[LaneWorker | Dispatcher | Fetcher | Watch] = [
        LaneWorker(application=application, at_once=settings.drains),
        Dispatcher(
            application=application,
            at_once=settings.deliveries,
            lease=lease,
            handing=(settings.unsure_after - lease) / 2,
        ),
        Fetcher(application=application, at_once=settings.downloads),
        Watch(name="budgets", look=application.watch_budgets),
        Watch(name="silence", look=application.break_silence),
        Watch(name="lanes", look=application.journal.mend),
    ]
    if settings.housekeeping:
        workers.append(Watch(name="housekeeping", look=application.keep_house))
    tasks = [asyncio.create_task(worker.run(), name=type(worker).__name__) for worker in workers]
    try:
        yield
    finally:
        for worker in workers:
            worker.stop()
        _, late = await asyncio.wait(tasks, timeout=settings.drain_grace)
        for task in late:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
