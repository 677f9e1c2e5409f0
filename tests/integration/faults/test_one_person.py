"""The same person on both channels, with and without the ninth digit, by LID and by user id, is one client."""

import pytest

from tests.integration.faults.names import ORDERS, met
from tests.integration.faults.site import Site


async def test_whichever_name_arrives_first_all_of_them_are_one_client(site: Site, seed: int) -> None:
    verdict = await met(site, seed=seed)
    assert not verdict, verdict


@pytest.mark.parametrize("mutant", ["numbers_as_written", "no_hidden_ids", "no_user_ids", "never_as_one"])
async def test_a_name_that_is_not_understood_is_found_out(site: Site, seed: int, mutant: str) -> None:
    verdict = await met(site.mutated(mutant), seed=seed, orders=ORDERS[::12])
    assert verdict.of("persons who are not one client") or verdict.of("lost messages"), verdict
