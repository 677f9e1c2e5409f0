"""A webhook's body into items: whatever is odd in one of them stays with that one."""

from collections.abc import Callable, Iterator, Mapping

from jaboti_adapters.channels._json import NOTHING, Node, clean, decode, digest
from jaboti_adapters.channels._keys import key_of, lane_of
from jaboti_adapters.channels.cloudapi.inbound.item import Item, names_of
from jaboti_domain.integration.errors import UnreadableWebhook
from jaboti_domain.integration.messaging import Items, WebhookItem

HISTORY = "history"
_PARTS: Mapping[str, str] = {
    "messages": "message",
    "message_echoes": "echo",
    "statuses": "status",
    "calls": "call",
    "errors": "error",
    "user_preferences": "preference",
    "user_id_update": "user_id_update",
    "state_sync": "state_sync",
    "history": "history",
}
"""Lists in a change's value, with the kind of what is in them."""

_KEYS: Mapping[str, Callable[[Node], tuple[str, ...]]] = {
    "message": lambda body: ("m", body["id"].text),
    "echo": lambda body: ("m", body["id"].text),
    "status": lambda body: ("s", body["id"].text, body["status"].text),
    "call": lambda body: ("c", (body["id"] or body["wacid"]).text, (body["event"] or body["status"]).text),
}


def split(body: bytes) -> Items:
    """The items of a body, in their order. Raises UnreadableWebhook when there is no list of entries in it."""
    try:
        entries = Node(decode(body))["entry"]
        if not isinstance(entries.value, list):
            raise UnreadableWebhook(reason="there is no list of entries")
        return [_webhook_item(item) for entry in entries for item in _items(entry)]
    except (ValueError, RecursionError) as error:
        raise UnreadableWebhook(reason=str(error)) from error


def _items(entry: Node) -> Iterator[Item]:
    changes = entry["changes"]
    if not isinstance(changes.value, list):
        yield Item(kind="entry", field=NOTHING, owner=entry["id"], account=NOTHING, time=entry["time"], body=entry)
        return
    for change in changes:
        yield from _parts(entry, change)


def _parts(entry: Node, change: Node) -> Iterator[Item]:
    value, field, owner, time = change["value"], change["field"], entry["id"], entry["time"]
    account, errors = value["metadata"]["phone_number_id"], value["errors"]
    held = value.record
    parts = [(_kind(name, part), part) for name in _PARTS if name in held for part in value[name]]
    contacts = _directory(value["contacts"])
    for kind, part in parts or [("change", value if value.value is not None else change)]:
        yield Item(
            kind=kind,
            field=field,
            owner=owner,
            account=account,
            time=time,
            body=part,
            contact=next((contacts[name] for name in names_of(kind, part) if name in contacts), NOTHING),
            errors=errors if kind == "message" else NOTHING,
        )


def _kind(name: str, part: Node) -> str:
    return "call" if name == "statuses" and part["type"].text == "call" else _PARTS[name]


def _directory(contacts: Node) -> dict[str, Node]:
    """The contacts by their names: they come in another order than the messages."""
    return {name: contact for contact in contacts for key in ("user_id", "wa_id") if (name := contact[key].text)}


def _webhook_item(item: Item) -> WebhookItem:
    account, owner = clean(item.account.text), clean(item.owner.text)
    return WebhookItem(
        account=account or None,
        owner=owner or None,
        event_key=event_key(item),
        lane=lane_of(item.peer, account=account or owner),
        raw=item.raw,
    )


def event_key(item: Item) -> str:
    """The same at each delivery of the item.

    The history holds messages under the ids that they had when they were live; it must not take their keys.
    """
    names = _KEYS[item.kind](item.body) if item.kind in _KEYS and item.field.text != HISTORY else ()
    if names and all(names):
        return key_of(*names)
    whole = [item.field.value, item.owner.value, item.account.value, item.kind, item.time.value, item.body.value]
    if item.kind == "change" and item.time:
        return key_of("e", item.field.text, item.time.text, digest(whole)[:32])
    return key_of("x", digest(whole))
