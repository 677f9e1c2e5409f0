"""The names of chats on WhatsApp, `user@server`, and who is behind them."""

import re
from collections.abc import Iterable, Mapping, Sequence

from jaboti_adapters.channels._json import Node
from jaboti_domain.client.phone import line_key, with_ninth_digit
from jaboti_domain.integration.errors import GiveUp
from jaboti_domain.integration.messaging import Peer

PHONE_SERVER, HIDDEN_SERVER = "s.whatsapp.net", "lid"
_PHONE_SERVERS, _HIDDEN_SERVERS = (PHONE_SERVER, "c.us", "hosted"), (HIDDEN_SERVER, "hosted.lid")
_OUTSIDE: Mapping[str, str] = {
    "g.us": "it is of a group",
    "broadcast": "it is of a status or a broadcast list",
    "newsletter": "it is of a channel that people follow",
    "bot": "it is of a chat with a machine",
}
_DIGITS = re.compile(r"[0-9]{1,32}")
_WHATSAPP_ITSELF = "0"
_NAMES = ("remoteJid", "remoteJidAlt", "previousRemoteJid")
"""Where a message's key names the other end, in the shapes of 2.3.6 and later, and of 2.3.1 and 2.3.2."""
_NAMES_OF_AUTHOR = ("senderPn", "senderLid")
"""Where 2.3.0 names the author; of what our side wrote that is ourselves."""


def outside(jid: str) -> str | None:
    """Why a chat is none of a single client's; None when it is."""
    user, server = _parts(jid)
    return "it is of WhatsApp itself" if user == _WHATSAPP_ITSELF else _OUTSIDE.get(server)


def peer_of(key: Node, *, from_me: bool, name: str | None = None) -> Peer | None:
    """The other end of the chat that a message's key names, by phone, hidden id, or both; None when it names none.

    Which of them stands where differs between versions, and a device's number may follow.
    """
    places = _NAMES if from_me else (*_NAMES, *_NAMES_OF_AUTHOR)
    jids = [_parts(key[place].text) for place in places]
    phone, hidden = _first(jids, _PHONE_SERVERS), _first(jids, _HIDDEN_SERVERS)
    return Peer(phone=phone, lid=hidden, name=name) if phone or hidden else None


def is_same_line(jid: str, other: str) -> bool:
    """Whether both are the same phone's, however each is spelled."""
    (user, server), (other_user, other_server) = _parts(jid), _parts(other)
    return server == other_server == PHONE_SERVER and line_key(user) == line_key(other_user)


def is_same_peer(one: Peer, other: Peer) -> bool:
    """Whether both have a name in common."""
    phones = one.phone and other.phone and line_key(one.phone) == line_key(other.phone)
    return bool(phones or (one.lid and one.lid == other.lid))


def numbers_of(peer: Peer) -> Sequence[str]:
    """What may be asked to be sent to, the most likely first: the phone, its other spelling, the hidden id.

    Raises GiveUp when there is nothing.
    """
    phone, hidden = peer.phone, f"{peer.lid}@{HIDDEN_SERVER}" if peer.lid else None
    found = dict.fromkeys(filter(None, (phone, _other_spelling(phone), hidden)))
    if not found:
        raise GiveUp(error_code="no_address", title="The client has neither a phone nor a hidden id on WhatsApp")
    return tuple(found)


def jid_of(number: str) -> str:
    """The chat's name for what `numbers_of` gives."""
    return number if "@" in number else f"{number}@{PHONE_SERVER}"


def _other_spelling(phone: str | None) -> str | None:
    if phone is None:
        return None
    short, long = line_key(phone), with_ninth_digit(phone)
    return long if phone == short else short


def _parts(jid: str) -> tuple[str, str]:
    user, _, server = jid.partition("@")
    return user.partition(":")[0], server


def _first(jids: Iterable[tuple[str, str]], servers: Sequence[str]) -> str | None:
    users = (user for user, server in jids if server in servers and user != _WHATSAPP_ITSELF)
    return next(filter(_DIGITS.fullmatch, users), None)
