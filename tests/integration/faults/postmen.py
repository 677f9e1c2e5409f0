"""Those who bring webhooks, as the platforms do: side by side, and again until they are taken."""

import asyncio
from collections.abc import Iterable, Iterator

from attrs import define, field

from jaboti_entrypoints.sandbox.wire import Wire
from tests.integration.faults.history import History, Outcome
from tests.integration.faults.letters import Letter

PAUSE = 0.05


@define(eq=False)
class Postmen:
    """So many of them; each brings a letter to one of the addresses, in turn."""

    addresses: list[str]
    at_once: int = 24
    history: History = field(factory=History, init=False)
    _wire: Wire = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._wire = Wire(connections=self.at_once)

    async def bring(self, letters: Iterable[Letter]) -> None:
        """All of them; returns when the last one was taken."""
        waiting = iter(enumerate(letters))
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(self.at_once):
                    group.create_task(self._go(waiting))
        finally:
            await self._wire.close()

    async def _go(self, waiting: Iterator[tuple[int, Letter]]) -> None:
        for turn, letter in waiting:
            await self._bring(letter, self.addresses[turn % len(self.addresses)])

    async def _bring(self, letter: Letter, address: str) -> None:
        while True:
            with self.history.trying(letter.name) as action:
                answer = await self._wire.request("POST", address + letter.path, letter.headers, letter.body)
                action.answered(answer.status)
            if action.outcome is Outcome.OK:
                return
            await asyncio.sleep(PAUSE)
