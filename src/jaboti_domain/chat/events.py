"""Facts about chats and their messages. Folding a chat's events, oldest first, gives the chat."""

from collections.abc import Mapping
from datetime import datetime

from attrs import frozen

from jaboti_domain.chat.window import ServiceWindow
from jaboti_domain.integration.content import Content
from jaboti_domain.integration.messaging import Platform
from jaboti_domain.kernel.events import Event, Named
from jaboti_domain.kernel.ids import ChatId, ClientId, IntegrationId, MessageId


@frozen(kw_only=True)
class ChatEvent(Event):
    """Something happened in a chat."""

    chat_id: ChatId


@frozen(kw_only=True)
class Milestone(ChatEvent):
    """A turn in the chat's life: also kept in its timeline. `version` is the chat's afterwards."""

    version: int


@frozen(kw_only=True)
class ChatOpened(Milestone):
    """A chat began."""

    name = "chat.opened"

    client: Named
    client_phone: str | None
    integration_id: IntegrationId
    platform: Platform
    status: str
    window: ServiceWindow
    attendant: Named | None = None


@frozen(kw_only=True)
class ChatQueued(Milestone):
    """It waits for an attendant."""

    name = "chat.queued"

    department: Named | None


@frozen(kw_only=True)
class ChatReopened(Milestone):
    """The client came back so soon that the ended chat goes on, in its old queue."""

    name = "chat.reopened"


@frozen(kw_only=True)
class ChatStarted(Milestone):
    """An attendant took it."""

    name = "chat.started"

    attendant: Named
    first_human_at: datetime


@frozen(kw_only=True)
class ChatTransferred(Milestone):
    """It was handed to an attendant, or to a department's queue."""

    name = "chat.transferred"

    by: Named
    attendant: Named | None
    department: Named | None
    reason: str
    first_human_at: datetime | None


@frozen(kw_only=True)
class ChatReleased(Milestone):
    """Its attendant has it no longer: it waits in its queue again."""

    name = "chat.released"

    by: Named


@frozen(kw_only=True)
class ChatEnded(Milestone):
    """It is over."""

    name = "chat.ended"

    by: Named | None
    reason: str


@frozen(kw_only=True)
class ChatRead(ChatEvent):
    """Its attendant has read up to message `up_to`."""

    name = "chat.read"

    by: Named
    up_to: int
    unread: int


@frozen(kw_only=True)
class ChatReassigned(ChatEvent):
    """Its client turned out to be another one."""

    name = "chat.reassigned"

    client_id: ClientId


@frozen(kw_only=True)
class MessageEvent(ChatEvent):
    """Something happened to a message."""

    message_id: MessageId
    seq: int


@frozen(kw_only=True)
class MessageAdded(MessageEvent):
    """A message was received or written."""

    name = "message.added"

    sender_type: str
    sender: Named | None
    content: Content
    reply_to: MessageId | None
    status: str
    provider_at: datetime | None
    metadata: Mapping[str, object]
    unread: int
    window: ServiceWindow


@frozen(kw_only=True)
class MessageStatusChanged(MessageEvent):
    """It came further on its way."""

    name = "message.status_changed"

    status: str
    error_code: str | None
    error_title: str | None
    possibly_doubled: bool


@frozen(kw_only=True)
class MessageEdited(MessageEvent):
    """Its words were changed."""

    name = "message.edited"

    content: Content


@frozen(kw_only=True)
class MessageFileChanged(MessageEvent):
    """Its file has arrived, or never will."""

    name = "message.file_changed"

    content: Content


@frozen(kw_only=True)
class MessageRevoked(MessageEvent):
    """Its writer took it back."""

    name = "message.revoked"


@frozen(kw_only=True)
class MessageReacted(MessageEvent):
    """The emojis on it changed."""

    name = "message.reacted"

    reactions: Mapping[str, str]
