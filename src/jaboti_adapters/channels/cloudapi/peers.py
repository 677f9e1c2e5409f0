"""Who is at the other end, by the names that Meta gives: a phone, a user id, or both."""

import re
from collections.abc import Sequence

from jaboti_domain.client.identity import CLOUD_USER_ID
from jaboti_domain.integration.messaging import Peer

_PHONE = re.compile(r"[0-9]{1,32}")


def peer_named(phones: Sequence[str], user_ids: Sequence[str], *, name: str | None = None) -> Peer | None:
    """The peer with the first good one of each; None when there is none. A user id in a phone's place is understood."""
    phone = next(filter(_PHONE.fullmatch, phones), None)
    user_id = next(filter(CLOUD_USER_ID.fullmatch, (*user_ids, *phones)), None)
    return Peer(phone=phone, cloud_user_id=user_id, name=name) if phone or user_id else None
