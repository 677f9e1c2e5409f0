"""Locks on rows, held by a unit of work until it ends."""

import asyncio
from collections.abc import Hashable, Iterable

from attrs import define, field

from jaboti_domain.kernel.errors import Unavailable

Key = tuple[Hashable, ...]


@define(eq=False)
class Holder:
    """Who holds locks, and for which key they are waiting."""

    keys: set[Key] = field(factory=set)
    waits_for: Key | None = None


@define(eq=False)
class RowLocks:
    """Whoever asks waits for their turn; who would wait for themselves is refused."""

    _holders: dict[Key, Holder] = field(factory=dict)
    _queues: dict[Key, list[asyncio.Future[None]]] = field(factory=dict)

    async def take(self, holder: Holder, keys: Iterable[Key]) -> None:
        """Lock all of them, in an order that is the same for everyone. Raises Unavailable instead of a deadlock."""
        for key in sorted(set(keys)):
            while not self.try_take(holder, key):
                await self._turn(holder, key)

    def try_take(self, holder: Holder, key: Key) -> bool:
        """Lock it, unless somebody else has it."""
        if self._holders.setdefault(key, holder) is not holder:
            return False
        holder.keys.add(key)
        return True

    def is_free(self, key: Key) -> bool:
        """Whether nobody has it."""
        return key not in self._holders

    def release(self, holder: Holder) -> None:
        """Give back all that is held, and wake who waits."""
        while holder.keys:
            key = holder.keys.pop()
            del self._holders[key]
            for waiter in self._queues.pop(key, ()):
                if not waiter.done():
                    waiter.set_result(None)

    async def _turn(self, holder: Holder, key: Key) -> None:
        if self._leads_back(holder, key):
            raise Unavailable(retry_after=0.1)
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queues.setdefault(key, []).append(turn)
        holder.waits_for = key
        try:
            await turn
        finally:
            holder.waits_for = None

    def _leads_back(self, holder: Holder, key: Key | None) -> bool:
        while key is not None and (other := self._holders.get(key)) is not None:
            if other is holder:
                return True
            key = other.waits_for
        return False
