"""Bodies as another version of the server would have written them."""

import re
from base64 import b64decode
from binascii import Error as BadBase64
from collections.abc import Mapping
from typing import Any

from jaboti_entrypoints.sandbox.evolutionapi import Person, Version
from jaboti_entrypoints.sandbox.evolutionapi.people import HIDDEN, PHONES, names_in_key
from jaboti_entrypoints.sandbox.evolutionapi.versions import Long, Name, written

MESSAGES = ("messages.upsert", "send.message")
_NAMING = ("remoteJid", "remoteJidAlt", "senderPn", "senderLid", "participant", "addressingMode")
_BYTES = re.compile("mediaKey|.*Sha256|jpegThumbnail|.*KeyHash|messageSecret|.*Sidecar|waveform|encPayload|encIv")
_LONGS = re.compile("fileLength|mediaKeyTimestamp|recipientTimestamp|senderTimestamp|timestampMs")
_ENUMS = {"SINGLE_SELECT": 1, "REVOKE": 0, "MESSAGE_EDIT": 14, "EPHEMERAL_SETTING": 3}
_NUMBERS = {("listType", 1): "SINGLE_SELECT", ("type", 0): "REVOKE", ("type", 14): "MESSAGE_EDIT"}


def as_written_by(version: Version, body: Mapping[str, Any]) -> dict[str, Any]:
    """The same event by this version; who is at the other end of a message is named as the version names them."""
    if not isinstance(body, dict):
        raise ValueError("no event")
    told = written(_understood("", body), version)
    data = told.get("data")
    if str(told.get("event", "")).lower().replace("_", ".") in MESSAGES and isinstance(data, dict):
        return {**told, "data": _renamed(data, version)}
    return dict(told)


def person_in(key: Mapping[str, Any]) -> Person | None:
    """Whom a message's key names; None unless it is one person, by a phone or a hidden id alone."""
    jids = [str(key.get(name) or "") for name in _NAMING[:4]]
    if not jids[0].endswith((f"@{PHONES}", f"@{HIDDEN}")) or ":" in jids[0] or key.get("fromMe"):
        return None
    phone, lid = (next((jid for jid in jids if jid.endswith(f"@{server}")), None) for server in (PHONES, HIDDEN))
    return Person(phone and phone.partition("@")[0], lid and lid.partition("@")[0])


def _renamed(data: dict[str, Any], version: Version) -> dict[str, Any]:
    key = data.get("key")
    person = person_in(key) if isinstance(key, dict) else None
    if person is None or not isinstance(key, dict):
        return data
    rest = {name: value for name, value in key.items() if name not in _NAMING}
    return {**data, "key": {**names_in_key(person, version), **rest}}


def _understood(name: str, value: Any) -> Any:
    """The value that the server had before it wrote it."""
    match value:
        case {"low": int(low), "high": int(high)}:
            return Long((high << 32) + low % (1 << 32))
        case dict() if value and list(value) == [str(place) for place in range(len(value))]:
            return bytes(value.values())
        case dict():
            return {key: _understood(key, each) for key, each in value.items()}
        case list():
            return [_understood(name, each) for each in value]
        case str() if _BYTES.fullmatch(name):
            return _bytes(value)
        case str() if _LONGS.fullmatch(name) and value.isdecimal():
            return Long(int(value))
        case str() if name in ("type", "listType") and value in _ENUMS:
            return Name(value, _ENUMS[value])
        case int() if (name, value) in _NUMBERS and not isinstance(value, bool):
            return Name(_NUMBERS[name, value], value)
        case _:
            return value


def _bytes(value: str) -> object:
    try:
        return b64decode(value, validate=True)
    except (BadBase64, ValueError):
        return value
