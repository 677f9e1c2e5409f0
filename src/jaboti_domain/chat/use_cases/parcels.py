"""What is on its way to a platform, and what became of it."""

from attrs import frozen

from jaboti_domain.chat.ports import Errand
from jaboti_domain.integration.errors import SendingFailed
from jaboti_domain.integration.messaging import Accepted, Outbound, Peer
from jaboti_domain.integration.model import Integration


@frozen(kw_only=True)
class Parcel:
    """An errand with all that it takes to run it. `outbound` is None for a read receipt of `provider_id` to `peer`."""

    errand: Errand
    integration: Integration
    outbound: Outbound | None
    provider_id: str = ""
    peer: Peer | None = None


@frozen(kw_only=True)
class Delivery:
    """How a parcel was received: accepted, or why not."""

    parcel: Parcel
    accepted: Accepted | None = None
    failure: SendingFailed | None = None
    sent_again: bool = False
    """Whether it was sent once more after the platform said that it does not have it."""
    still_unsure: bool = False
    """Whether the failure was that of asking the platform what became of it."""
    is_nameless: bool = False
    """Whether another message has the name under which it was accepted."""
