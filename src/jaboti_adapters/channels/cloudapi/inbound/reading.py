"""One item of a webhook, read."""

from collections.abc import Callable, Mapping

from jaboti_adapters.channels.cloudapi.inbound.item import Item
from jaboti_adapters.channels.cloudapi.inbound.messages import read_message
from jaboti_adapters.channels.cloudapi.inbound.notices import (
    read_call,
    read_change,
    read_error,
    read_preference,
    read_user_id_update,
)
from jaboti_adapters.channels.cloudapi.inbound.splitting import HISTORY
from jaboti_adapters.channels.cloudapi.inbound.statuses import read_status
from jaboti_domain.integration.messaging import Ignored, Unreadable, Update

_DASHBOARD = "0"
"""The account in whose name the dashboard's Test button sends."""


def _entry(_: Item) -> Update:
    return Unreadable(reason="the entry has no list of changes")


def _address_book(_: Item) -> Update:
    return Ignored(reason="the phone's address book")


_READERS: Mapping[str, Callable[[Item], Update]] = {
    "message": read_message,
    "echo": read_message,
    "status": read_status,
    "call": read_call,
    "error": read_error,
    "preference": read_preference,
    "user_id_update": read_user_id_update,
    "state_sync": _address_book,
    "change": read_change,
    "entry": _entry,
}


def read(raw: bytes) -> Update:
    """What an item means. Never raises: what can't be understood is Unreadable with the reason."""
    try:
        return _update(Item.of(raw))
    except Exception as error:  # whatever a stranger's JSON can break here costs this item only
        return Unreadable(reason=f"it can't be read: {type(error).__name__}")


def _update(item: Item) -> Update:
    if item.owner.text == _DASHBOARD:
        return Ignored(reason="a test of the dashboard")
    if HISTORY in (item.field.text, item.kind):
        return Ignored(reason="history")
    if not item.body.record:
        return Unreadable(reason="it is no object, or an empty one")
    return _READERS[item.kind](item)
