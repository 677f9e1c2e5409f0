"""Events as the stream keeps them: the fields of the domain's events, in snake_case."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from jaboti_entrypoints.realtime.shapes import Named


class Kept(Struct, kw_only=True):
    """The base; fields that are not named here are passed over."""


class Window(Kept):
    """A service window."""

    closes_at: datetime | None


class ChatOpened(Kept):
    """chat.opened"""

    chat_id: str
    version: int
    client: Named
    client_phone: str | None
    integration_id: str
    platform: str
    status: str
    window: Window
    attendant: Named | None


class ChatQueued(Kept):
    """chat.queued"""

    chat_id: str
    version: int
    department: Named | None


class ChatReopened(Kept):
    """chat.reopened"""

    chat_id: str
    version: int


class ChatStarted(Kept):
    """chat.started"""

    chat_id: str
    version: int
    attendant: Named
    first_human_at: datetime


class ChatTransferred(Kept):
    """chat.transferred"""

    chat_id: str
    version: int
    by: Named
    attendant: Named | None
    department: Named | None
    reason: str
    first_human_at: datetime | None


class ChatReleased(Kept):
    """chat.released"""

    chat_id: str
    version: int


class ChatEnded(Kept):
    """chat.ended"""

    chat_id: str
    version: int


class ChatRead(Kept):
    """chat.read"""

    chat_id: str
    unread: int


class ChatReassigned(Kept):
    """chat.reassigned"""

    chat_id: str
    client_id: str


class MessageEvent(Kept):
    """What all events of messages have."""

    chat_id: str
    message_id: str
    seq: int


class MessageAdded(MessageEvent):
    """message.added"""

    sender_type: str
    sender: Named | None
    content: dict[str, Any]
    reply_to: str | None
    status: str
    provider_at: datetime | None
    metadata: dict[str, Any]
    unread: int
    window: Window


class MessageStatusChanged(MessageEvent):
    """message.status_changed"""

    status: str
    error_code: str | None
    error_title: str | None
    possibly_doubled: bool


class MessageEdited(MessageEvent):
    """message.edited"""

    content: dict[str, Any]


class MessageFileChanged(MessageEvent):
    """message.file_changed"""

    content: dict[str, Any]


class MessageRevoked(MessageEvent):
    """message.revoked"""


class MessageReacted(MessageEvent):
    """message.reacted"""

    reactions: Mapping[str, str]


class ClientNamed(Kept):
    """client.registered, client.updated"""

    client_id: str
    client_name: str
    phone: str | None
    blocked: bool = False


class ClientRemoved(Kept):
    """client.removed"""

    client_id: str


class ClientsMerged(Kept):
    """client.merged"""

    client_id: str
    absorbed: list[str]


class NoteCreated(Kept):
    """note.created"""

    note_id: str
    client_id: str | None
    chat_id: str | None
    author: Named
    text: str


class IntegrationChanged(Kept):
    """integration.changed"""

    integration_id: str
    title: str
    platform: str
    status: str
    trouble: str | None


class BudgetWarned(Kept):
    """budget.warned"""

    percent: int
    month: str
    budget: str
    spent: str
    currency: str


class AttendantChanged(Kept):
    """attendant.changed"""

    user_id: str
    title: str | None
    role: str | None
    departments: list[Named] | None
    enabled: bool | None
    gone: bool
