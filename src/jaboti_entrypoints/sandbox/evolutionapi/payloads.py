"""Webhooks as the server writes them: messages, what became of them, and the envelope around everything."""

import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from secrets import token_hex
from typing import Any

from msgspec import Struct

from jaboti_entrypoints.sandbox.evolutionapi.contents import type_of
from jaboti_entrypoints.sandbox.evolutionapi.instances import Instance
from jaboti_entrypoints.sandbox.evolutionapi.people import Person, names_in_key
from jaboti_entrypoints.sandbox.evolutionapi.versions import Long, Version, written

LOCAL_OFFSET = -3 * 3600
"""Of the server's clock, which prints local time and calls it UTC."""


class Item(Struct, frozen=True):
    """One thing that a webhook tells: each goes in a POST of its own."""

    name: str
    instance: str
    event: str
    data: Any


class Said(Struct, frozen=True):
    """A message as it was said."""

    id: str
    at: float
    content: Mapping[str, Any]
    from_me: bool = False
    reply_to: str | None = None
    status: str = "DELIVERY_ACK"
    source: str = "android"


def fresh_id(*, from_me: bool = False) -> str:
    """WhatsApp's id of a new message."""
    return ("3EB0" if from_me else "3A") + token_hex(9).upper()


def message_data(instance: Instance, person: Person, said: Said, version: Version) -> dict[str, Any]:
    """A message, as events, answers and the server's database have it."""
    kind = type_of(said.content)
    beside = {
        "deviceListMetadata": {
            "recipientKeyHash": sha256(person.address.encode()).digest()[:10],
            "recipientTimestamp": Long(1763240581),
        },
        "deviceListMetadataVersion": 2,
    }
    content = said.content if kind == "conversation" else {"messageContextInfo": beside, **said.content}
    data = {
        "key": {**names_in_key(person, version), "fromMe": said.from_me, "id": said.id},
        "pushName": "Você" if said.from_me else person.name,
        "status": said.status,
        "message": written(content, version),
        "messageType": kind,
        "messageTimestamp": int(said.at),
        "instanceId": instance.id,
        "source": said.source,
    }
    if said.reply_to:
        data["contextInfo"] = {"stanzaId": said.reply_to, "participant": instance.jid, "quotedMessage": {}}
    return data


def status_data(instance: Instance, jid: str, *, name: str, from_me: bool, status: str | None) -> dict[str, Any]:
    """What became of a message; without a status where the version has none to tell."""
    told = {"keyId": name, "remoteJid": jid, "fromMe": from_me, "instanceId": instance.id}
    return told | ({"status": status} if status else {}) | {"messageId": f"cm{token_hex(11)}"}


def protocol_data(key: Mapping[str, Any], *, at: float, words: str | None, version: Version) -> dict[str, Any]:
    """New words for a message, or (None) its end."""
    when = written(Long(int(at * 1000)), version)
    if words is None:
        return {"key": dict(key), "type": 0 if version.writes_objects else "REVOKE", "timestampMs": when}
    kind = 14 if version.writes_objects else "MESSAGE_EDIT"
    return {"key": dict(key), "type": kind, "editedMessage": {"conversation": words}, "timestampMs": when}


def envelope(item: Item, instance: Instance, *, destination: str, server: str, at: float) -> dict[str, Any]:
    """The body of a POST."""
    local = datetime.fromtimestamp(at + LOCAL_OFFSET, UTC).isoformat(timespec="milliseconds")
    return {
        "event": item.event,
        "instance": item.instance,
        "data": item.data,
        "destination": destination,
        "date_time": local.replace("+00:00", "Z"),
        "sender": instance.jid,
        "server_url": server,
        "apikey": None,
    }


def wire(body: Any) -> bytes:
    """The JSON as the server sends it: in UTF-8, lone surrogates as escapes."""
    try:
        return json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return json.dumps(body, separators=(",", ":")).encode("ascii")


def headers_of(configured: Mapping[str, str], *, at: float) -> dict[str, str]:
    """The headers of a POST: those that were configured, or a token made with the secret `jwt_key` among them."""
    own = {name: value for name, value in configured.items() if name != "jwt_key"}
    if "jwt_key" in configured:
        own["authorization"] = f"Bearer {_token(configured['jwt_key'], at)}"
    return {"content-type": "application/json", "user-agent": "axios/1.7.9", **own}


def _token(secret: str, at: float) -> str:
    claims = {"iat": int(at), "exp": int(at) + 600, "app": "evolution", "action": "webhook"}
    signed = f"{_base64({'alg': 'HS256', 'typ': 'JWT'})}.{_base64(claims)}"
    return f"{signed}.{_unpadded(hmac.new(secret.encode(), signed.encode(), 'sha256').digest())}"


def _base64(part: Mapping[str, Any]) -> str:
    return _unpadded(json.dumps(part, separators=(",", ":")).encode())


def _unpadded(data: bytes) -> str:
    return urlsafe_b64encode(data).decode("ascii").rstrip("=")
