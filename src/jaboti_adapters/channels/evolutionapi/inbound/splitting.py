"""A webhook's body into items: whatever is odd in one of them stays with that one."""

from collections.abc import Callable, Iterator, Mapping

from jaboti_adapters.channels._json import Node, clean, decode, digest
from jaboti_adapters.channels._keys import key_of, lane_of
from jaboti_adapters.channels.evolutionapi.inbound.item import Item
from jaboti_adapters.channels.evolutionapi.inbound.messages import is_edit, is_revoke
from jaboti_adapters.channels.evolutionapi.inbound.shapes import whole
from jaboti_adapters.channels.evolutionapi.inbound.statuses import protocol_of, status_of
from jaboti_adapters.channels.evolutionapi.jids import outside
from jaboti_domain.integration.errors import UnreadableWebhook
from jaboti_domain.integration.messaging import Items, WebhookItem

Key = tuple[str, ...]


def split(body: bytes) -> Items:
    """The items of a body, in their order. Raises UnreadableWebhook when it is neither an object nor a list."""
    try:
        events = Node(decode(body))
        if not isinstance(events.value, dict | list):
            raise UnreadableWebhook(reason="it is neither an object nor a list")
        return [item for event in events for item in items_of(event)]
    except (ValueError, RecursionError) as error:
        raise UnreadableWebhook(reason=str(error)) from error


def items_of(event: Node) -> Items:
    """The items of one event: one, but for messages, of which there may be several."""
    return [_webhook_item(item) for item in _parts(event)]


def _parts(event: Node) -> Iterator[Item]:
    data = event["data"]
    item = Item.within(event, body=data if event["event"].text else event)
    if item.event in _KEYS and isinstance(data.value, list) and data.value:
        yield from (Item.within(event, body=part) for part in data)
    else:
        yield item


def _webhook_item(item: Item) -> WebhookItem:
    account = clean(item.account.text)
    about_client = item.event in _KEYS and not outside(item.key["remoteJid"].text)
    return WebhookItem(
        account=account or None,
        owner=None,
        event_key=event_key(item),
        lane=lane_of(item.peer if about_client else None, account=account),
        raw=item.raw,
    )


def event_key(item: Item) -> str:
    """The same at each delivery of the same thing, in whichever version's shape, and by whichever of its events."""
    reader = _KEYS.get(item.event)
    names = reader(item) if reader is not None else ()
    if names and all(names):
        return key_of(*names)
    return key_of("x", digest([item.event, item.account.value, item.time.value, item.body.value]))


def _message(item: Item) -> Key:
    return ("m", item.id)


def _status(item: Item) -> Key:
    if is_edit(protocol_of(item.body)):
        return _protocol_of(protocol_of(item.body), item.id)
    return ("s", item.id, status_of(item.body))


def _protocol(item: Item) -> Key:
    return _protocol_of(item.body, item.id)


def _protocol_of(protocol: Node, target: str) -> Key:
    if is_edit(protocol):
        when = whole(protocol["timestampMs"])
        return ("e", target, str(when) if when else digest(protocol["editedMessage"].value)[:32])
    return ("r", target) if is_revoke(protocol) else ()


def _deletion(item: Item) -> Key:
    return ("r", item.id)


_KEYS: Mapping[str, Callable[[Item], Key]] = {
    "messages.upsert": _message,
    "send.message": _message,
    "messages.update": _status,
    "messages.edited": _protocol,
    "send.message.update": _protocol,
    "messages.delete": _deletion,
}
"""Events that are about messages; the history is not among them, for it must not take the keys of what is live."""
