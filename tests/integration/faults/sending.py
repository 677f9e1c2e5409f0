"""Attendants write while those who send it die or fall asleep: the plan, and what has to be true afterwards."""

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from random import Random

from attrs import define, field, frozen

from jaboti_entrypoints.sandbox.cloudapi import CloudApiSandbox, Peer
from jaboti_entrypoints.sandbox.cloudapi.ledger import Send
from tests.integration.faults.books import Books
from tests.integration.faults.desks import Desk, at_desk
from tests.integration.faults.letters import phone
from tests.integration.faults.patience import eventually, until
from tests.integration.faults.processes import Process
from tests.integration.faults.site import CARLA, Site, running
from tests.integration.faults.verdicts import Verdict, compared, falls, on_numbers

UNSURE_AFTER = 3.0
SLOW = 0.3
"""Seconds until the platform answers what it took at once."""


@frozen(kw_only=True)
class Work:
    """So many clients of each company, each of whom is written so many messages in every round."""

    seed: int
    clients: int = 20
    messages: int = 3


@define(eq=False, kw_only=True)
class Office:
    """Companies at work, with one worker beside the server, on a slow platform that speaks twice and out of turn."""

    site: Site
    work: Work
    chance: Random
    worker: Process
    platform: CloudApiSandbox
    chats: Mapping[str, Desk] = field(factory=dict)
    written: list[str] = field(factory=list)

    async def round(self, interruption: Callable[[], Awaitable[None]]) -> None:
        """Every client is written to, and in the middle of it comes the interruption; returns when all is quiet."""
        before, whole = len(self.platform.ledger.sends), len(self.chats) * self.work.messages
        some = before + self.chance.randint(whole // 4, whole * 3 // 4)
        middle = f"{some} sends, several of them under way"
        async with asyncio.TaskGroup() as group:
            for chat_id, desk in self.chats.items():
                group.create_task(self._write(chat_id, desk))
            await until(lambda: self._is_in_the_middle(some), within=60, what=middle)
            await interruption()
        await self.quiet()

    async def quiet(self) -> None:
        """Wait until everything has gone out, and all that the platform has to say was heard."""
        await self.site.sent(within=90)
        assert await self.platform.settled(within=30), "the platform still has something to say"
        await self.site.drained()

    async def verdict(self) -> Verdict:
        """What is wrong now."""
        books, sends = await self.site.books(), self.platform.ledger.sends
        histories = {id(desk): desk.history for desk in self.chats.values()}.values()
        return Verdict(
            self.work.seed,
            {
                **on_sends(books, sends, self.written),
                **on_numbers(books),
                "said to be doubled": flagged_in_vain(books, sends),
                "odd answers": [odd for history in histories for odd in history.odd_answers(503)],
            },
        )

    def _is_in_the_middle(self, some: int) -> bool:
        sends = self.platform.ledger.sends
        return len(sends) >= some and sum(time.time() - send.at < SLOW for send in sends) > 1

    async def _write(self, chat_id: str, desk: Desk) -> None:
        for _ in range(self.work.messages):
            answer = await desk.post(f"/chats/{chat_id}/messages", {"content": "Bom dia!"})
            assert answer.status_code == 201, answer.text
            self.written.append(answer.json()["id"])


@asynccontextmanager
async def at_work(site: Site, work: Work) -> AsyncIterator[Office]:
    """Clients have written, and their chats were taken."""
    async with AsyncExitStack() as stack:
        server = site.server("--no-workers", unsure_after=UNSURE_AFTER)
        worker = site.worker(unsure_after=UNSURE_AFTER)
        await stack.enter_async_context(running(server, worker))
        platform = await stack.enter_async_context(site.platform(server, seed=work.seed))
        office = Office(site=site, work=work, chance=Random(work.seed), worker=worker, platform=platform)
        desks = {
            str(house.company.id): await stack.enter_async_context(
                at_desk(server.url, CARLA, company_id=house.company.id)
            )
            for house in site.houses
        }
        office.chats = await _taken_chats(office, desks)
        platform.knobs.turn(hang=1.0, hang_seconds=SLOW, reorder=0.3, duplicate=0.3)
        yield office


async def _taken_chats(office: Office, desks: Mapping[str, Desk]) -> dict[str, Desk]:
    for house in office.site.houses:
        for n in range(office.work.clients):
            office.platform.client_writes(house.account.phone_number_id, Peer(wa_id=phone(n)), "Oi")
    expected = office.work.clients * len(office.site.houses)

    async def came() -> bool:
        return len((await office.site.books()).inbound) == expected

    await eventually(came, within=40, what=f"{expected} chats", every=0.1)
    chats = {str(chat["id"]): desks[str(chat["company_id"])] for chat in (await office.site.books()).chats}
    await asyncio.gather(*(desk.post(f"/chats/{chat_id}/start") for chat_id, desk in chats.items()))
    return chats


def on_sends(books: Books, sends: Iterable[Send], written: Iterable[str]) -> dict[str, list[object]]:
    """Whether what was written, what we have on it, and what the platform got are the same, in the same order."""
    arrived = {send.callback: send for send in reversed(list(sends))}
    ids = list(written)
    places = defaultdict(list)
    for message in books.outbound:
        if (send := arrived.get(str(message["id"]))) is not None:
            places[message["chat_id"]].append(send.seq)
    return {
        **compared(ids, (str(message["id"]) for message in books.outbound), what="rows"),
        **compared(ids, (send.callback for send in sends), what="sends"),
        "chats sent in another order": [fall for seqs in places.values() for fall in falls(seqs)],
        "under another name": [
            (m["provider_id"], s.wamid)
            for m in books.outbound
            if (s := arrived.get(str(m["id"]))) is not None and s.wamid != m["provider_id"]
        ],
        "behind what was reported": [(m["id"], m["status"]) for m in books.outbound if m["status"] != "READ"],
    }


def flagged_in_vain(books: Books, sends: Iterable[Send]) -> list[object]:
    """Messages that were said to be possibly doubled when their only send had come, so that there was no other."""
    sent = defaultdict(list)
    for send in sends:
        sent[send.callback].append(send.at)
    flagged = {
        event["message_id"]: event["at"].timestamp()
        for event in reversed(books.told("message.status_changed"))
        if event["possibly_doubled"]
    }
    return [name for name, at in flagged.items() if len(sent[name]) == 1 and sent[name][0] < at]
