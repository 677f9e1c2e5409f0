"""What a message says, by its type."""

from base64 import b64decode
from binascii import Error as BadBase64
from collections.abc import Callable, Mapping
from functools import partial
from re import compile as pattern

from jaboti_adapters.channels._contents import place
from jaboti_adapters.channels._json import Node, clean, decode, encode
from jaboti_adapters.channels.cloudapi.errors import complaint
from jaboti_domain.integration.content import (
    ContactCard,
    Contacts,
    Content,
    Media,
    MediaFile,
    Order,
    Reaction,
    Reply,
    Text,
    Unknown,
)

_HEX_SHA256 = pattern(r"[0-9a-fA-F]{64}")


def content_of(message: Node, errors: Node) -> Content:
    """What a message says; Unknown, with the first error as its reason, for what can't be read."""
    kind = message["type"].text
    reader = _READERS.get(kind)
    return (reader(message[kind]) if reader else None) or _unknown(message, errors)


def _unknown(message: Node, errors: Node) -> Unknown:
    first = next((error for around in (message["errors"], errors) for error in around), None)
    return Unknown(
        type=message["unsupported"]["type"].text or message["type"].text or "unknown",
        raw=encode(message.value).decode(),
        reason=str(complaint(first)) if first else "",
    )


def _text(text: Node) -> Content | None:
    return Text(body=text["body"].text) if isinstance(text["body"].value, str) else None


def _media(kind: str, media: Node) -> Content | None:
    provider_id, link = media["id"].text or None, media["link"].text or None
    if not (provider_id or link):
        return None
    file = MediaFile(
        type=kind,
        provider_id=provider_id,
        link=link,
        mime_type=media["mime_type"].text or None,
        sha256=hex_sha256(media["sha256"].text),
        filename=media["filename"].text or None,
        voice=media["voice"].is_true,
    )
    return Media(media=file, caption=media["caption"].text)


def _voice(media: Node) -> Content | None:
    return _media("audio", Node({**media.record, "voice": True}))


def hex_sha256(written: str) -> str | None:
    """A SHA-256 in hexadecimal, however it was written; None for anything else."""
    if _HEX_SHA256.fullmatch(written):
        return written.lower()
    try:
        found = b64decode(written, validate=True)
    except (BadBase64, ValueError):
        return None
    return found.hex() if len(found) == 32 else None


def _location(pin: Node) -> Content | None:
    latitude, longitude = pin["latitude"].number, pin["longitude"].number
    return place(latitude, longitude, label=pin["name"].text, address=pin["address"].text)


def _contacts(cards: Node) -> Content | None:
    read = tuple(_card(card) for card in cards if card.record)
    return Contacts(cards=read) if read else None


def _card(card: Node) -> ContactCard:
    name, phones = card["name"], tuple((each["phone"] or each["wa_id"]).text for each in card["phones"])
    names = filter(None, (name["first_name"].text, name["last_name"].text))
    return ContactCard(
        name=name["formatted_name"].text or " ".join(names),
        phones=tuple(filter(None, phones)),
        emails=tuple(filter(None, (each["email"].text for each in card["emails"]))),
        organization=card["org"]["company"].text,
    )


def _interactive(interactive: Node) -> Content | None:
    kind = interactive["type"].text
    reader = _REPLIES.get(kind)
    return reader(interactive[kind]) if reader else None


def _choice(reply: Node) -> Content | None:
    title, choice = reply["title"].text, reply["id"].text
    return Reply(title=title, choice=choice, description=reply["description"].text) if title or choice else None


def _form(form: Node) -> Content | None:
    if not form.record:
        return None
    return Reply(title=form["body"].text, choice=form["name"].text, values=_answers(form["response_json"]))


def _answers(given: Node) -> str:
    """A form's answers, which come as JSON in a string; words that are no JSON become a JSON string."""
    try:
        return encode(clean(decode(given.text.encode()))).decode() if given.text else ""
    except ValueError:
        return encode(given.text).decode()


def _call_permission(permission: Node) -> Content | None:
    response = permission["response"].text
    values = encode(permission.value).decode()
    return Reply(title=response, choice="call_permission_reply", values=values) if response else None


def _button(button: Node) -> Content | None:
    title, choice = button["text"].text, button["payload"].text
    return Reply(title=title, choice=choice or title) if title or choice else None


def _reaction(reaction: Node) -> Content | None:
    target = reaction["message_id"].text
    return Reaction(target=target, emoji=reaction["emoji"].text) if target else None


def _order(order: Node) -> Content | None:
    items = tuple(item.record for item in order["product_items"] if item.record)
    return Order(note=order["text"].text, items=items) if items else None


_REPLIES: Mapping[str, Callable[[Node], Content | None]] = {
    "button_reply": _choice,
    "list_reply": _choice,
    "nfm_reply": _form,
    "call_permission_reply": _call_permission,
}
_READERS: Mapping[str, Callable[[Node], Content | None]] = {
    "text": _text,
    **{kind: partial(_media, kind) for kind in ("image", "video", "audio", "document", "sticker")},
    "voice": _voice,
    "location": _location,
    "contacts": _contacts,
    "interactive": _interactive,
    "button": _button,
    "reaction": _reaction,
    "order": _order,
}
"""By type, how to read what stands under the type's name; None for what it can't be."""
