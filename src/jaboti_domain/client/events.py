"""Facts about clients."""

from collections.abc import Sequence

from attrs import frozen

from jaboti_domain.kernel.events import Event
from jaboti_domain.kernel.ids import ClientId


@frozen(kw_only=True)
class ClientRegistered(Event):
    """Somebody was entered, by a person or by writing for the first time."""

    name = "client.registered"

    client_id: ClientId
    client_name: str
    phone: str | None


@frozen(kw_only=True)
class ClientUpdated(Event):
    """Something that is known of a client changed."""

    name = "client.updated"

    client_id: ClientId
    client_name: str
    phone: str | None
    blocked: bool = False


@frozen(kw_only=True)
class ClientsMerged(Event):
    """Two clients turned out to be one: `absorbed` lives on in `client_id`."""

    name = "client.merged"

    client_id: ClientId
    absorbed: Sequence[ClientId]


@frozen(kw_only=True)
class ClientRemoved(Event):
    """A client was taken out of the lists; whoever writes from their phone is somebody new."""

    name = "client.removed"

    client_id: ClientId
