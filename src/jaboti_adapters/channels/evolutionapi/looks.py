"""Those who ask a server for the same at once are answered together."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Generic, TypeVar

from attrs import define, field

from jaboti_domain.integration.model import Integration
from jaboti_domain.kernel.ids import IntegrationId

T = TypeVar("T")


@define(eq=False)
class _Look(Generic[T]):
    since: datetime
    waiting: int = 0
    found: "asyncio.Task[T]" = field(init=False)


@define(eq=False)
class Looks(Generic[T]):
    """One look at a time through an integration's messages, shared by all who asked before it began.

    Who asks while one is under way waits for the next: nobody is told what was so before the question. A look may reach
    further back than its asker wanted.
    """

    look: Callable[[Integration, datetime], Awaitable[T]]
    _next: dict[IntegrationId, _Look[T]] = field(factory=dict, init=False)
    _turns: dict[IntegrationId, asyncio.Lock] = field(factory=dict, init=False)

    async def since(self, integration: Integration, since: datetime) -> T:
        """What a look finds that begins after this, or what it raises; it ends when nobody waits for it any more."""
        look = self._next.get(integration.id)
        if look is None:
            look = self._next[integration.id] = _Look(since)
            look.found = asyncio.create_task(self._in_turn(integration, look))
        look.since = min(look.since, since)
        look.waiting += 1
        try:
            return await asyncio.shield(look.found)
        finally:
            look.waiting -= 1
            if not look.waiting:
                look.found.cancel()
                self._begun(integration, look)

    async def _in_turn(self, integration: Integration, look: _Look[T]) -> T:
        async with self._turns.setdefault(integration.id, asyncio.Lock()):
            self._begun(integration, look)
            return await self.look(integration, look.since)

    def _begun(self, integration: Integration, look: _Look[T]) -> None:
        if self._next.get(integration.id) is look:
            del self._next[integration.id]
