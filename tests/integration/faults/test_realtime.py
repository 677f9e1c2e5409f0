"""Who listens hears everything, however often the connection breaks."""

from tests.integration.faults.listening import heard_while_cut
from tests.integration.faults.site import Site
from tests.integration.faults.sizes import scaled


async def test_no_event_is_missed_over_cut_connections_between_two_servers(site: Site, seed: int) -> None:
    verdict = await heard_while_cut(site, seed=seed, messages=scaled(200), cuts=scaled(25))

    assert not verdict, verdict
