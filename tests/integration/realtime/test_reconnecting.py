"""However often connections break, nobody misses anything."""

import asyncio
import random
from collections.abc import Sequence
from typing import Any

from attrs import define, field
from websockets.exceptions import ConnectionClosed

from jaboti_domain.chat.model import Chat
from jaboti_domain.kernel.actor import Actor
from tests.integration.realtime.house import House, a_house

CLIENTS, MESSAGES = 12, 240


@define(eq=False)
class Wanderer:
    """A client program that is cut off all the time, and goes on at whichever node."""

    actor: Actor
    chance: random.Random
    nodes: Sequence[House]
    cursor: str | None = None
    seen: dict[str, dict[str, Any]] = field(factory=dict)
    cuts: int = 0
    order: list[int] = field(factory=list)

    async def listen_once(self, *, patience: float) -> None:
        """One connection, cut after so many seconds without a word of farewell."""
        node = self.chance.choice(self.nodes)
        async with node.tab(self.actor, resume=self.cursor) as tab:
            assert tab.ready["resumed"] or self.cursor is None
            self.cursor = tab.ready["cursor"]
            try:
                async with asyncio.timeout(patience):
                    while True:
                        self._take(await tab.frame())
            except (TimeoutError, ConnectionClosed):
                tab.socket.transport.abort()
                self.cuts += 1

    def _take(self, frame: dict[str, Any]) -> None:
        self.cursor = frame["cursor"]
        if frame["id"] not in self.seen:
            self.order.append(int(frame["cursor"].partition("-")[2]))
        self.seen[frame["id"]] = frame


async def test_nobody_misses_anything_over_cut_connections_to_two_nodes() -> None:
    async with a_house() as one, a_house(one.scene) as other:
        scene = one.scene
        chat = await scene.a_chat(scene.maria, attendant=scene.ana)
        crowd = [
            Wanderer(actor, random.Random(number), (one, other))
            for number, actor in zip(range(CLIENTS), [scene.ana, scene.sofia] * CLIENTS, strict=False)
        ]
        for wanderer in crowd:
            await wanderer.listen_once(patience=0)
        writing = asyncio.create_task(_write(one, chat, random.Random(7)))
        while not writing.done():
            await asyncio.gather(*(w.listen_once(patience=w.chance.uniform(0, 0.2)) for w in crowd))
        await asyncio.gather(*(w.listen_once(patience=0.5) for w in crowd))
    events = [event for event in await scene.recorded() if event.name == "message.added"]
    for wanderer in crowd:
        assert wanderer.order == [event.seq for event in events]
        assert wanderer.cuts > 3


async def _write(house: House, chat: Chat, chance: random.Random) -> None:
    for number in range(MESSAGES):
        await house.client_writes(chat, str(number))
        await asyncio.sleep(chance.choice((0, 0, 0.002, 0.03)))
