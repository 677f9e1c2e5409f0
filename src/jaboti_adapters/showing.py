"""How messages and milestones are shown: the parts of their documents that no store should work out by itself."""

from collections.abc import Mapping
from datetime import datetime

from attrs import asdict, fields_dict

from jaboti_domain.chat.delivery import DeliveryState
from jaboti_domain.chat.events import Milestone
from jaboti_domain.chat.message import Message
from jaboti_domain.client.details import Portrait
from jaboti_domain.client.model import Client
from jaboti_domain.integration.content import Content, content_record
from jaboti_domain.kernel.events import Named
from jaboti_domain.kernel.times import rfc3339
from jaboti_domain.note.model import Note

_SHOWN_ELSEWHERE = {"body", "caption", "media"}
_OF_MILESTONES = ("status", "attendant", "department", "by", "reason")


def time_shown(at: datetime | None) -> str | None:
    """A time as every document shows it; none is null."""
    return rfc3339(at) if at else None


def media_shown(content: Content) -> dict[str, object] | None:
    """A message's `media`."""
    file = content.file
    if file is None:
        return None
    return {
        "id": file.media_id,
        "url": file.link if file.media_id is None else f"/media/{file.media_id}",
        "mimeType": file.mime_type,
        "size": file.size,
        "filename": file.filename,
    }


def metadata_shown(message: Message) -> dict[str, object]:
    """A message's `metadata`."""
    record = {name: value for name, value in content_record(message.content).items() if name not in _SHOWN_ELSEWHERE}
    file = message.content.file
    record |= {"mediaState": file.state} if file is not None and file.state else {}
    return {**message.metadata, **record, **{name: value for name, value in _truths(message).items() if value}}


def status_shown(status: DeliveryState) -> DeliveryState:
    """A message's `status`: who played it has read it."""
    return DeliveryState.READ if status is DeliveryState.PLAYED else status


def milestone_shown(event: Milestone) -> dict[str, object]:
    """A milestone's `data`."""
    own = fields_dict(type(event))
    return {name: _plain(getattr(event, name)) for name in _OF_MILESTONES if name in own}


def client_card(client: Client, *, version: int) -> dict[str, object]:
    """A client, as the one of this version."""
    document = client.document
    return {
        "id": client.id,
        "companyId": client.company_id,
        "name": client.name,
        "document": document and {"kind": document.kind, "number": document.number, "masked": document.masked},
        "phone": client.phone.e164 if client.phone else None,
        "email": client.email,
        "contacts": [{"kind": each.kind, "value": each.value, "label": each.label} for each in client.contacts],
        "attributes": dict(client.attributes),
        "identities": [{"kind": each.kind, "address": each.address} for each in client.identities],
        "blocked": client.is_blocked,
        "createdAt": time_shown(client.created_at),
        "updatedAt": time_shown(client.updated_at),
        "version": version,
    }


def portrait_shown(portrait: Portrait) -> dict[str, object]:
    """A client as a merge remembers them."""
    known = portrait.details
    return {
        "name": known.name,
        "phone": known.phone.e164 if known.phone else None,
        "document": known.document.number if known.document else None,
        "email": known.email,
        "contacts": [{"kind": each.kind, "value": each.value, "label": each.label} for each in known.contacts],
        "attributes": dict(known.attributes),
        "identities": [{"kind": each.kind, "address": each.address} for each in portrait.identities],
    }


def note_shown(note: Note, *, version: int) -> dict[str, object]:
    """A note, as the one of this version."""
    return {
        "id": note.id,
        "clientId": note.client_id,
        "chatId": note.chat_id,
        "author": {"id": note.author.id, "name": note.author.name},
        "text": note.text,
        "createdAt": time_shown(note.created_at),
        "updatedAt": time_shown(note.updated_at),
        "version": version,
    }


def _truths(message: Message) -> Mapping[str, object]:
    return {
        "possiblyDoubled": message.possibly_doubled,
        "editedAt": time_shown(message.edited_at),
        "revokedAt": time_shown(message.revoked_at),
        "reactions": dict(message.reactions),
        "played": message.status is DeliveryState.PLAYED,
    }


def _plain(value: object) -> object:
    return asdict(value) if isinstance(value, Named) else value
