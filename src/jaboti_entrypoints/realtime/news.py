"""What is told of each kept event: one table by its name."""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Generic, TypeVar

import msgspec
from attrs import frozen

from jaboti_domain.chat.delivery import DeliveryState
from jaboti_domain.chat.routing import ChatStatus
from jaboti_domain.integration.content import Content, Unknown, content_from_record
from jaboti_domain.integration.errors import UnreadableContent
from jaboti_domain.kernel.events import Recorded
from jaboti_domain.kernel.times import rfc3339
from jaboti_entrypoints.realtime import kept, shapes
from jaboti_entrypoints.realtime.shapes import Shape, or_unset, rfc3339_or_none

K = TypeVar("K", bound=kept.Kept)
_SHOWN_ELSEWHERE = {"body", "caption", "media"}


@frozen(kw_only=True)
class News:
    """An event by its public name."""

    event: str
    data: Shape


@frozen
class Kind(Generic[K]):
    """The public name of an event, what is kept of it, and what is shown of that."""

    event: str
    kept: type[K]
    show: Callable[[K, Recorded], Shape]


def news_of(event: Recorded) -> News | None:
    """What is told of it; None for what has no public name. Raises msgspec.MsgspecError for what can't be read."""
    kind = KINDS.get(event.name)
    if kind is None:
        return None
    return News(event=kind.event, data=kind.show(msgspec.json.decode(event.data, type=kind.kept), event))


def _message_added(it: kept.MessageAdded, event: Recorded) -> shapes.MessageCreated:
    content = _content_of(it.content)
    message = shapes.Message(
        id=it.message_id,
        chat_id=it.chat_id,
        seq=it.seq,
        sender_type=it.sender_type,
        sender=it.sender,
        content=content.text,
        media_type=content.file.type if content.file else None,
        media=_media_of(content),
        metadata={**it.metadata, **_rest_of(it.content)},
        reply_to=it.reply_to,
        status=it.status,
        error=None,
        timestamp=rfc3339(it.provider_at or event.at),
    )
    return shapes.MessageCreated(
        chat_id=it.chat_id, message=message, unread_count=it.unread, service_window=_window(it.window, event.at)
    )


def _message_status_changed(it: kept.MessageStatusChanged, _: Recorded) -> shapes.MessagePatch:
    played = it.status == DeliveryState.PLAYED
    truths = {"possiblyDoubled": it.possibly_doubled, "played": played}
    error = shapes.MessageError(code=it.error_code, title=it.error_title or "") if it.error_code else None
    patch = _message_patch(it, {name: True for name, holds in truths.items() if holds})
    patch.status, patch.error = DeliveryState.READ.value if played else it.status, error
    return patch


def _message_edited(it: kept.MessageEdited, event: Recorded) -> shapes.MessagePatch:
    content = _content_of(it.content)
    patch = _message_patch(it, {**_rest_of(it.content), "editedAt": rfc3339(event.at)})
    patch.content, patch.media = content.text, _media_of(content)
    patch.media_type = content.file.type if content.file else None
    return patch


def _message_file_changed(it: kept.MessageFileChanged, _: Recorded) -> shapes.MessagePatch:
    content = _content_of(it.content)
    patch = _message_patch(it, {"mediaState": content.file.state if content.file else None})
    patch.media, patch.media_type = _media_of(content), content.file.type if content.file else None
    return patch


def _message_revoked(it: kept.MessageRevoked, event: Recorded) -> shapes.MessagePatch:
    return _message_patch(it, {"revokedAt": rfc3339(event.at)})


def _message_reacted(it: kept.MessageReacted, _: Recorded) -> shapes.MessagePatch:
    return _message_patch(it, {"reactions": it.reactions or None})


def _message_patch(it: kept.MessageEvent, metadata: dict[str, Any]) -> shapes.MessagePatch:
    return shapes.MessagePatch(chat_id=it.chat_id, id=it.message_id, seq=it.seq, metadata=metadata or msgspec.UNSET)


