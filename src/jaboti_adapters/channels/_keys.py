"""Names under which the journal keeps what arrived: short, printable, the same at each delivery."""

from hashlib import sha256

from jaboti_domain.client.phone import line_key
from jaboti_domain.integration.messaging import Peer

LONGEST = 200


def key_of(kind: str, *names: str) -> str:
    """`kind:name:name`; `kind:` and a hash where that is over 200 characters, or not all printable ASCII."""
    key = ":".join((kind, *names))
    if len(key) <= LONGEST and key.isascii() and key.isprintable():
        return key
    return f"{kind}:{sha256(key.encode('utf-8', 'surrogatepass')).hexdigest()}"


def lane_of(peer: Peer | None, *, account: str) -> str:
    """The lane of a peer, equal for all spellings of a phone; what concerns no peer shares the account's lane."""
    if peer is not None and peer.phone:
        return key_of("p", line_key(peer.phone))
    if peer is not None and peer.cloud_user_id:
        return key_of("u", peer.cloud_user_id)
    if peer is not None and peer.lid:
        return key_of("l", peer.lid)
    return key_of("a", account)
