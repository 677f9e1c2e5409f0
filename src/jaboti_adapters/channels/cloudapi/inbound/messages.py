"""Messages of clients, and those that our side wrote on the phone itself."""

from collections.abc import Callable, Mapping
from datetime import datetime

from jaboti_adapters.channels._json import Node
from jaboti_adapters.channels._keys import LONGEST
from jaboti_adapters.channels.cloudapi.inbound.contents import content_of
from jaboti_adapters.channels.cloudapi.inbound.item import Item
from jaboti_adapters.channels.cloudapi.peers import peer_named
from jaboti_domain.integration.messaging import (
    Edit,
    Ignored,
    Inbound,
    Notice,
    NumberChange,
    Peer,
    Revoke,
    Unreadable,
    Update,
)

_MOVES = ("user_changed_number", "customer_changed_number", "user_changed_user_id")


def read_message(item: Item) -> Update:
    """Whatever stands among messages: said, edited, taken back, or told by the system."""
    message, peer = item.body, item.peer
    if message["group_id"]:
        return Ignored(reason="a message in a group")
    if peer is None:
        return Unreadable(reason="nobody is named as its author")
    if not 0 < len(message["id"].text) <= LONGEST:
        return Unreadable(reason="it has no usable id")
    return _READERS.get(message["type"].text, _inbound)(item, peer)


def _at(item: Item) -> datetime | None:
    return item.body["timestamp"].moment


def _inbound(item: Item, peer: Peer) -> Update:
    message, context = item.body, item.body["context"]
    return Inbound(
        provider_id=message["id"].text,
        peer=peer,
        content=content_of(message, item.errors),
        at=_at(item),
        reply_to=context["id"].text or None,
        forwarded=context["forwarded"].is_true or context["frequently_forwarded"].is_true,
        entry_point=bool(message["referral"].record),
        from_phone=item.kind == "echo",
        metadata=_facts(message),
    )


def _facts(message: Node) -> Mapping[str, object]:
    found = {"referral": message["referral"], "referred_product": message["context"]["referred_product"]}
    return {name: fact.record for name, fact in found.items() if fact.record}


def _edit(item: Item, peer: Peer) -> Update:
    edit = item.body["edit"]
    target = edit["original_message_id"].text
    if not target:
        return Unreadable(reason="it doesn't say which message was edited")
    content = content_of(edit["message"], item.errors)
    return Edit(
        provider_id=item.body["id"].text,
        target=target,
        peer=peer,
        content=content,
        at=_at(item),
        from_phone=item.kind == "echo",
    )


def _revoke(item: Item, peer: Peer) -> Update:
    target = item.body["revoke"]["original_message_id"].text
    if not target:
        return Unreadable(reason="it doesn't say which message was taken back")
    return Revoke(provider_id=item.body["id"].text, target=target, peer=peer, at=_at(item))


def _system(item: Item, peer: Peer) -> Update:
    system = item.body["system"]
    if system["type"].text not in _MOVES:
        return Notice(topic="system", summary=system["type"].text, at=_at(item))
    new = peer_named([system["new_wa_id"].text, system["wa_id"].text], [system["user_id"].text], name=peer.name)
    if new is None:
        return Unreadable(reason="it doesn't say what the client changed to")
    return NumberChange(provider_id=item.body["id"].text, old=peer, new=new, at=_at(item))


def _welcome(item: Item, peer: Peer) -> Update:
    return Ignored(reason="the client opened the chat and said nothing yet")


_READERS: Mapping[str, Callable[[Item, Peer], Update]] = {
    "edit": _edit,
    "revoke": _revoke,
    "system": _system,
    "request_welcome": _welcome,
}
