"""Reads for screens. They skip the aggregates: the store writes the JSON itself, in the shapes given here.

Keys are camelCase, times RFC 3339 in UTC with milliseconds and `Z`, absent values null.

chat      {id, companyId, client: {id, name, phone}, attendant: {id, name} | null, department: {id, name} | null,
          integrationId, platform, status, startedAt, queuedAt, firstHumanAt, endedAt, unreadCount,
          lastMessage: {id, seq, senderType, content, mediaType, timestamp} | null,
          serviceWindow: {open, closesAt}, version}
message   {id, chatId, seq, senderType, sender: {id, name} | null, content, mediaType, media: {id, url, mimeType, size,
          filename} | null, metadata, replyTo, status, error: {code, title} | null, timestamp}
          `content` is the text, `media.url` is `/media/<id>`, or the file's link while it has no id of ours.
          `metadata` holds what the message was given, `kind` and the rest of the content's record (without body,
          caption and media), and what is true of `possiblyDoubled`, `editedAt`, `revokedAt`, `reactions`; PLAYED is
          shown as READ with `played: true`. `timestamp` is the platform's time, or else when we took it.
timeline  {type: "message", at, message} | {type: <milestone>, at, data} | {type: "note", at, note}
          In the order of `at`, when we learnt of it. In the same millisecond: `chat.opened`, then messages by `seq`,
          then other milestones by version, then notes by id. `type` is the event's name, `data` holds those of
          `status`, `attendant`, `department`, `by` and `reason` that the event has; for notes see note/queries.
history   {type: "chat", at, chat} | {type: "message", at, message}
          Each chat stands where it began, each message when we learnt of it. In the same millisecond a chat comes
          before messages, messages in the order of `seq`, then of id.
"""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Protocol

from attrs import frozen

from jaboti_domain.kernel.actor import Actor
from jaboti_domain.kernel.ids import ChatId, ClientId, CompanyId, DepartmentId, MessageId
from jaboti_domain.kernel.paging import Cursor, Json, JsonPage


class Category(StrEnum):
    """Lists of chats, by status."""

    BOT = "bot"
    PENDING = "pending"
    ACTIVE = "active"
    CLOSED = "closed"


@frozen(kw_only=True)
class ChatFilter:
    """Which chats; every given condition holds."""

    category: Category | None = None
    mine: bool = False
    department_id: DepartmentId | None = None
    client_id: ClientId | None = None
    search: str | None = None
    """What a person typed, to be found in the client's name, document, phone, e-mail address or contacts."""


class ChatReads(Protocol):
    """Reads of one company's chats. An operator's lists hold their own chats and those that wait in their queues."""

    async def page(
        self, company_id: CompanyId, *, viewer: Actor, where: ChatFilter, after: Cursor | None, limit: int
    ) -> JsonPage:
        """Chats, those with the newest activity first. Raises InvalidCursor."""
        ...

    async def closing(
        self, company_id: CompanyId, *, viewer: Actor, within: timedelta, after: Cursor | None, limit: int
    ) -> JsonPage:
        """Open chats whose service window is open, and closes within so long: the soonest first, then by id.

        Only those of platforms that have such a window. Raises InvalidCursor.
        """
        ...

    async def counts(self, company_id: CompanyId, *, viewer: Actor) -> Mapping[str, int]:
        """`{bot, pending, active, mine}` of what the viewer's lists hold; `mine` are the viewer's ACTIVE ones."""
        ...

    async def one(self, company_id: CompanyId, chat_id: ChatId) -> Json:
        """A chat. Raises ChatNotFound."""
        ...

    async def messages(
        self, company_id: CompanyId, chat_id: ChatId, *, before: int | None, after: int | None, limit: int
    ) -> Json:
        """An array of the messages with after < seq < before, rising: the newest of them unless `after` is given.

        Raises ChatNotFound.
        """
        ...

    async def message(self, company_id: CompanyId, message_id: MessageId) -> Json:
        """A message. Raises MessageNotFound."""
        ...

    async def timeline(self, company_id: CompanyId, chat_id: ChatId, *, limit: int) -> Json:
        """Messages, milestones and notes as one array, oldest first: the newest `limit`. Raises ChatNotFound."""
        ...

    async def history(
        self, company_id: CompanyId, client_id: ClientId, *, after: Cursor | None, limit: int
    ) -> JsonPage:
        """A client's chats and their messages as one list, newest first. Raises ClientNotFound, InvalidCursor."""
        ...
