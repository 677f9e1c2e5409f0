"""One item of a webhook, read."""

from collections.abc import Callable, Mapping

from jaboti_adapters.channels._keys import LONGEST
from jaboti_adapters.channels.evolutionapi.inbound.item import Item
from jaboti_adapters.channels.evolutionapi.inbound.messages import read_message, read_protocol
from jaboti_adapters.channels.evolutionapi.inbound.notices import read_other
from jaboti_adapters.channels.evolutionapi.inbound.statuses import read_deletion, read_status
from jaboti_adapters.channels.evolutionapi.jids import outside
from jaboti_domain.integration.messaging import Ignored, Peer, Unreadable, Update

STATUS, HISTORY = "messages.update", "messages.set"
_READERS: Mapping[str, Callable[[Item, Peer], Update]] = {
    "messages.upsert": read_message,
    "send.message": read_message,
    "messages.edited": read_protocol,
    "send.message.update": read_protocol,
    STATUS: read_status,
    "messages.delete": read_deletion,
}
"""Events that are about a message in a chat with a client."""


def read(raw: bytes) -> Update:
    """What an item means. Never raises: what can't be understood is Unreadable with the reason."""
    try:
        return _update(Item.of(raw))
    except Exception as error:  # whatever a stranger's JSON can break here costs this item only
        return Unreadable(reason=f"it can't be read: {type(error).__name__}")


def _update(item: Item) -> Update:
    if not item.event:
        return Unreadable(reason="it names no event")
    if item.event not in _READERS:
        return Ignored(reason="history") if item.event == HISTORY else read_other(item)
    reason = outside(item.key["remoteJid"].text)
    if reason is not None:
        return Ignored(reason=reason)
    if not 0 < len(item.id) <= LONGEST:
        return Unreadable(reason="it has no usable id")
    return _of_client(item)


def _of_client(item: Item) -> Update:
    if item.event == STATUS:
        return read_status(item, item.peer)
    if item.peer is None:
        return Unreadable(reason="nobody is named at the other end")
    return _READERS[item.event](item, item.peer)
