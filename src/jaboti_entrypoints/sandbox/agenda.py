"""What the sandbox still has to do: timers and tasks that end with it."""

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from attrs import define, field


@define(eq=False)
class Agenda:
    """Keeps hold of every timer and task, so that one can wait for all of them or drop all of them."""

    _tasks: set["asyncio.Task[None]"] = field(factory=set, init=False)
    _timers: dict[object, asyncio.TimerHandle] = field(factory=dict, init=False)
    _done: asyncio.Event = field(factory=asyncio.Event, init=False)

    def __len__(self) -> int:
        return len(self._tasks) + len(self._timers)

    def later(self, seconds: float, action: Callable[[], object]) -> None:
        """Does `action` after so many seconds; at once, before this returns, if there is nothing to wait for."""
        if seconds <= 0:
            action()
            return
        key = object()
        self._timers[key] = asyncio.get_running_loop().call_later(seconds, partial(self._ring, key, action))

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Runs `work` beside everything else."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)

    async def quiet(self, *, within: float) -> bool:
        """Whether nothing is left to do, now or at some moment in the next so many seconds."""
        if not len(self):
            return True
        self._done.clear()
        try:
            async with asyncio.timeout(within):
                await self._done.wait()
        except TimeoutError:
            return False
        return True

    async def drop(self) -> None:
        """Cancels everything, and returns when it has ended."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _ring(self, key: object, action: Callable[[], object]) -> None:
        try:
            action()
        finally:
            del self._timers[key]
            self._announce()

    def _finished(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        self._announce()

    def _announce(self) -> None:
        if not len(self):
            self._done.set()
