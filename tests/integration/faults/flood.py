"""Clients write while servers are killed: the plan, and what has to be true afterwards."""

import asyncio
import time
from collections.abc import Sequence
from random import Random

from attrs import define, field, frozen

from tests.integration.faults.history import History
from tests.integration.faults.letters import letters, shuffled
from tests.integration.faults.patience import until
from tests.integration.faults.postmen import Postmen
from tests.integration.faults.processes import Process
from tests.integration.faults.site import Site
from tests.integration.faults.verdicts import Verdict, on_messages

DUPLICATES = 0.3


@frozen(kw_only=True)
class Flood:
    """So many messages of so many clients of each company; a server is killed so often on the way."""

    seed: int
    messages: int
    clients: int = 100
    kills: int = 3


@define
class Recovery:
    """How long, after each kill, nobody got an answer."""

    seconds: list[float] = field(factory=list)


async def survived(site: Site, flood: Flood, recovery: Recovery | None = None) -> Verdict:
    """Play it; what is wrong when everything was taken and worked off."""
    chance = Random(flood.seed)
    planned = letters(site.houses, messages=flood.messages, clients=flood.clients, tag=str(flood.seed))
    deliveries = shuffled(planned, chance, duplicates=DUPLICATES)
    moments = sorted(chance.sample(range(len(deliveries) // 10, len(deliveries) * 9 // 10), flood.kills))
    async with site.serving() as (server,):
        postmen = Postmen([server.url])
        async with asyncio.TaskGroup() as group:
            group.create_task(postmen.bring(deliveries))
            group.create_task(_killed(server, moments, postmen.history, recovery or Recovery()))
        await site.drained()
    books = await site.books()
    return Verdict(flood.seed, on_messages(books, (each.name for each in planned), postmen.history))


async def _killed(server: Process, moments: Sequence[int], history: History, recovery: Recovery) -> None:
    """Kill and restart it each time when so many deliveries were taken."""
    for moment in moments:
        await _taken(history, moment)
        began = time.monotonic()
        await server.kill()
        await server.start()
        await _taken(history, history.ok + 1)
        recovery.seconds.append(time.monotonic() - began)


async def _taken(history: History, number: int) -> None:
    await until(lambda: history.ok >= number, within=30, what=f"{number} deliveries taken")
