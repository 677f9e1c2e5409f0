"""Attendants write while the platform refuses, hangs and breaks off, and workers die or fall asleep."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from random import Random
from typing import Any

from attrs import define, field, frozen

from jaboti_entrypoints.sandbox.cloudapi import CloudApiSandbox, Peer
from jaboti_entrypoints.sandbox.evolutionapi import EvolutionApiSandbox
from tests.integration.faults.books import Books
from tests.integration.faults.desks import Desk, at_desk
from tests.integration.faults.letters import phone
from tests.integration.faults.patience import eventually, until
from tests.integration.faults.processes import Process
from tests.integration.faults.site import CARLA, Site, running
from tests.integration.faults.verdicts import Verdict, compared, doubled, falls, on_numbers

UNSURE_AFTER = 3.0
ASLEEP = UNSURE_AFTER + 1.0
ACCIDENTS = {"hang": 0.05, "reset": 0.02}
Platform = CloudApiSandbox | EvolutionApiSandbox


@frozen(kw_only=True)
class Storm:
    """So many chats of so many messages; workers are killed and put to sleep so often on the way."""

    seed: int
    chats: int = 20
    messages: int = 15
    kills: int = 2
    pauses: int = 1
    knobs: Mapping[str, Any] = field(factory=dict)
    """How the platform misbehaves beside the accidents."""


@define(kw_only=True, eq=False)
class Deck:
    """Where the storm is: the platform, the workers, and what was written."""

    site: Site
    storm: Storm
    chance: Random
    platform: Platform
    workers: Sequence[Process]
    words: Callable[[Any], str]
    """What a send says: every message says something else."""
    desks: Mapping[str, Desk] = field(factory=dict)
    written: dict[str, str] = field(factory=dict)
    """What each message that was taken says, by its id."""

    async def weathered(self) -> Verdict:
        """Play it; what is wrong when all has gone out."""
        total = self.storm.chats * self.storm.messages
        moments = [
            self.chance.randint(total // 20, total * 17 // 20) for _ in range(self.storm.kills + self.storm.pauses)
        ]
        blows = [self._dies] * self.storm.kills + [self._sleeps] * self.storm.pauses
        self.chance.shuffle(blows)
        async with asyncio.TaskGroup() as group:
            for chat_id, desk in self.desks.items():
                group.create_task(self._write(chat_id, desk))
            for moment, blow in zip(sorted(moments), blows, strict=True):
                await self._sent(moment)
                await blow()
        return await self.settled()

    async def settled(self) -> Verdict:
        """What is wrong when all that was written has gone out."""
        await self.site.sent(within=200)
        assert await self.platform.settled(within=30), "the platform still has something to say"
        await self.site.drained()
        return Verdict(self.storm.seed, self._judged(await self.site.books()))

    async def _sent(self, number: int) -> None:
        await until(lambda: len(self.platform.ledger.sends) >= number, within=200, what=f"{number} sends")

    async def _dies(self) -> None:
        worker = self.chance.choice(self.workers)
        await worker.kill()
        await worker.start()

    async def _sleeps(self) -> None:
        worker = self.chance.choice(self.workers)
        worker.pause()
        await asyncio.sleep(ASLEEP)
        worker.resume()

    async def _write(self, chat_id: str, desk: Desk) -> None:
        for n in range(self.storm.messages):
            words = f"{chat_id} {n}"
            answer = await desk.post(f"/chats/{chat_id}/messages", {"content": words})
            assert answer.status_code == 201, answer.text
            self.written[answer.json()["id"]] = words

    def _judged(self, books: Books) -> dict[str, list[object]]:
        said = [self.words(send) for send in self.platform.ledger.sends]
        ours = [message for message in books.outbound if str(message["id"]) in self.written]
        flagged = {self.written[str(m["id"])] for m in ours if m["possibly_doubled"]}
        first = {words: place for place, words in reversed(list(enumerate(said)))}
        places = defaultdict(list)
        for message in ours:
            places[message["chat_id"]].append(first.get(self.written[str(message["id"])], -1))
        return {
            **compared(list(self.written), (str(m["id"]) for m in books.outbound), what="rows"),
            **compared(self.written.values(), said, what="sends"),
            "unflagged doubles": [words for words in doubled(said) if words not in flagged],
            "chats sent in another order": [fall for seqs in places.values() for fall in falls(seqs)],
            "not gone out": [m["id"] for m in books.outbound if m["status"] in ("QUEUED", "SENDING", "FAILED")],
            **on_numbers(books),
        }


@asynccontextmanager
async def at_sea(site: Site, storm: Storm, *, on_phones: bool = False) -> AsyncIterator[Deck]:
    """Clients have written on CloudAPI, or on the companies' own phones, and their chats were taken."""
    async with AsyncExitStack() as stack:
        server = site.server("--no-workers", unsure_after=UNSURE_AFTER)
        workers = [site.worker(unsure_after=UNSURE_AFTER) for _ in range(2)]
        await stack.enter_async_context(running(server, *workers))
        platform: Platform = await stack.enter_async_context(
            site.phones(server, seed=storm.seed) if on_phones else site.platform(server, seed=storm.seed)
        )
        deck = Deck(
            site=site,
            storm=storm,
            chance=Random(storm.seed),
            platform=platform,
            workers=workers,
            words=(lambda send: str(send.words)) if on_phones else (lambda send: str(send.body["text"]["body"])),
        )
        desks = {
            str(house.company.id): await stack.enter_async_context(
                at_desk(server.url, CARLA, company_id=house.company.id)
            )
            for house in site.houses
        }
        deck.desks = await _taken(deck, desks)
        too_fast = 429 if on_phones else 130429
        positions: dict[str, Any] = {**ACCIDENTS, "fail_rate": {too_fast: 0.05, 503: 0.05}, **storm.knobs}
        platform.knobs.turn(**positions)
        yield deck


async def _taken(deck: Deck, desks: Mapping[str, Desk]) -> dict[str, Desk]:
    for n in range(deck.storm.chats):
        house = deck.site.houses[n % len(deck.site.houses)]
        if isinstance(deck.platform, EvolutionApiSandbox):
            deck.platform.client_writes(house.telephones[0].instance, phone(n), "Oi")
        else:
            deck.platform.client_writes(house.account.phone_number_id, Peer(wa_id=phone(n)), "Oi")

    async def came() -> bool:
        return len((await deck.site.books()).inbound) == deck.storm.chats

    await eventually(came, within=30, what=f"{deck.storm.chats} chats", every=0.2)
    chats = {str(chat["id"]): desks[str(chat["company_id"])] for chat in (await deck.site.books()).chats}
    await asyncio.gather(*(desk.post(f"/chats/{chat_id}/start") for chat_id, desk in chats.items()))
    return chats
