"""What a message says, by the type under whose name it says it."""

from collections.abc import Callable, Mapping

from jaboti_adapters.channels._contents import place
from jaboti_adapters.channels._json import NOTHING, Node, encode
from jaboti_adapters.channels.evolutionapi.inbound.shapes import octets, whole
from jaboti_adapters.channels.evolutionapi.inbound.vcards import card_of
from jaboti_domain.integration.content import (
    Choice,
    ContactCard,
    Contacts,
    Content,
    Interactive,
    Media,
    MediaFile,
    Order,
    Reaction,
    Reply,
    Text,
    Unknown,
)

LARGEST_RAW = 1 << 15
_WRAPPERS = (
    "ephemeralMessage",
    "viewOnceMessage",
    "viewOnceMessageV2",
    "viewOnceMessageV2Extension",
    "documentWithCaptionMessage",
    "editedMessage",
    "deviceSentMessage",
    "groupMentionedMessage",
    "lottieStickerMessage",
)
_DEEPEST = 8
_BESIDE = ("messageContextInfo", "senderKeyDistributionMessage", "base64", "mediaUrl", "speechToText", "contextInfo")
"""What stands in a message beside what it says."""
_HEAVY = ("jpegThumbnail", "base64", "messageContextInfo", "contextInfo")
_VOTE_UNREAD = "only the phone can read the vote"


def unwrapped(message: Node) -> Node:
    """What a message says, without the wrappers that say how long, how often, or where it may be seen."""
    for _ in range(_DEEPEST):
        inner = next((message[name]["message"] for name in _WRAPPERS if message[name]["message"].record), None)
        if inner is None:
            break
        message = inner
    return message


def type_of(body: Node, said: Node) -> str:
    """The type of what is said: as the event calls it, unless that is the name of a wrapper or of nothing there."""
    told = body["messageType"].text
    if told in said.record and told not in _BESIDE:
        return told
    found = [name for name, part in said.record.items() if name not in _BESIDE and part is not None]
    return next(filter(_READABLE.__contains__, found), found[0] if found else told or "unknown")


def content_of(body: Node, provider_id: str) -> Content:
    """What a message says; Unknown for what can't be read. Its file is known by the message's own id."""
    said = unwrapped(body["message"])
    kind = type_of(body, said)
    part, link = said[kind], (body["message"]["mediaUrl"] or said["mediaUrl"]).text or None
    if kind in _FILES:
        return _media(_FILES[kind], part, provider_id=provider_id, link=link) or _unknown(kind, said)
    reader = _READERS.get(kind)
    return (reader(part) if reader else None) or _unknown(kind, said)


def context_of(body: Node) -> Node:
    """What a message refers to: beside it since 2.2, inside it before."""
    if body["contextInfo"].record:
        return body["contextInfo"]
    said = unwrapped(body["message"])
    return said[type_of(body, said)]["contextInfo"]


def _unknown(kind: str, said: Node) -> Unknown:
    raw = encode(_light(said.value)).decode()
    reason = _VOTE_UNREAD if kind == "pollUpdateMessage" else ""
    return Unknown(type=kind, raw=raw if len(raw) <= LARGEST_RAW else "", reason=reason)


def _light(value: object) -> object:
    if isinstance(value, dict):
        return {name: _light(part) for name, part in value.items() if name not in _HEAVY}
    return [_light(part) for part in value] if isinstance(value, list) else value


def _words(text: Node) -> Content | None:
    return Text(body=text.value) if isinstance(text.value, str) else None


def _media(kind: str, media: Node, *, provider_id: str, link: str | None) -> Media | None:
    if not media.record:
        return None
    digest, size = octets(media["fileSha256"]), whole(media["fileLength"])
    file = MediaFile(
        type=kind,
        provider_id=provider_id,
        link=link,
        mime_type=media["mimetype"].text or None,
        sha256=digest.hex() if digest and len(digest) == 32 else None,
        size=size if size is not None and 0 <= size < 1 << 53 else None,
        filename=(media["fileName"] or media["title"]).text or None,
        voice=media["ptt"].is_true,
    )
    return Media(media=file, caption=media["caption"].text)


