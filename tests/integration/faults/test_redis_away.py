"""Redis is never the truth: without it everything goes on, only a little later."""

import asyncio
from itertools import count, islice
from random import Random
from statistics import quantiles

import httpx

from tests.integration.faults.desks import at_desk
from tests.integration.faults.letters import letter, phone
from tests.integration.faults.listening import Listener, listening, on_events
from tests.integration.faults.patience import comes
from tests.integration.faults.postmen import Postmen
from tests.integration.faults.site import CARLA, Site
from tests.integration.faults.sizes import scaled
from tests.integration.faults.verdicts import Verdict
from tests.integration.redis_server import RedisServer

BUNCH, PAUSE = 5, 0.2
LATEST = 4.0
"""Seconds: two between looks, and what a machine adds that other tests keep busy; without looks it were minutes."""


async def test_without_redis_nothing_is_lost_and_events_are_late_by_two_seconds_at_most(
    site: Site, redis: RedisServer, seed: int
) -> None:
    house, seconds = site.houses[0], scaled(6)
    strangers = (letter(house, name=f"wamid.{seed}.{n}", author=phone(n)) for n in count())
    odd: list[int] = []
    async with (
        site.serving(nodes=2) as (near, far),
        at_desk(far.url, CARLA, company_id=house.company.id) as carla,
    ):
        listener = Listener(addresses=[far.url], token=carla.token, chance=Random(seed), longest=1000.0)
        async with listening(listener):
            postmen = Postmen([near.url], at_once=BUNCH)
            for turn in range(int(3 * seconds / PAUSE)):
                if turn == int(seconds / PAUSE):
                    redis.stop()
                if turn == int(2 * seconds / PAUSE):
                    redis.start()
                await postmen.bring(islice(strangers, BUNCH))
                odd += await _odd_answers(carla.http)
                await asyncio.sleep(PAUSE)
            await site.drained()
            books = await site.books()
            newest = max(event["seq"] for event in books.events if event["company_id"] == house.company.id)
            await comes(listener.has_heard(newest), within=5)
    late = [each.late for each in listener.heard]
    verdict = Verdict(seed, on_events(books, house.company.id, listener) | {"odd answers": list(odd)})
    assert not verdict, verdict
    assert quantiles(late, n=100)[98] < LATEST, max(late)


async def _odd_answers(http: httpx.AsyncClient) -> list[int]:
    statuses = [(await http.get(path)).status_code for path in ("/chats/counts", "/auth/me", "/health/ready")]
    return [status for status in statuses if status != 200]
