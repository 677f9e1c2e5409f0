"""News about the account's session with WhatsApp, and what goes on beside messages."""

from collections.abc import Callable, Mapping

from jaboti_adapters.channels.evolutionapi.inbound.item import Item
from jaboti_domain.integration.messaging import Connection, Ignored, Notice, Update

CONNECTIONS: Mapping[str, Connection] = {
    "open": Connection.OPEN,
    "connecting": Connection.CONNECTING,
    "close": Connection.CLOSED,
    "closed": Connection.CLOSED,
    "refused": Connection.CLOSED,
}
"""How the server calls the states of a session."""
LONGEST = 200
_BESIDE: Mapping[str, str] = {
    "contacts": "the phone's address book",
    "chats": "the phone's list of chats",
    "groups": "groups",
    "group": "groups",
    "labels": "the phone's labels",
    "presence": "somebody is typing, or is there",
    "typebot": "another bot's business",
}
"""By the first word of an event's name, what has no effect here."""
_CLOSING: Mapping[str, str] = {
    "logout.instance": "the phone was logged out",
    "remove.instance": "the instance was removed",
    "instance.delete": "the instance was removed",
}


def read_other(item: Item) -> Update:
    """Any event that is about no message."""
    reason = _BESIDE.get(item.event.partition(".")[0])
    if reason is not None:
        return Ignored(reason=reason)
    reader = _READERS.get(item.event)
    return reader(item) if reader else _notice(item, "")


def _notice(item: Item, words: str, connection: Connection | None = None) -> Notice:
    return Notice(topic=item.event[:LONGEST], summary=words[:LONGEST], at=None, connection=connection)


def _state(item: Item) -> Update:
    state, reason = item.body["state"].text.lower(), item.body["statusReason"].text
    return _notice(item, _standing(state, reason), CONNECTIONS.get(state))


def _qr_code(item: Item) -> Update:
    if item.body["qrcode"].record:
        words, connection = "a phone has to scan the QR code", Connection.PAIRING
    else:
        words, connection = item.body["message"].text or "there is no QR code", Connection.CLOSED
    return _notice(item, words, connection)


def _status(item: Item) -> Update:
    status, code = item.body["status"].text, item.body["disconnectionReasonCode"].text
    return _notice(item, _standing(status, code), CONNECTIONS.get(status))


def _standing(state: str, reason: str) -> str:
    return f"the session is {state} ({reason})" if reason else f"the session is {state}"


def _closing(item: Item) -> Update:
    return _notice(item, _CLOSING[item.event], Connection.CLOSED)


def _call(item: Item) -> Update:
    return _notice(item, item.body["status"].text)


_READERS: Mapping[str, Callable[[Item], Update]] = {
    "connection.update": _state,
    "qrcode.updated": _qr_code,
    "status.instance": _status,
    "call": _call,
    **dict.fromkeys(_CLOSING, _closing),
}
