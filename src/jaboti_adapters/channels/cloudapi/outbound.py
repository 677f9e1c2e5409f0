"""What we send: our contents in Meta's words."""

from collections.abc import Callable, Mapping
from typing import Any

from jaboti_adapters.channels._http import Answer
from jaboti_adapters.channels.cloudapi.errors import refusal
from jaboti_adapters.channels.cloudapi.peers import peer_named
from jaboti_domain.integration.content import (
    Contacts,
    Content,
    Interactive,
    Location,
    Media,
    Reaction,
    Template,
    Text,
)
from jaboti_domain.integration.errors import GiveUp
from jaboti_domain.integration.messaging import Accepted, Outbound, Peer

BUTTONS_AT_MOST = 3
LIST_BUTTON = "Menu"
"""What opens a list whose author gave it no button."""
_CAPTIONED = ("image", "video", "document")

Payload = dict[str, Any]


def payload(outbound: Outbound) -> Payload:
    """The body of the request that sends a message. Raises GiveUp for what the platform can't take."""
    word = _WORDS.get(type(outbound.content))
    if word is None:
        raise GiveUp(error_code="unsupported_content", title=f"WhatsApp can't send: {outbound.content.kind}")
    kind, content = word(outbound.content)
    message = _envelope(outbound) | {"type": kind, kind: content}
    if outbound.reply_to and not isinstance(outbound.content, Reaction):
        message["context"] = {"message_id": outbound.reply_to}
    return message


def read_receipt(provider_id: str) -> Payload:
    """The body of the request that marks a message, and all before it, as read."""
    return {"messaging_product": "whatsapp", "status": "read", "message_id": provider_id}


def typing_indicator(provider_id: str) -> Payload:
    """The same, and for 25 seconds, or until we answer, the client sees that somebody writes."""
    return read_receipt(provider_id) | {"typing_indicator": {"type": "text"}}


def accepted(answer: Answer) -> Accepted:
    """What the answer to a message says. Raises a SendingFailed unless it names the message."""
    message = next(iter(answer.json["messages"]), None)
    if not answer.ok or message is None or not message["id"].text:
        raise refusal(answer)
    receivers = [peer_named([each["wa_id"].text.strip()], [each["user_id"].text]) for each in answer.json["contacts"]]
    return Accepted(provider_id=message["id"].text, peer=next(iter(receivers), None))


def _envelope(outbound: Outbound) -> Payload:
    return {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        **_address(outbound.to),
        "biz_opaque_callback_data": str(outbound.message_id),
    }


def _address(peer: Peer) -> Payload:
    if peer.phone:
        return {"to": peer.phone}
    if peer.cloud_user_id:
        return {"recipient": peer.cloud_user_id}
    raise GiveUp(error_code="no_address", title="The client has neither a phone nor a user id on WhatsApp")


def _present(**fields: object) -> Payload:
    return {name: value for name, value in fields.items() if value}


def _text(content: Text) -> tuple[str, Payload]:
    return "text", {"body": content.body}


def _media(content: Media) -> tuple[str, Payload]:
    file = content.media
    if not (file.provider_id or file.link):
        raise GiveUp(error_code="media_unreachable", title="The file has neither an id of the platform nor a link")
    if content.caption and file.type not in _CAPTIONED:
        raise GiveUp(error_code="caption_unsupported", title=f"WhatsApp shows no caption with: {file.type}")
    address = {"id": file.provider_id} if file.provider_id else {"link": file.link}
    filename = file.filename if file.type == "document" else None
    voice = file.voice and file.type == "audio"
    return file.type, address | _present(caption=content.caption, filename=filename, voice=voice)


def _location(content: Location) -> tuple[str, Payload]:
    place = _present(name=content.label, address=content.address)
    return "location", {"latitude": content.latitude, "longitude": content.longitude} | place


def _contacts(content: Contacts) -> tuple[Any, Any]:
    cards = [
        {"name": {"formatted_name": card.name, "first_name": card.name}}
        | _present(
            phones=[{"phone": phone} for phone in card.phones],
            emails=[{"email": email} for email in card.emails],
            org=_present(company=card.organization),
        )
        for card in content.cards
    ]
    return "contacts", cards


def _reaction(content: Reaction) -> tuple[str, Payload]:
    return "reaction", {"message_id": content.target, "emoji": content.emoji}


def _template(content: Template) -> tuple[str, Payload]:
    components = _present(components=[dict(component) for component in content.components])
    return "template", {"name": content.name, "language": {"code": content.language}} | components


def _interactive(content: Interactive) -> tuple[str, Payload]:
    kind, action = _buttons(content) if len(content.choices) <= BUTTONS_AT_MOST else _list(content)
    around = _present(
        header=content.header and {"type": "text", "text": content.header},
        footer=content.footer and {"text": content.footer},
    )
    return "interactive", {"type": kind, "body": {"text": content.body}, "action": action} | around


def _buttons(content: Interactive) -> tuple[str, Payload]:
    replies = [{"type": "reply", "reply": {"id": each.id, "title": each.title}} for each in content.choices]
    return "button", {"buttons": replies}


def _list(content: Interactive) -> tuple[str, Payload]:
    rows = [{"id": each.id, "title": each.title} | _present(description=each.description) for each in content.choices]
    return "list", {"button": content.button or LIST_BUTTON, "sections": [{"rows": rows}]}


_WORDS: Mapping[type[Content], Callable[[Any], tuple[str, Any]]] = {
    Text: _text,
    Media: _media,
    Location: _location,
    Contacts: _contacts,
    Reaction: _reaction,
    Template: _template,
    Interactive: _interactive,
}
