"""What is written goes out once and in order, in whatever state the platform and those who send are."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.integration.faults.site import Site
from tests.integration.faults.sizes import FULL
from tests.integration.faults.weather import Storm, at_sea

WITHOUT_WORD: Mapping[str, Any] = {"drop_statuses": 1.0}
UNTOLD: Mapping[str, Any] = {**WITHOUT_WORD, "lost_events": ["send.message"]}


def storm(seed: int, **knobs: Any) -> Storm:
    """300 messages in 20 chats; the full one has 3,000 in 200, and takes some minutes."""
    return Storm(seed=seed, chats=200, kills=12, pauses=5, knobs=knobs) if FULL else Storm(seed=seed, knobs=knobs)


@pytest.mark.parametrize("on_phones", [False, True], ids=["CloudAPI", "EvolutionAPI"])
async def test_nothing_is_lost_doubled_or_out_of_order(site: Site, seed: int, on_phones: bool) -> None:
    async with at_sea(site, storm(seed), on_phones=on_phones) as deck:
        verdict = await deck.weathered()
    assert not verdict, verdict


async def test_without_the_platforms_word_every_double_is_flagged(site: Site, seed: int) -> None:
    async with at_sea(site, storm(seed, **WITHOUT_WORD)) as deck:
        verdict = await deck.weathered()
    assert verdict.of("doubled sends")
    verdict.faults.pop("doubled sends")
    assert not verdict, verdict


async def test_a_platform_that_can_be_asked_doubles_nothing_without_a_word(site: Site, seed: int) -> None:
    small = Storm(seed=seed, chats=10, messages=8, kills=1, pauses=0, knobs=UNTOLD)
    async with at_sea(site, small, on_phones=True) as deck:
        verdict = await deck.weathered()
    assert not verdict, verdict


@pytest.mark.parametrize(
    ("mutant", "on_phones", "kind"),
    [
        ("blind_resend", False, "doubled sends"),
        ("no_asking", True, "doubled sends"),
        ("no_lanes", False, "chats sent in another order"),
    ],
)
async def test_careless_sending_in_bad_weather_is_found_out(
    site: Site, seed: int, mutant: str, on_phones: bool, kind: str
) -> None:
    small = Storm(seed=seed, chats=10, messages=8, kills=1, pauses=0, knobs=UNTOLD if on_phones else {})
    async with at_sea(site.mutated(mutant), small, on_phones=on_phones) as deck:
        verdict = await deck.weathered()
    assert verdict.of(kind), verdict