def _chat_opened(it: kept.ChatOpened, event: Recorded) -> shapes.Chat:
    at = rfc3339(event.at)
    return shapes.Chat(
        id=it.chat_id,
        company_id=str(event.company_id),
        client=shapes.ClientOfChat(id=it.client.id, name=it.client.name, phone=it.client_phone),
        attendant=it.attendant,
        department=None,
        integration_id=it.integration_id,
        platform=it.platform,
        status=it.status,
        started_at=at,
        queued_at=at if it.status == ChatStatus.PENDING else None,
        first_human_at=at if it.attendant else None,
        ended_at=None,
        unread_count=0,
        last_message=None,
        service_window=_window(it.window, event.at),
        version=it.version,
    )


def _chat_queued(it: kept.ChatQueued, event: Recorded) -> shapes.ChatPatch:
    return shapes.ChatPatch(
        chat_id=it.chat_id,
        version=it.version,
        status=ChatStatus.PENDING.value,
        department=it.department,
        queued_at=rfc3339(event.at),
    )


def _chat_released(it: kept.ChatReleased, event: Recorded) -> shapes.ChatPatch:
    return shapes.ChatPatch(
        chat_id=it.chat_id,
        version=it.version,
        status=ChatStatus.PENDING.value,
        attendant=None,
        queued_at=rfc3339(event.at),
    )


def _chat_reopened(it: kept.ChatReopened, event: Recorded) -> shapes.ChatPatch:
    return shapes.ChatPatch(
        chat_id=it.chat_id,
        version=it.version,
        status=ChatStatus.PENDING.value,
        attendant=None,
        queued_at=rfc3339(event.at),
        ended_at=None,
    )


def _chat_started(it: kept.ChatStarted, _: Recorded) -> shapes.ChatPatch:
    return shapes.ChatPatch(
        chat_id=it.chat_id,
        version=it.version,
        status=ChatStatus.ACTIVE.value,
        attendant=it.attendant,
        first_human_at=rfc3339(it.first_human_at),
    )


def _chat_transferred(it: kept.ChatTransferred, event: Recorded) -> shapes.ChatTransfer:
    transfer = shapes.ChatTransfer(
        chat_id=it.chat_id, version=it.version, attendant=it.attendant, by=it.by, reason=it.reason
    )
    transfer.first_human_at = rfc3339_or_none(it.first_human_at)
    if it.attendant is not None:
        transfer.status = ChatStatus.ACTIVE.value
    else:
        transfer.status, transfer.department, transfer.queued_at = (
            ChatStatus.PENDING.value,
            it.department,
            rfc3339(event.at),
        )
    return transfer


def _chat_ended(it: kept.ChatEnded, event: Recorded) -> shapes.ChatPatch:
    return shapes.ChatPatch(
        chat_id=it.chat_id, version=it.version, status=ChatStatus.CLOSED.value, ended_at=rfc3339(event.at)
    )


def _chat_read(it: kept.ChatRead, _: Recorded) -> shapes.ChatPatch:
    return shapes.ChatPatch(chat_id=it.chat_id, unread_count=it.unread)


def _chat_reassigned(it: kept.ChatReassigned, _: Recorded) -> shapes.ChatPatch:
    return shapes.ChatPatch(chat_id=it.chat_id, client_id=it.client_id)


def _attendant_changed(it: kept.AttendantChanged, _: Recorded) -> shapes.AttendantPatch:
    return shapes.AttendantPatch(
        id=it.user_id,
        name=or_unset(it.title),
        role=or_unset(it.role),
        departments=or_unset(it.departments),
        enabled=or_unset(it.enabled),
        removed=or_unset(it.gone or None),
    )


def _client_named(it: kept.ClientNamed, _: Recorded) -> shapes.ClientPatch:
    return shapes.ClientPatch(id=it.client_id, name=it.client_name, phone=it.phone, blocked=it.blocked)


def _client_removed(it: kept.ClientRemoved, _: Recorded) -> shapes.ClientPatch:
    return shapes.ClientPatch(id=it.client_id, removed=True)


def _clients_merged(it: kept.ClientsMerged, _: Recorded) -> shapes.ClientPatch:
    return shapes.ClientPatch(id=it.client_id, absorbed=it.absorbed)


