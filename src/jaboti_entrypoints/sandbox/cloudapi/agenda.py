"""What the sandbox still has to do: timers and tasks that end with it."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from attrs import define, field


@define(eq=False)
class Agenda:
    """Keeps hold of every timer and task, so that one can wait for all of them or drop all of them."""

    _tasks: set["asyncio.Task[None]"] = field(factory=set, init=False)
    _timers: set[asyncio.TimerHandle] = field(factory=set, init=False)

    def __len__(self) -> int:
        return len(self._tasks) + len(self._timers)

    def later(self, seconds: float, action: Callable[[], object]) -> None:
        """Does `action` after so many seconds; at once, before this returns, if there is nothing to wait for."""
        if seconds <= 0:
            action()
            return
        timer = asyncio.get_running_loop().call_later(seconds, lambda: self._ring(timer, action))
        self._timers.add(timer)

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Runs `work` beside everything else."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def quiet(self, *, within: float) -> bool:
        """Whether nothing was left to do at some moment in the next so many seconds."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + within
        while len(self) and loop.time() < deadline:
            await asyncio.sleep(0.005)
        return not len(self)

    async def drop(self) -> None:
        """Cancels everything, and returns when it has ended."""
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _ring(self, timer: asyncio.TimerHandle, action: Callable[[], object]) -> None:
        self._timers.discard(timer)
        action()
