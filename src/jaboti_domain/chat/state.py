"""What a chat is, and how each event changes it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Self, cast

from attrs import define, field, frozen
from attrs.setters import frozen as frozen_field

from jaboti_domain.chat.events import (
    ChatEnded,
    ChatEvent,
    ChatOpened,
    ChatQueued,
    ChatRead,
    ChatReassigned,
    ChatReleased,
    ChatReopened,
    ChatStarted,
    ChatTransferred,
    MessageAdded,
)
from jaboti_domain.chat.message import SenderType
from jaboti_domain.chat.routing import ChatStatus, audience_of
from jaboti_domain.chat.window import ServiceWindow
from jaboti_domain.integration.messaging import Platform
from jaboti_domain.kernel.events import Aggregate, Audience, Named
from jaboti_domain.kernel.ids import ChatId, ClientId, CompanyId, DepartmentId, IntegrationId, MessageId, UserId

PREVIEW = 200


@frozen(kw_only=True)
class LastMessage:
    """The newest message, as a list of chats shows it."""

    id: MessageId
    seq: int
    sender_type: SenderType
    text: str
    """At most 200 characters."""
    media_type: str | None
    at: datetime


@define(kw_only=True)
class ChatState(Aggregate):
    """A chat as its events made it."""

    id: ChatId = field(on_setattr=frozen_field)
    company_id: CompanyId = field(on_setattr=frozen_field)
    client_id: ClientId
    integration_id: IntegrationId = field(on_setattr=frozen_field)
    platform: Platform = field(on_setattr=frozen_field)
    status: ChatStatus
    started_at: datetime
    attendant_id: UserId | None = None
    department_id: DepartmentId | None = None
    queued_at: datetime | None = None
    first_human_at: datetime | None = None
    ended_at: datetime | None = None
    last_seq: int = 0
    last_message: LastMessage | None = None
    read_seq: int = 0
    unread: int = 0
    bot_turns: int = 0
    window: ServiceWindow = field(factory=ServiceWindow)

    @classmethod
    def of(cls, events: Iterable[ChatEvent]) -> Self:
        """The chat whose life these events tell; the first is its ChatOpened."""
        rest = iter(events)
        chat = cls._blank(cast(ChatOpened, next(rest)))
        for event in rest:
            chat.apply(event)
        return chat

    @classmethod
    def _blank(cls, opened: ChatOpened) -> Self:
        status = ChatStatus(opened.status)
        return cls(
            id=opened.chat_id,
            company_id=opened.company_id,
            client_id=cast(ClientId, opened.client.id),
            integration_id=opened.integration_id,
            platform=opened.platform,
            status=status,
            started_at=opened.at,
            attendant_id=cast(UserId, opened.attendant.id) if opened.attendant else None,
            queued_at=opened.at if status is ChatStatus.PENDING else None,
            first_human_at=opened.at if opened.attendant else None,
            window=opened.window,
            version=1,
        )

    @property
    def audience(self) -> Audience:
        """Who sees what happens to it now."""
        return audience_of(self.attendant_id, self.department_id)

    @property
    def is_open(self) -> bool:
        """Whether it has not ended."""
        return self.status is not ChatStatus.CLOSED

    def apply(self, event: ChatEvent) -> None:
        """Change as the event tells."""
        self.version += 1
        match event:
            case MessageAdded():
                self._apply_message(event)
            case ChatQueued():
                self.status, self.queued_at = ChatStatus.PENDING, event.at
                self.department_id = cast(DepartmentId, event.department.id) if event.department else None
            case ChatReopened():
                self.status, self.queued_at, self.ended_at = ChatStatus.PENDING, event.at, None
                self.attendant_id = None
            case ChatReleased():
                self.status, self.queued_at, self.attendant_id = ChatStatus.PENDING, event.at, None
            case ChatStarted():
                self._apply_attendant(event.attendant, event.first_human_at)
            case ChatTransferred():
                self._apply_transfer(event)
            case ChatEnded():
                self.status, self.ended_at = ChatStatus.CLOSED, event.at
            case ChatRead():
                self.read_seq, self.unread = event.up_to, event.unread
            case ChatReassigned():
                self.client_id = event.client_id

    def _apply_attendant(self, attendant: Named, first_human_at: datetime | None) -> None:
        self.status, self.attendant_id = ChatStatus.ACTIVE, cast(UserId, attendant.id)
        self.first_human_at = first_human_at

    def _apply_transfer(self, event: ChatTransferred) -> None:
        if event.attendant is not None:
            self._apply_attendant(event.attendant, event.first_human_at)
        elif event.department is not None:
            self.status, self.queued_at = ChatStatus.PENDING, event.at
            self.attendant_id, self.department_id = None, cast(DepartmentId, event.department.id)

    def _apply_message(self, event: MessageAdded) -> None:
        self.last_seq, self.unread, self.window = event.seq, event.unread, event.window
        if self.status is ChatStatus.BOT and event.sender_type == SenderType.CLIENT:
            self.bot_turns += 1
        file = event.content.file
        self.last_message = LastMessage(
            id=event.message_id,
            seq=event.seq,
            sender_type=SenderType(event.sender_type),
            text=event.content.text[:PREVIEW],
            media_type=file.type if file else None,
            at=event.at,
        )
