"""Names under which the journal keeps things."""

import pytest

from jaboti_adapters.channels._keys import LONGEST, key_of, lane_of
from jaboti_domain.integration.messaging import Peer

LANES = [
    (Peer(phone="5541988887777", cloud_user_id="BR.1", lid="9"), "p:554188887777"),
    (Peer(cloud_user_id="BR.1", lid="9"), "u:BR.1"),
    (Peer(lid="9"), "l:9"),
    (Peer(), "a:700"),
    (None, "a:700"),
]


@pytest.mark.parametrize(("peer", "lane"), LANES)
def test_the_lane_is_the_strongest_name_of_the_peer(peer: Peer | None, lane: str) -> None:
    assert lane_of(peer, account="700") == lane


def test_a_key_is_readable_as_long_as_it_is_short() -> None:
    assert key_of("s", "wamid.1", "sent") == "s:wamid.1:sent"
    assert key_of("m", "w" * (LONGEST - 2)) == "m:" + "w" * (LONGEST - 2)


def test_a_long_key_is_a_hash_that_tells_it_from_others() -> None:
    one, other = key_of("m", "w" * LONGEST), key_of("m", "w" * LONGEST + "!")
    assert len(one) == len(other) == 66
    assert one != other
