"""How messages and milestones are shown: the parts of their documents that no store should work out by itself."""

from collections.abc import Mapping
from datetime import datetime

from attrs import asdict, fields_dict

from jaboti_domain.chat.delivery import DeliveryState
from jaboti_domain.chat.events import Milestone
from jaboti_domain.chat.message import Message
from jaboti_domain.integration.content import Content, content_record
from jaboti_domain.kernel.events import Named
from jaboti_domain.kernel.times import rfc3339

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
    return {**message.metadata, **record, **{name: value for name, value in _truths(message).items() if value}}


def status_shown(status: DeliveryState) -> DeliveryState:
    """A message's `status`: who played it has read it."""
    return DeliveryState.READ if status is DeliveryState.PLAYED else status


def milestone_shown(event: Milestone) -> dict[str, object]:
    """A milestone's `data`."""
    own = fields_dict(type(event))
    return {name: _plain(getattr(event, name)) for name in _OF_MILESTONES if name in own}


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
