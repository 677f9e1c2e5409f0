"""What a client may write, as the part of a webhook message that depends on its type."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

Content = dict[str, Any]
FILES = frozenset({"image", "audio", "video", "document", "sticker"})


def text(body: str) -> Content:
    """Plain words."""
    return _of("text", body=body)


def file(kind: str, data: bytes | None = None, **facts: Any) -> Content:
    """An image, audio, video, document or sticker; without `data`, a small sample.

    The facts are `mime_type`, `caption`, `filename`, `voice` and `animated`.
    """
    return _of(kind, data=data, **facts)


def location(latitude: float, longitude: float, *, name: str | None = None, address: str | None = None) -> Content:
    """A place; without name and address, a dropped pin."""
    return _of("location", latitude=latitude, longitude=longitude, name=name, address=address)


def contacts(*cards: Mapping[str, Any]) -> Content:
    """Business cards."""
    return {"type": "contacts", "contacts": list(cards)}


def button_reply(button_id: str, title: str) -> Content:
    """A press on a reply button."""
    return _of("interactive", type="button_reply", button_reply={"id": button_id, "title": title})


def list_reply(row_id: str, title: str, description: str | None = None) -> Content:
    """A choice from a list."""
    row = {"id": row_id, "title": title, "description": description}
    return _of("interactive", type="list_reply", list_reply={key: value for key, value in row.items() if value})


def flow_reply(answers: Any) -> Content:
    """A completed form; the answers travel as a string of JSON."""
    reply = {"name": "flow", "body": "Sent", "response_json": json.dumps(answers)}
    return _of("interactive", type="nfm_reply", nfm_reply=reply)


def button(words: str, payload: str | None = None) -> Content:
    """A press on a template's quick reply."""
    return _of("button", text=words, payload=payload or words)


def reaction(wamid: str, emoji: str | None) -> Content:
    """A reaction to a message; None takes it back, which Meta tells by leaving the key out."""
    return _of("reaction", message_id=wamid, emoji=emoji)


def edit(wamid: str, content: Content) -> Content:
    """Other words in the place of a message written before."""
    return _of("edit", original_message_id=wamid, message={"context": {"id": "M0"}, **content})


def revoke(wamid: str) -> Content:
    """A message taken back."""
    return _of("revoke", original_message_id=wamid)


def number_change(old: str, new: str, name: str = "Cliente") -> Content:
    """The platform's notice that a client has another number; it comes from the old one."""
    return _of("system", body=f"User {name} changed from {old} to {new}", wa_id=new, type="user_changed_number")


def unsupported(kind: str = "poll") -> Content:
    """Something that the Cloud API does not pass on."""
    trouble = {
        "code": 131051,
        "title": "Message type unknown",
        "message": "Message type unknown",
        "error_data": {"details": "Message type is currently not supported."},
    }
    return {"errors": [trouble], **_of("unsupported", type=kind)}


def order(catalog_id: str, items: Sequence[Mapping[str, Any]], words: str = "") -> Content:
    """A shopping cart."""
    return _of("order", catalog_id=catalog_id, text=words, product_items=list(items))


def _of(kind: str, **facts: Any) -> Content:
    return {"type": kind, kind: {key: value for key, value in facts.items() if value is not None}}
