"""A platform that is away for one company is waited for, and no other company notices."""

import asyncio
import time
from collections.abc import Collection, Mapping
from statistics import quantiles

import pytest
from attrs import define, field

from tests.integration.faults.desks import Desk
from tests.integration.faults.site import Site
from tests.integration.faults.sizes import FULL
from tests.integration.faults.weather import Deck, Storm, at_sea

CALM, TROUBLE = (30.0, 300.0) if FULL else (2.0, 5.0)
CHATS, PAUSE = (100, 8.0) if FULL else (10, 0.4)
"""So slow that no pair's bucket runs dry."""
NOTICED = 1.0
"""Seconds at p99; a message usually takes some milliseconds, on machines that others use some hundreds."""


@define
class Talk:
    """What is written in some chats, and when it was."""

    deck: Deck
    desks: Mapping[str, Desk]
    began: dict[str, float] = field(factory=dict)

    async def go_on(self, seconds: float) -> list[str]:
        """Write for so long; returns what was written."""
        before = len(self.began)
        async with asyncio.TaskGroup() as group:
            for place, (chat_id, desk) in enumerate(self.desks.items()):
                group.create_task(self._write(chat_id, desk, place / len(self.desks) * PAUSE, time.time() + seconds))
        return list(self.began)[before:]

    async def _write(self, chat_id: str, desk: Desk, after: float, until: float) -> None:
        await asyncio.sleep(after)
        while time.time() < until:
            words = f"{chat_id} {len(self.began)}"
            self.began[words] = time.time()
            answer = await desk.post(f"/chats/{chat_id}/messages", {"content": words})
            self.deck.written[answer.json()["id"]] = words
            await asyncio.sleep(PAUSE)

    def p99(self, written: Collection[str]) -> float:
        """In how many seconds these reached the platform, but for one in a hundred."""
        came = {self.deck.words(send): send.at for send in self.deck.platform.ledger.sends}
        return quantiles((came.get(words, time.time()) - self.began[words] for words in written), n=100)[98]


async def played(deck: Deck) -> tuple[float, float]:
    """One company's platform is away for a while; the other company's p99 before and meanwhile."""
    troubled, healthy = (str(house.company.id) for house in deck.site.houses)
    away = deck.site.houses[0].account.phone_number_id
    companies = {str(c["id"]): str(c["company_id"]) for c in (await deck.site.books()).chats}
    talks = {
        company: Talk(deck, {chat: desk for chat, desk in deck.desks.items() if companies[chat] == company})
        for company in (troubled, healthy)
    }
    before, _ = await asyncio.gather(*(talks[each].go_on(CALM) for each in (healthy, troubled)))
    calm = talks[healthy].p99(before)
    deck.platform.knobs.turn(away, fail_rate={503: 1.0})
    meanwhile, unsent = await asyncio.gather(*(talks[each].go_on(TROUBLE) for each in (healthy, troubled)))
    assert talks[troubled].p99(unsent) > 1, "nobody was in trouble"
    in_trouble = talks[healthy].p99(meanwhile)
    deck.platform.knobs.turn(away, fail_rate={})
    return calm, in_trouble


def calm_sea(seed: int) -> Storm:
    return Storm(seed=seed, chats=CHATS, knobs={"hang": 0.0, "reset": 0.0, "fail_rate": {}})


async def test_a_platform_that_is_away_for_one_company_costs_nothing_and_nobody_else(site: Site, seed: int) -> None:
    async with at_sea(site, calm_sea(seed)) as deck:
        calm, in_trouble = await played(deck)
        verdict = await deck.settled()
    assert not verdict, verdict
    assert in_trouble < NOTICED, f"p99 {in_trouble:.3f} s, {calm:.3f} s before"


@pytest.mark.parametrize("mutant", ["one_breaker_for_all"])
async def test_making_everybody_wait_for_one_is_found_out(site: Site, seed: int, mutant: str) -> None:
    async with at_sea(site.mutated(mutant), calm_sea(seed)) as deck:
        _, in_trouble = await played(deck)
    assert in_trouble > NOTICED
