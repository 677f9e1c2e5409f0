"""Announcements inside one process."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from attrs import define, field

from jaboti_domain.kernel.events import Recorded
from jaboti_domain.kernel.ports import Notifier


@define(eq=False)
class _Listener(AsyncIterator[Sequence[Recorded]]):
    unheard: deque[Recorded]
    _something: asyncio.Event = field(factory=asyncio.Event)

    def hear(self, events: Sequence[Recorded]) -> None:
        self.unheard.extend(events)
        if events:
            self._something.set()

    async def __anext__(self) -> Sequence[Recorded]:
        await self._something.wait()
        self._something.clear()
        events = tuple(self.unheard)
        self.unheard.clear()
        return events


@define(eq=False)
class InProcessNotifier(Notifier):
    """Each listener has a list of its own; one that falls `patience` events behind loses the oldest of them."""

    patience: int = 10_000
    _listeners: set[_Listener] = field(factory=set, init=False)

    async def announce(self, events: Sequence[Recorded]) -> None:
        for listener in self._listeners:
            listener.hear(events)

    @asynccontextmanager
    async def listen(self) -> AsyncIterator[AsyncIterator[Sequence[Recorded]]]:
        listener = _Listener(deque(maxlen=self.patience))
        self._listeners.add(listener)
        try:
            yield listener
        finally:
            self._listeners.discard(listener)
