"""What we send: our contents in the server's words, each kind to an address of its own."""

from collections.abc import Callable, Mapping
from secrets import token_hex
from typing import Any

from attrs import evolve, frozen

from jaboti_adapters.channels._files import Parcel, base64_inside
from jaboti_adapters.channels._http import Answer
from jaboti_adapters.channels._json import encode
from jaboti_adapters.channels.evolutionapi.errors import refusal
from jaboti_adapters.channels.evolutionapi.jids import jid_of, peer_of
from jaboti_domain.integration.content import (
    ContactCard,
    Contacts,
    Content,
    Interactive,
    Location,
    Media,
    MediaFile,
    Reaction,
    Text,
)
from jaboti_domain.integration.errors import GiveUp
from jaboti_domain.integration.messaging import Accepted, Outbound
from jaboti_domain.integration.transfers import MediaUpload

_CAPTIONED = ("image", "video", "document")
_MIME_TYPES = {"image": "image/jpeg", "video": "video/mp4", "audio": "audio/mpeg", "document": "application/pdf"}
"""What the server is told where nobody knows: it only names the file by it."""

TYPING = 4000
"""Milliseconds for which the client sees it."""

Body = dict[str, Any]


@frozen
class Request:
    """What to ask of the server: `/message/{verb}/{instance}`."""

    verb: str
    body: Body


def request(outbound: Outbound, number: str) -> Request:
    """What sends a message to one of the client's numbers. Raises GiveUp for what can't be sent."""
    word = _WORDS.get(type(outbound.content))
    if word is None:
        raise GiveUp(error_code="unsupported_content", title=f"EvolutionAPI can't send: {outbound.content.kind}")
    asked = word(outbound.content)
    if isinstance(outbound.content, Reaction):
        asked.body["key"]["remoteJid"] = jid_of(number)
        return asked
    quoted = {"quoted": {"key": {"id": outbound.reply_to}}} if outbound.reply_to else {}
    return Request(asked.verb, {"number": number} | asked.body | quoted)


def with_file(outbound: Outbound, file: MediaUpload, number: str) -> tuple[str, Parcel]:
    """The verb, and the body with the file in it. Raises as `request` does."""
    mark, content = token_hex(16), outbound.content
    if isinstance(content, Media):
        media = evolve(content.media, link=mark, mime_type=file.mime_type, filename=file.filename)
        content = evolve(content, media=media)
    asked = request(evolve(outbound, content=content), number)
    before, _, after = encode(asked.body).partition(mark.encode())
    return asked.verb, base64_inside(before, file, after)


def read_receipt(provider_id: str, number: str) -> Body:
    """What marks a client's message, and all before it, as read."""
    return {"readMessages": [{"remoteJid": jid_of(number), "fromMe": False, "id": provider_id}]}


def presence(number: str) -> Body:
    """What lets the client see that somebody writes; the server answers when that is over."""
    return {"number": number, "presence": "composing", "delay": TYPING}


def accepted(answer: Answer) -> Accepted:
    """What the answer to a message says. Raises a SendingFailed unless it names the message."""
    key = answer.json["key"]
    if not answer.ok or not key["id"].text:
        raise refusal(answer)
    return Accepted(provider_id=key["id"].text, peer=peer_of(key, from_me=True))


def _present(**fields: object) -> Body:
    return {name: value for name, value in fields.items() if value}


def _text(content: Text) -> Request:
    return Request("sendText", {"text": content.body, "linkPreview": False})


def _interactive(content: Interactive) -> Request:
    # Phones don't show the buttons of unofficial senders; an answer by number is the client's own text.
    return Request("sendText", {"text": content.spelled_out, "linkPreview": False})


def _media(content: Media) -> Request:
    file, source = content.media, _source(content.media)
    if content.caption and file.type not in _CAPTIONED:
        raise GiveUp(error_code="caption_unsupported", title=f"WhatsApp shows no caption with: {file.type}")
    if file.type == "sticker":
        return Request("sendSticker", {"sticker": source})
    if file.type == "audio" and file.voice:
        return Request("sendWhatsAppAudio", {"audio": source})
    if file.type not in _MIME_TYPES:
        raise GiveUp(error_code="unsupported_content", title=f"EvolutionAPI can't send a file of type: {file.type}")
    mime_type = file.mime_type or _MIME_TYPES[file.type]
    name = file.filename or (f"{file.type}.{mime_type.rpartition('/')[2]}" if file.type == "document" else None)
    described = _present(caption=content.caption, fileName=name)
    return Request("sendMedia", {"mediatype": file.type, "mimetype": mime_type, "media": source, **described})


def _source(file: MediaFile) -> str:
    if not file.link:
        raise GiveUp(error_code="media_unreachable", title="The file has neither bytes nor a link to fetch them from")
    return file.link.partition(";base64,")[2] if file.link.startswith("data:") else file.link


def _location(content: Location) -> Request:
    place = {"name": content.label or content.text, "address": content.address or content.text}
    return Request("sendLocation", {"latitude": content.latitude, "longitude": content.longitude, **place})


def _contacts(content: Contacts) -> Request:
    return Request("sendContact", {"contact": [_card(card) for card in content.cards]})


def _card(card: ContactCard) -> Body:
    if not card.phones:
        raise GiveUp(error_code="contact_without_phone", title="WhatsApp shares no contact without a phone")
    digits = "".join(filter(str.isdecimal, card.phones[0]))
    rest = _present(organization=card.organization, email=next(iter(card.emails), None))
    return {"fullName": card.name, "wuid": digits, "phoneNumber": card.phones[0], **rest}


def _reaction(content: Reaction) -> Request:
    return Request("sendReaction", {"key": {"fromMe": False, "id": content.target}, "reaction": content.emoji})


_WORDS: Mapping[type[Content], Callable[[Any], Request]] = {
    Text: _text,
    Interactive: _interactive,
    Media: _media,
    Location: _location,
    Contacts: _contacts,
    Reaction: _reaction,
}