def _note_created(it: kept.NoteCreated, event: Recorded) -> shapes.Note:
    at = rfc3339(event.at)
    return shapes.Note(
        id=it.note_id,
        client_id=it.client_id,
        chat_id=it.chat_id,
        author=it.author,
        text=it.text,
        created_at=at,
        updated_at=at,
        version=1,
    )


def _integration_changed(it: kept.IntegrationChanged, _: Recorded) -> shapes.IntegrationPatch:
    return shapes.IntegrationPatch(
        id=it.integration_id, name=it.title, platform=it.platform, status=it.status, trouble=it.trouble
    )


def _budget_warned(it: kept.BudgetWarned, _: Recorded) -> shapes.BudgetWarning:
    return shapes.BudgetWarning(
        percent=it.percent,
        month=it.month,
        budget=shapes.Money(amount=it.budget, currency=it.currency),
        spent=shapes.Money(amount=it.spent, currency=it.currency),
    )


KINDS: Mapping[str, Kind[Any]] = MappingProxyType(
    {
        "message.added": Kind("message.created", kept.MessageAdded, _message_added),
        "message.status_changed": Kind("message.updated", kept.MessageStatusChanged, _message_status_changed),
        "message.edited": Kind("message.updated", kept.MessageEdited, _message_edited),
        "message.file_changed": Kind("message.updated", kept.MessageFileChanged, _message_file_changed),
        "message.revoked": Kind("message.updated", kept.MessageRevoked, _message_revoked),
        "message.reacted": Kind("message.updated", kept.MessageReacted, _message_reacted),
        "chat.opened": Kind("chat.created", kept.ChatOpened, _chat_opened),
        "chat.queued": Kind("chat.updated", kept.ChatQueued, _chat_queued),
        "chat.reopened": Kind("chat.updated", kept.ChatReopened, _chat_reopened),
        "chat.started": Kind("chat.updated", kept.ChatStarted, _chat_started),
        "chat.transferred": Kind("chat.transferred", kept.ChatTransferred, _chat_transferred),
        "chat.released": Kind("chat.updated", kept.ChatReleased, _chat_released),
        "chat.ended": Kind("chat.updated", kept.ChatEnded, _chat_ended),
        "chat.read": Kind("chat.updated", kept.ChatRead, _chat_read),
        "chat.reassigned": Kind("chat.updated", kept.ChatReassigned, _chat_reassigned),
        "attendant.changed": Kind("attendant.updated", kept.AttendantChanged, _attendant_changed),
        "client.registered": Kind("client.updated", kept.ClientNamed, _client_named),
        "client.updated": Kind("client.updated", kept.ClientNamed, _client_named),
        "client.removed": Kind("client.updated", kept.ClientRemoved, _client_removed),
        "client.merged": Kind("client.updated", kept.ClientsMerged, _clients_merged),
        "note.created": Kind("note.created", kept.NoteCreated, _note_created),
        "integration.changed": Kind("integration.updated", kept.IntegrationChanged, _integration_changed),
        "budget.warned": Kind("budget.warning", kept.BudgetWarned, _budget_warned),
    }
)


def _content_of(record: Mapping[str, object]) -> Content:
    try:
        return content_from_record(record)
    except UnreadableContent:
        return Unknown(type=str(record.get("kind")))


def _media_of(content: Content) -> shapes.Media | None:
    file = content.file
    if file is None:
        return None
    return shapes.Media(
        id=file.media_id,
        url=file.link if file.media_id is None else f"/media/{file.media_id}",
        mime_type=file.mime_type,
        size=file.size,
        filename=file.filename,
    )


def _rest_of(record: Mapping[str, Any]) -> dict[str, Any]:
    rest = {name: value for name, value in record.items() if name not in _SHOWN_ELSEWHERE}
    state = (record.get("media") or {}).get("state")
    return rest | ({"mediaState": state} if state else {})


def _window(window: kept.Window, at: datetime) -> shapes.ServiceWindow:
    closes_at = window.closes_at
    return shapes.ServiceWindow(open=closes_at is not None and at < closes_at, closes_at=rfc3339_or_none(closes_at))
