"""A command that is repeated acts once, whatever breaks."""

from tests.integration.faults.repeating import Repetition, repeated
from tests.integration.faults.site import Site
from tests.integration.faults.sizes import scaled


async def test_a_repeated_command_acts_once_and_is_always_answered_alike(site: Site, seed: int) -> None:
    verdict = await repeated(site, Repetition(seed=seed, commands=scaled(200), kills=3))
    assert not verdict, verdict


async def test_forgetting_commands_is_found_out(site: Site, seed: int) -> None:
    verdict = await repeated(site.mutated("no_command_notes"), Repetition(seed=seed, commands=40, chats=4))
    assert verdict.of("doubled messages"), verdict
