"""Somebody whose connection breaks all the time: what they are told, and whether that is everything."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime
from itertools import count, islice
from random import Random
from typing import Any

import msgspec
from attrs import define, field, frozen
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from tests.integration.faults.books import Books, Row
from tests.integration.faults.desks import at_desk
from tests.integration.faults.letters import letter, phone
from tests.integration.faults.patience import comes, until
from tests.integration.faults.postmen import Postmen
from tests.integration.faults.site import CARLA, Site
from tests.integration.faults.verdicts import Verdict

LONGEST, LONGEST_GAP = 0.3, 0.05
"""Seconds that a connection lasts at most, and the time without one."""
BUNCH, PAUSE = 10, 0.3
PUBLIC = {
    "client.registered": "client.updated",
    "chat.opened": "chat.created",
    "message.added": "message.created",
    "chat.queued": "chat.updated",
    "chat.started": "chat.updated",
}


@frozen
class Heard:
    """An event as it came: on which connection, with which number."""

    connection: int
    seq: int
    event: str
    late: float
    """Seconds from when it happened until it was heard."""
    data: dict[str, Any] = field(repr=False)


@define(eq=False, kw_only=True)
class Listener:
    """Listens at one server after the other, from the last cursor on; every connection is cut at a random moment."""

    addresses: Sequence[str]
    token: str
    chance: Random
    longest: float = LONGEST
    heard: list[Heard] = field(factory=list, init=False)
    first: str | None = field(default=None, init=False)
    cursor: str | None = field(default=None, init=False)
    cuts: int = field(default=0, init=False)
    resync: list[object] = field(factory=list, init=False)

    @property
    def seq(self) -> int:
        """The number of the newest event that was heard of."""
        return int((self.cursor or "0-0").rpartition("-")[2])

    def has_heard(self, seq: int) -> Callable[[], Awaitable[bool]]:
        """Whether it has come so far."""

        async def answer() -> bool:
            return self.seq >= seq

        return answer

    async def listen(self) -> None:
        """Until it is cancelled."""
        while True:
            address = self.addresses[self.cuts % len(self.addresses)].replace("http", "ws", 1)
            with suppress(OSError, InvalidHandshake, ConnectionClosed):
                async with connect(f"{address}/ws", compression=None, close_timeout=0, proxy=None) as socket:
                    await self._listen_for_a_while(socket)
            self.cuts += 1
            await asyncio.sleep(self.chance.uniform(0, LONGEST_GAP))

    async def _listen_for_a_while(self, socket: ClientConnection) -> None:
        """Only the first time is it sure to be answered before it is cut: it has to know where it begins."""
        lasts = self.chance.uniform(0, self.longest)
        try:
            async with asyncio.timeout(lasts if self.cursor else None) as limit:
                await self._greet(socket)
                limit.reschedule(asyncio.get_running_loop().time() + lasts)
                while True:
                    self._hear(await socket.recv())
        except TimeoutError:
            socket.transport.abort()

    async def _greet(self, socket: ClientConnection) -> None:
        asked = {"type": "auth", "token": self.token, "resume": self.cursor}
        await socket.send(msgspec.json.encode(asked).decode())
        ready = msgspec.json.decode(await socket.recv())
        if self.cursor is None:
            self.first = self.cursor = ready["cursor"]
        elif not ready["resumed"]:
            self.resync.append((self.cursor, ready))

    def _hear(self, text: str | bytes) -> None:
        frame = msgspec.json.decode(text)
        if frame["type"] == "event":
            self.cursor = frame["cursor"]
            if frame["id"] == frame["cursor"]:
                late = (datetime.now(UTC) - datetime.fromisoformat(frame["at"])).total_seconds()
                self.heard.append(Heard(self.cuts, self.seq, frame["event"], late, frame["data"]))


@asynccontextmanager
async def listening(listener: Listener) -> AsyncIterator[None]:
    """It listens as long as the block lasts."""
    task = asyncio.create_task(listener.listen())
    try:
        await until(lambda: listener.cursor is not None or task.done(), within=10, what="somebody listens")
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def heard_while_cut(site: Site, *, seed: int, messages: int, cuts: int) -> Verdict:
    """Strangers write to a company on two servers, and its supervisor listens; what is wrong in the end."""
    house, chance = site.houses[0], Random(seed)
    strangers = (letter(house, name=f"wamid.{seed}.{n}", author=phone(n)) for n in count())
    async with AsyncExitStack() as stack:
        nodes = await stack.enter_async_context(site.serving(nodes=2))
        addresses = [node.url for node in nodes]
        carla = await stack.enter_async_context(at_desk(addresses[0], CARLA, company_id=house.company.id))
        listener = Listener(addresses=addresses, token=carla.token, chance=chance)
        await stack.enter_async_context(listening(listener))
        postmen = Postmen(addresses, at_once=BUNCH)
        while postmen.history.ok < messages or listener.cuts < cuts:
            await postmen.bring(islice(strangers, BUNCH))
            await asyncio.sleep(chance.uniform(0, PAUSE))
        await site.drained()
        books = await site.books()
        newest = max(event["seq"] for event in books.events if event["company_id"] == house.company.id)
        await comes(listener.has_heard(newest), within=3)
    return Verdict(seed, on_events(books, house.company.id, listener))


def on_events(books: Books, company_id: object, listener: Listener) -> dict[str, list[object]]:
    """Whether what was heard is what the company's stream has from the first cursor on, in its order."""
    after = int((listener.first or "0-0").rpartition("-")[2])
    events = [event for event in books.events if event["company_id"] == company_id and event["seq"] > after]
    expected = {event["seq"]: PUBLIC[event["name"]] for event in events}
    heard = {each.seq: each.event for each in listener.heard}
    return {
        "missed": [(seq, name) for seq, name in expected.items() if seq not in heard],
        "never happened": [seq for seq in heard if seq not in expected],
        "something else": [seq for seq, name in heard.items() if expected.get(seq, name) != name],
        "out of order": went_back(listener.heard),
        "not resumed": listener.resync,
        "told of another message": _mistaken(events, listener.heard),
    }


def went_back(heard: Sequence[Heard]) -> list[object]:
    """Events that came after a later one, and had not come before."""
    seen, newest = set[int](), 0
    found: list[object] = []
    for each in heard:
        if each.seq < newest and each.seq not in seen:
            found.append(each)
        seen.add(each.seq)
        newest = max(newest, each.seq)
    return found


def _mistaken(events: Sequence[Row], heard: Sequence[Heard]) -> list[object]:
    ids = {e["seq"]: msgspec.json.decode(e["data"])["message_id"] for e in events if e["name"] == "message.added"}
    created = [each for each in heard if each.event == "message.created"]
    return [each.seq for each in created if each.data["message"]["id"] != ids.get(each.seq)]
