"""Those who ask a server for the same at once are answered together, and never with what was so before."""

import asyncio
from datetime import UTC, datetime, timedelta

from attrs import define, evolve, field

from jaboti_adapters.channels.evolutionapi.looks import Looks
from jaboti_domain.integration.model import Integration
from jaboti_domain.kernel.ids import IntegrationId, new_id
from tests.unit.channels.evolution import integration

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
OURS = integration("https://evolution.example")


@define(eq=False)
class Window:
    """What can be looked at; each look takes until it is let go."""

    let_go: asyncio.Event = field(factory=asyncio.Event)
    looked: list[datetime] = field(factory=list)
    broken: bool = False

    async def look(self, _: Integration, since: datetime) -> int:
        self.looked.append(since)
        await self.let_go.wait()
        if self.broken:
            raise OSError
        return len(self.looked)


async def asked(looks: Looks[int], *minutes: int) -> list[asyncio.Task[int]]:
    tasks = [asyncio.create_task(looks.since(OURS, NOW - timedelta(minutes=each))) for each in minutes]
    await asyncio.sleep(0.01)
    return tasks


async def test_who_asks_while_a_look_is_under_way_shares_the_next_one_which_reaches_back_for_all() -> None:
    window = Window()
    looks = Looks(window.look)
    tasks = [*await asked(looks, 1), *await asked(looks, 2, 5, 3)]
    window.let_go.set()
    assert await asyncio.gather(*tasks) == [1, 2, 2, 2]
    assert window.looked == [NOW - timedelta(minutes=1), NOW - timedelta(minutes=5)]


async def test_a_look_that_fails_fails_for_those_who_shared_it_alone() -> None:
    window = Window(broken=True)
    looks = Looks(window.look)
    first = await asked(looks, 1, 1)
    window.let_go.set()
    assert [type(each) for each in await asyncio.gather(*first, return_exceptions=True)] == [OSError] * 2
    window.broken = False
    assert await looks.since(OURS, NOW) == 2


async def test_who_goes_away_leaves_the_look_to_the_others() -> None:
    window = Window()
    looks = Looks(window.look)
    gone, left = await asked(looks, 1, 1)
    gone.cancel()
    await asyncio.sleep(0.01)
    window.let_go.set()
    assert await left == 1


async def test_a_look_for_nobody_ends_and_stands_in_nobodys_way() -> None:
    window = Window()
    looks = Looks(window.look)
    gone = [*await asked(looks, 1), *await asked(looks, 2)]
    for each in gone:
        each.cancel()
    await asyncio.gather(*gone, return_exceptions=True)
    window.let_go.set()
    assert await asyncio.wait_for(looks.since(OURS, NOW), 1) == 2


async def test_integrations_do_not_wait_for_one_another() -> None:
    window = Window()
    looks = Looks(window.look)
    others = [asyncio.create_task(looks.since(evolve(OURS, id=IntegrationId(new_id())), NOW)) for _ in range(2)]
    await asyncio.sleep(0.01)
    assert len(window.looked) == 2
    window.let_go.set()
    assert await asyncio.gather(*others) == [2, 2]
