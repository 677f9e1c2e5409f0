"""The tests of this folder can fail: each broken promise is found out."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from tests.integration.faults.flood import Flood, survived
from tests.integration.faults.listening import heard_while_cut
from tests.integration.faults.mutants import SEQUENCE
from tests.integration.faults.sending import Work, at_work
from tests.integration.faults.site import Site
from tests.integration.faults.verdicts import Verdict

TIMES = 3


async def test_answering_before_the_commit_is_found_out(site: Site, seed: int) -> None:
    mutant = site.mutated("answer_before_commit")
    await _found_out("lost messages", lambda n: survived(mutant, Flood(seed=seed + n, messages=300, kills=1)))


async def test_doing_without_unique_keys_is_found_out(site: Site, seed: int) -> None:
    await site.execute("ALTER TABLE journal DROP CONSTRAINT journal_integration_id_key")
    await site.execute("DROP INDEX message_provider_key")
    mutant = site.mutated("no_unique_key")
    verdict = await survived(mutant, Flood(seed=seed, messages=100, kills=0))
    assert verdict.of("items journalled twice"), verdict
    assert verdict.of("doubled messages"), verdict


@pytest.mark.parametrize(
    ("mutant", "kind"),
    [("blind_resend", "doubled sends"), ("status_not_monotonic", "behind what was reported")],
)
async def test_careless_sending_is_found_out(site: Site, seed: int, mutant: str, kind: str) -> None:
    async with at_work(site.mutated(mutant), Work(seed=seed, clients=4, messages=2)) as office:

        async def played(_: int) -> Verdict:
            await office.round(lambda: asyncio.sleep(0))
            return await office.verdict()

        await _found_out(kind, played)


@pytest.mark.parametrize("mutant", ["no_replay", "ids_before_commit"])
async def test_gaps_in_what_is_told_are_found_out(site: Site, seed: int, mutant: str) -> None:
    await site.execute(f"CREATE SEQUENCE {SEQUENCE}")
    await site.execute(f"GRANT USAGE ON SEQUENCE {SEQUENCE} TO jaboti_app")
    place = site.mutated(mutant)
    await _found_out("missed", lambda n: heard_while_cut(place, seed=seed + n, messages=50, cuts=8))


async def _found_out(kind: str, play: Callable[[int], Awaitable[Verdict]]) -> None:
    """Chance has a part in it: it is played until the fault shows, a few times at most."""
    verdicts = []
    for n in range(TIMES):
        verdicts.append(await play(n))
        if verdicts[-1].of(kind):
            return
    raise AssertionError(f"no {kind}: {verdicts}")
