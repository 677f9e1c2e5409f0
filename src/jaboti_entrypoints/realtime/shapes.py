"""What events carry on the wire.

A patch holds what changed: its keys replace the same keys of the thing that the lists showed, except
that `metadata` is merged key by key, where null takes a key away.
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Annotated, Any, TypeVar

from msgspec import UNSET, Meta, Raw, Struct, UnsetType

from jaboti_domain.kernel.times import rfc3339

T = TypeVar("T")
Id = Annotated[str, Meta(extra_json_schema={"format": "uuid"})]
Day = Annotated[str, Meta(extra_json_schema={"format": "date"})]
Stamp = Annotated[str, Meta(extra_json_schema={"format": "date-time"})]


def rfc3339_or_none(moment: datetime | None) -> str | None:
    """The time as the wire has it, where there may be none."""
    return None if moment is None else rfc3339(moment)


def or_unset(value: T | None) -> T | UnsetType:
    """The value, where it is to be told."""
    return UNSET if value is None else value


class Shape(Struct, rename="camel", kw_only=True):
    """The base: camelCase on the wire."""


class Named(Shape):
    """Something with its name."""

    id: Id
    name: str


class ClientOfChat(Shape):
    """Whose chat it is."""

    id: Id
    name: str
    phone: str | None


class ServiceWindow(Shape):
    """Whether the client may be answered freely, as it was when the event happened."""

    open: bool
    closes_at: Stamp | None


class Media(Shape):
    """A file."""

    id: str | None
    url: str | None
    mime_type: str | None
    size: int | None
    filename: str | None


class MessageError(Shape):
    """Why it failed, in the platform's words."""

    code: str
    title: str


class Message(Shape):
    """A message, as lists show it."""

    id: Id
    chat_id: Id
    seq: int
    sender_type: str
    sender: Named | None
    content: str
    media_type: str | None
    media: Media | None
    metadata: dict[str, Any]
    reply_to: Id | None
    status: str
    error: MessageError | None
    timestamp: Stamp


class MessageCreated(Shape):
    """A message was received or written; the rest is the chat's."""

    chat_id: Id
    message: Message
    unread_count: int
    service_window: ServiceWindow


class MessagePatch(Shape):
    """A message changed."""

    chat_id: Id
    id: Id
    seq: int
    status: str | UnsetType = UNSET
    error: MessageError | UnsetType | None = UNSET
    content: str | UnsetType = UNSET
    media_type: str | UnsetType | None = UNSET
    media: Media | UnsetType | None = UNSET
    metadata: dict[str, Any] | UnsetType = UNSET


class Chat(Shape):
    """A chat, as lists show it."""

    id: Id
    company_id: Id
    client: ClientOfChat
    attendant: Named | None
    department: Named | None
    integration_id: Id
    platform: str
    status: str
    started_at: Stamp
    queued_at: Stamp | None
    first_human_at: Stamp | None
    ended_at: Stamp | None
    unread_count: int
    last_message: None
    service_window: ServiceWindow
    version: int


class ChatPatch(Shape):
    """A chat changed."""

    chat_id: Id
    version: int | UnsetType = UNSET
    status: str | UnsetType = UNSET
    client_id: Id | UnsetType = UNSET
    attendant: Named | UnsetType | None = UNSET
    department: Named | UnsetType | None = UNSET
    queued_at: Stamp | UnsetType = UNSET
    first_human_at: Stamp | UnsetType | None = UNSET
    ended_at: Stamp | UnsetType | None = UNSET
    unread_count: int | UnsetType = UNSET


class Notification(Shape, rename={"by": "from"}):
    """Shown to the one who receives a chat."""

    by: Named
    reason: str


class ChatTransfer(ChatPatch, kw_only=True):
    """A chat was handed on; `notification` is there for its new attendant only."""

    by: Named
    reason: str
    notification: Notification | UnsetType = UNSET


class ClientPatch(Shape):
    """A client is known by other names, was blocked or removed, or turned out to be one with those `absorbed`."""

    id: Id
    name: str | UnsetType = UNSET
    phone: str | UnsetType | None = UNSET
    blocked: bool | UnsetType = UNSET
    removed: bool | UnsetType = UNSET
    absorbed: list[Id] | UnsetType = UNSET


class Note(Shape):
    """Somebody wrote something down, about a client or about a chat."""

    id: Id
    client_id: Id | None
    chat_id: Id | None
    author: Named
    text: str
    created_at: Stamp
    updated_at: Stamp
    version: int


class IntegrationPatch(Shape):
    """An integration changed."""

    id: Id
    name: str
    platform: str
    status: str
    trouble: str | None


class Money(Shape):
    """An amount with six decimals, and its currency."""

    amount: str
    currency: str


class BudgetWarning(Shape):
    """What messages cost this month came to so many per cent of the budget."""

    percent: int
    month: str
    budget: Money
    spent: Money


class AttendantPatch(Shape):
    """An attendant changed; who was `removed` attends nobody here any more. What tells of `online` is not kept."""

    id: Id
    name: str | UnsetType = UNSET
    role: str | UnsetType = UNSET
    departments: list[Named] | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET
    online: bool | UnsetType = UNSET
    removed: bool | UnsetType = UNSET


class Ready(Shape, tag_field="type", tag="ready"):
    """The token was accepted. Resumed: every event after the cursor that was given follows, some perhaps once more.

    Not resumed: every event after `cursor` follows, and what was before it is to be read from the lists.
    """

    user_id: Id
    company_id: Id
    cursor: str
    resumed: bool
    heartbeat_seconds: float


class Ack(Shape, tag_field="type", tag="ack"):
    """The command with this `ref` was done; `data` is what it made."""

    ref: str
    data: Raw


class Error(Shape, tag_field="type", tag="error"):
    """It was not. `ref` is null when it can't be told which one it was."""

    ref: str | None
    problem: dict[str, Any]


class Typing(Shape):
    """An attendant is writing."""

    chat_id: Id
    user: Named


class OpenChats(Shape):
    """How many there are, by status."""

    bot: int
    pending: int
    active: int


class DashboardFigures(Shape):
    """What the dashboard's metrics say of today, as far as the listener may see it: told at most once a second.

    `date` is the company's day. Averages are null where nobody waited, or nothing ended.
    """

    date: Day
    open: OpenChats
    chats_today: int
    average_wait_seconds: float | None
    average_duration_seconds: float | None


SHAPE_OF: Mapping[str, type[Shape]] = MappingProxyType(
    {
        "message.created": MessageCreated,
        "message.updated": MessagePatch,
        "chat.created": Chat,
        "chat.updated": ChatPatch,
        "chat.transferred": ChatTransfer,
        "attendant.updated": AttendantPatch,
        "client.updated": ClientPatch,
        "note.created": Note,
        "integration.updated": IntegrationPatch,
        "budget.warning": BudgetWarning,
        "typing": Typing,
        "dashboard.updated": DashboardFigures,
    }
)
"""Every event that is told, and what its `data` is."""
