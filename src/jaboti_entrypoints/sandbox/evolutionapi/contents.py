"""What a message may say: an object with one key, the type's name, as `message` of an event carries it."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from jaboti_entrypoints.sandbox.evolutionapi.versions import BYTES, Long, Name
from jaboti_entrypoints.sandbox.files import File

Content = dict[str, Any]
MIME_TYPES = {
    "image": "image/jpeg",
    "video": "video/mp4",
    "audio": "audio/ogg; codecs=opus",
    "document": "application/pdf",
    "sticker": "image/webp",
}
SAMPLE = b"a made-up file"


def text(body: str) -> Content:
    """Plain words; the server shows them so even when the phone sent them in another shape."""
    return {"conversation": body}


def file(kind: str, data: bytes = SAMPLE, **facts: Any) -> Content:
    """An image, audio, video, document or sticker; the facts are those of WhatsApp, `caption` and `ptt` among them."""
    described = {
        "url": "https://mmg.whatsapp.net/v/t62.7118-24/0_n.enc?ccb=11-4",
        "mimetype": MIME_TYPES[kind],
        "fileSha256": sha256(data).digest(),
        "fileLength": Long(len(data)),
        "mediaKey": bytes(32),
        "directPath": "/v/t62.7118-24/0_n.enc",
        "mediaKeyTimestamp": Long(1795168000),
        "jpegThumbnail": bytes(range(16)),
        BYTES: data,
    }
    return {f"{kind}Message": described | facts}


def location(latitude: float, longitude: float, *, name: str = "", address: str = "") -> Content:
    """A place."""
    named = {key: value for key, value in {"name": name, "address": address}.items() if value}
    return {"locationMessage": {"degreesLatitude": latitude, "degreesLongitude": longitude, **named}}


def contact(name: str, phone: str) -> Content:
    """A shared contact."""
    digits = "".join(filter(str.isdigit, phone))
    card = f"BEGIN:VCARD\nVERSION:3.0\nFN:{name}\nitem1.TEL;waid={digits}:{phone}\nEND:VCARD"
    return {"contactMessage": {"displayName": name, "vcard": card}}


def reaction(target: str, emoji: str, *, from_me: bool = True) -> Content:
    """An emoji on a message; an empty one takes it back."""
    return {"reactionMessage": {"key": {"id": target, "fromMe": from_me}, "text": emoji}}


def row_reply(row_id: str, title: str, description: str = "") -> Content:
    """A choice from a list."""
    reply = {"title": title, "listType": Name("SINGLE_SELECT", 1), "singleSelectReply": {"selectedRowId": row_id}}
    return {"listResponseMessage": reply | ({"description": description} if description else {})}


def button_reply(button_id: str, title: str) -> Content:
    """A press on a button."""
    return {"buttonsResponseMessage": {"selectedButtonId": button_id, "selectedDisplayText": title}}


def poll(name: str, *options: str) -> Content:
    """A poll."""
    return {"pollCreationMessageV3": {"name": name, "options": [{"optionName": option} for option in options]}}


def once(content: Mapping[str, Any]) -> Content:
    """Something that may be looked at once."""
    return {"viewOnceMessageV2": {"message": dict(content)}}


def file_of(content: Mapping[str, Any]) -> File | None:
    """The file in a content, however it is wrapped; None when there is none."""
    for part in content.values():
        if isinstance(part, Mapping):
            inner = file_of(part["message"]) if isinstance(part.get("message"), Mapping) else None
            found = File(part[BYTES], str(part["mimetype"])) if BYTES in part else inner
            if found:
                return found
    return None


def type_of(content: Mapping[str, Any]) -> str:
    """The type's name."""
    return next(iter(content))
