"""The same company in two storages."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from copy import deepcopy
from typing import TypeVar

from attrs import frozen

from jaboti_adapters.backend import Unit
from jaboti_adapters.contracts.scene import Kept, Scene, save
from jaboti_domain.kernel.errors import Refusal

T = TypeVar("T")


@frozen
class Tandem:
    """What is done to one side is done to the other, and must have the same result there."""

    one: Scene
    other: Scene

    async def see(self, look: Callable[[Scene], Awaitable[T]]) -> T:
        """What both sides show."""
        seen = await look(self.one)
        assert seen == await look(self.other)
        return seen

    async def each(self, step: Callable[[Unit], Awaitable[T]]) -> tuple[T, T]:
        """Do it in a unit of its own on each side."""
        return await _in_unit(self.one, step), await _in_unit(self.other, step)

    async def change(
        self, load: Callable[[Unit], Awaitable[T]], act: Callable[[T], Sequence[Kept]], *, keep: bool = True
    ) -> bool:
        """Let `act` change what `load` finds, and save what it returns, copied to the last id, on both sides.

        Both refuse it in the same way, or neither does. Returns whether it was kept.
        """
        async with AsyncExitStack() as stack:
            units = [await stack.enter_async_context(scene.uow()) for scene in (self.one, self.other)]
            found, also_found = [await load(unit) for unit in units]
            assert found == also_found
            try:
                things = act(found)
            except Refusal:
                return False
            copies = deepcopy(things)
            refusals = [await _saved(units[0], things, keep=keep), await _saved(units[1], copies, keep=keep)]
        assert refusals[0] == refusals[1]
        return keep and refusals[0] is None


async def _in_unit(scene: Scene, step: Callable[[Unit], Awaitable[T]]) -> T:
    async with scene.uow() as uow:
        result = await step(uow)
        await uow.commit()
    return result


async def _saved(unit: Unit, things: Sequence[Kept], *, keep: bool) -> type[Refusal] | None:
    try:
        for thing in things:
            await save(unit, thing)
        if keep:
            await unit.commit()
    except Refusal as refusal:
        return type(refusal)
    return None
