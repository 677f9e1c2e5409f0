"""How a send is read from the body of a request."""

import re
from base64 import b64decode
from binascii import Error as BadBase64
from collections.abc import Callable, Mapping
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import msgspec
from attrs import frozen

from jaboti_entrypoints.sandbox.evolutionapi import contents
from jaboti_entrypoints.sandbox.evolutionapi.contents import Content
from jaboti_entrypoints.sandbox.evolutionapi.errors import EvolutionError, missing_property
from jaboti_entrypoints.sandbox.evolutionapi.people import PHONES

_PUNCTUATION = re.compile(r"[+() ]")
_FROM_31 = re.compile(r"55([3-9]\d)9([7-9]\d{7})")
"""Brazilian mobiles outside the first area codes: on WhatsApp they have no ninth digit."""
GROUP_DIGITS = 18
NOT_MEDIA = "Owned media must be a url or base64"
Body = Mapping[str, Any]


@frozen(kw_only=True)
class Request:
    """A message that somebody wants sent to a chat."""

    verb: str
    number: str
    content: Content
    reply_to: str | None
    delay: float
    """Seconds for which the request blocks, while the other end sees somebody typing."""


def read_request(verb: str, raw: bytes) -> Request:
    """What the body of `/message/{verb}/...` asks for. EvolutionError 400 for what the server does not take."""
    body = body_of(raw)
    needed, content = VERBS[verb]
    missing = [name for name in needed if body.get(name) in (None, "", [])]
    if missing:
        raise missing_property(*missing)
    return Request(
        verb=verb,
        number=str(body["number"] if "number" in needed else body["key"].get("remoteJid", "")),
        content=content(body),
        reply_to=_quoted(body),
        delay=float(body.get("delay") or 0) / 1000,
    )


def body_of(raw: bytes) -> dict[str, Any]:
    """A request's JSON object; EvolutionError 400 for anything else."""
    try:
        return msgspec.json.decode(raw or b"{}", type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError) as exc:
        raise EvolutionError(400, [str(exc)]) from exc


def jid_of(number: str) -> str:
    """The chat that a number stands for: what is one already stays, and some Brazilian mobiles lose their 9."""
    if "@" in number:
        return number
    digits = _PUNCTUATION.sub("", number)
    if len(digits) >= GROUP_DIGITS:
        return f"{digits}@g.us"
    mobile = _FROM_31.fullmatch(digits)
    return f"55{mobile[1]}{mobile[2]}@{PHONES}" if mobile else f"{digits}@{PHONES}"


def _quoted(body: Body) -> str | None:
    key = (body.get("quoted") or {}).get("key") or {}
    return key.get("id")


def _text(body: Body) -> Content:
    return contents.text(str(body["text"]))


def _media(body: Body) -> Content:
    kind, media = str(body["mediatype"]), str(body["media"])
    if kind not in ("image", "video", "document", "audio"):
        raise EvolutionError(400, [[f'instance.mediatype is not one of enum values: "{kind}"']])
    data = _bytes_of(media)
    if kind == "document" and not body.get("fileName") and not _is_url(media):
        raise EvolutionError(400, ["For base64 the file name must be informed."])
    facts = {"caption": body.get("caption"), "fileName": body.get("fileName"), "mimetype": body.get("mimetype")}
    return contents.file(kind, data, **{name: value for name, value in facts.items() if value})


def _voice(body: Body) -> Content:
    return contents.file("audio", _bytes_of(str(body["audio"])), ptt=True, seconds=3)


def _sticker(body: Body) -> Content:
    return contents.file("sticker", _bytes_of(str(body["sticker"])))


def _location(body: Body) -> Content:
    place = {name: str(body[name]) for name in ("name", "address")}
    return contents.location(float(body["latitude"]), float(body["longitude"]), **place)


def _contact(body: Body) -> Content:
    cards = [contents.contact(str(card["fullName"]), str(card["phoneNumber"])) for card in body["contact"]]
    if len(cards) == 1:
        return cards[0]
    return {"contactsArrayMessage": {"contacts": [card["contactMessage"] for card in cards]}}


def _reaction(body: Body) -> Content:
    return contents.reaction(str(body["key"]["id"]), str(body.get("reaction", "")), from_me=bool(body["key"]["fromMe"]))


def _bytes_of(media: str) -> bytes:
    """The file: what an address leads to is made up."""
    if _is_url(media):
        return contents.SAMPLE
    try:
        data = b64decode(media, validate=True)
    except (BadBase64, ValueError):
        data = b""
    if not data:
        raise EvolutionError(400, [NOT_MEDIA])
    return data


def _is_url(media: str) -> bool:
    """An address with a name that has a dot in it, or with numbers: http://minio:9000 is none."""
    parts = urlsplit(media)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return False
    try:
        return bool(ip_address(parts.hostname))
    except ValueError:
        return "." in parts.hostname


VERBS: Mapping[str, tuple[tuple[str, ...], Callable[[Body], Content]]] = {
    "sendText": (("number", "text"), _text),
    "sendMedia": (("number", "mediatype", "media"), _media),
    "sendWhatsAppAudio": (("number", "audio"), _voice),
    "sendSticker": (("number", "sticker"), _sticker),
    "sendLocation": (("number", "latitude", "longitude", "name", "address"), _location),
    "sendContact": (("number", "contact"), _contact),
    "sendReaction": (("key",), _reaction),
}
"""What each kind of send can't do without, and how its content is read."""