def _location(pin: Node) -> Content | None:
    latitude, longitude = pin["degreesLatitude"].number, pin["degreesLongitude"].number
    label = pin["name"] or pin["caption"]
    return place(latitude, longitude, label=label.text, address=pin["address"].text)


def _contact(contact: Node) -> Content | None:
    return Contacts(cards=(_card(contact),)) if contact.record else None


def _contacts(contacts: Node) -> Content | None:
    cards = tuple(_card(contact) for contact in contacts["contacts"] if contact.record)
    return Contacts(cards=cards) if cards else None


def _card(contact: Node) -> ContactCard:
    return card_of(contact["vcard"].text, name=contact["displayName"].text)


def _reaction(reaction: Node) -> Content | None:
    target = reaction["key"]["id"].text
    return Reaction(target=target, emoji=reaction["text"].text) if target else None


def _choice(title: Node, choice: Node, description: Node = NOTHING) -> Content | None:
    if not (title.text or choice.text):
        return None
    return Reply(title=title.text, choice=choice.text, description=description.text)


def _button(reply: Node) -> Content | None:
    return _choice(reply["selectedDisplayText"], reply["selectedButtonId"] or reply["selectedId"])


def _row(reply: Node) -> Content | None:
    return _choice(reply["title"], reply["singleSelectReply"]["selectedRowId"], reply["description"])


def _form(reply: Node) -> Content | None:
    flow = reply["nativeFlowResponseMessage"]
    title, choice = reply["body"]["text"].text, flow["name"].text
    return Reply(title=title, choice=choice, values=flow["paramsJson"].text) if title or choice else None


def _poll(poll: Node) -> Content | None:
    options = [option["optionName"].text for option in poll["options"]]
    choices = tuple(Choice(id=str(number), title=title) for number, title in enumerate(options, 1))
    return Interactive(body=poll["name"].text, choices=choices) if poll["name"].text else None


def _vote(vote: Node) -> Content | None:
    chosen = ", ".join(filter(None, (option.text for option in vote["vote"]["selectedOptions"])))
    return Reply(title=chosen) if chosen else None


def _order(order: Node) -> Content | None:
    item = {name: value for name in order.record if name != "thumbnail" and (value := _plain(order[name])) is not None}
    return Order(note=(order["message"] or order["orderTitle"]).text, items=(item,)) if item else None


def _plain(value: Node) -> str | int | None:
    """A text or a number; a long one, an amount perhaps, as the digits that every version but the newest writes."""
    if isinstance(value.value, str | int):
        return value.value
    long = whole(value) if value.record else None
    return None if long is None else str(long)


_FILES: Mapping[str, str] = {
    "imageMessage": "image",
    "videoMessage": "video",
    "ptvMessage": "video",
    "audioMessage": "audio",
    "documentMessage": "document",
    "stickerMessage": "sticker",
}
_READERS: Mapping[str, Callable[[Node], Content | None]] = {
    "conversation": _words,
    "extendedTextMessage": lambda text: _words(text["text"]),
    "locationMessage": _location,
    "liveLocationMessage": _location,
    "contactMessage": _contact,
    "contactsArrayMessage": _contacts,
    "reactionMessage": _reaction,
    "buttonsResponseMessage": _button,
    "templateButtonReplyMessage": _button,
    "listResponseMessage": _row,
    "interactiveResponseMessage": _form,
    "pollCreationMessage": _poll,
    "pollCreationMessageV2": _poll,
    "pollCreationMessageV3": _poll,
    "pollUpdateMessage": _vote,
    "orderMessage": _order,
}
"""By type, how to read what stands under the type's name; None for what it can't be."""
_READABLE = _FILES.keys() | _READERS.keys()
