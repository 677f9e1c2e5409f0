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
    """A client is known by other or more names."""

    name = "client.updated"

    client_id: ClientId
    client_name: str
    phone: str | None


@frozen(kw_only=True)
class ClientsMerged(Event):
    """Two clients turned out to be one: `absorbed` lives on in `client_id`."""

    name = "client.merged"

    client_id: ClientId
    absorbed: Sequence[ClientId]
