"""A message of a chat."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from attrs import define, evolve, field
from attrs.setters import frozen as frozen_field

from jaboti_domain.chat.delivery import STATE_OF_RECEIPT, DeliveryError, DeliveryState
from jaboti_domain.chat.events import (
    MessageAdded,
    MessageEdited,
    MessageFileChanged,
    MessageReacted,
    MessageRevoked,
    MessageStatusChanged,
)
from jaboti_domain.chat.window import ServiceWindow
from jaboti_domain.integration.content import Content, Media, MediaFile, Text, edited
from jaboti_domain.integration.messaging import Receipt
from jaboti_domain.kernel.events import Aggregate, Audience, Named
from jaboti_domain.kernel.ids import ChatId, CompanyId, MessageId


class SenderType(StrEnum):
    """Who wrote; SYSTEM notices are our own and never sent to the client."""

    CLIENT = "CLIENT"
    ATTENDANT = "ATTENDANT"
    BOT = "BOT"
    SYSTEM = "SYSTEM"


@define(kw_only=True)
class Message(Aggregate):
    """One message; `seq` is its place in the chat: 1, 2, 3, ... without a gap, as we learnt of them."""

    id: MessageId = field(on_setattr=frozen_field)
    company_id: CompanyId = field(on_setattr=frozen_field)
    chat_id: ChatId = field(on_setattr=frozen_field)
    seq: int = field(on_setattr=frozen_field)
    sender_type: SenderType = field(on_setattr=frozen_field)
    sender: Named | None = field(default=None, on_setattr=frozen_field)
    """The user who wrote it; None for clients, the bot, notices, and what was typed on the company's phone."""
    content: Content
    reply_to: MessageId | None = None
    status: DeliveryState
    error: DeliveryError | None = None
    provider_id: str | None = None
    at: datetime = field(on_setattr=frozen_field)
    """When we took it."""
    provider_at: datetime | None = None
    """When it was written, by the platform's clock."""
    client_key: str | None = None
    """What the sender calls it: the same key in a chat is the same message."""
    metadata: Mapping[str, object] = field(factory=dict)
    possibly_doubled: bool = False
    edited_at: datetime | None = None
    revoked_at: datetime | None = None
    reactions: Mapping[str, str] = field(factory=dict)
    """Who (CLIENT, or a user's id) put which emoji on it."""
    audience: Audience = field(factory=Audience, eq=False)

    @property
    def is_outbound(self) -> bool:
        """Whether it goes, or went, to the client."""
        return self.sender_type in (SenderType.ATTENDANT, SenderType.BOT)

    @property
    def is_forgotten(self) -> bool:
        """Whether nobody can tell any more to whom it was."""
        return dict(self.metadata) == {"anonymized": True} and self.content == Text(body="")

    def added(self, *, unread: int, window: ServiceWindow) -> MessageAdded:
        """The event of its coming into the chat, which then has so many unread messages and this window."""
        return MessageAdded(
            company_id=self.company_id,
            at=self.at,
            audience=self.audience,
            chat_id=self.chat_id,
            message_id=self.id,
            seq=self.seq,
            sender_type=self.sender_type,
            sender=self.sender,
            content=self.content,
            reply_to=self.reply_to,
            status=self.status,
            provider_at=self.provider_at,
            metadata=self.metadata,
            unread=unread,
            window=window,
        )

    def sending(self, *, again: bool, at: datetime) -> None:
        """It is about to be handed to the platform; `again` after an attempt of which the outcome is not known."""
        was_doubtful, self.possibly_doubled = self.possibly_doubled, self.possibly_doubled or again
        if not self._advance(DeliveryState.SENDING, at) and self.possibly_doubled is not was_doubtful:
            self._tell_status(at)

    def accepted(self, provider_id: str | None, *, at: datetime) -> None:
        """The platform took it; it has no name there (None) when another message has that name already."""
        self.provider_id = self.provider_id or provider_id
        self._advance(DeliveryState.SENT, at)

    def refused(self, error: DeliveryError, *, at: datetime) -> None:
        """The platform will not take it."""
        if self.status.advanced(DeliveryState.FAILED) is not self.status:
            self.error = error
        self._advance(DeliveryState.FAILED, at)

    def receive(self, receipt: Receipt, *, at: datetime) -> bool:
        """News from the platform; returns whether it was news."""
        state = STATE_OF_RECEIPT[receipt.status]
        if self.status.advanced(state) is self.status:
            return False
        self.provider_id = self.provider_id or receipt.provider_id
        if state is DeliveryState.FAILED:
            self.error = DeliveryError(
                code=receipt.error_code or "unknown", title=receipt.error_title or "", info=receipt.error_info or ""
            )
        self._advance(state, at)
        return True

    def edit(self, content: Content, *, at: datetime) -> None:
        """Whoever wrote it changed its words."""
        self.content, self.edited_at = edited(self.content, content), at
        self._tell_content(MessageEdited, at)

    def file_changed(self, file: MediaFile, *, at: datetime) -> None:
        """Its file has arrived, or never will; what carries no file (any more) stays as it is."""
        if not isinstance(self.content, Media):
            return
        self.content = evolve(self.content, media=file)
        self._tell_content(MessageFileChanged, at)

    def _tell_content(self, told: type[MessageEdited | MessageFileChanged], at: datetime) -> None:
        self.record(
            told(
                company_id=self.company_id,
                at=at,
                audience=self.audience,
                chat_id=self.chat_id,
                message_id=self.id,
                seq=self.seq,
                content=self.content,
            )
        )

    def revoke(self, *, at: datetime) -> None:
        """The client took it back; what it said stays readable for the company."""
        if self.revoked_at is not None:
            return
        self.revoked_at = at
        self.record(
            MessageRevoked(
                company_id=self.company_id,
                at=at,
                audience=self.audience,
                chat_id=self.chat_id,
                message_id=self.id,
                seq=self.seq,
            )
        )

    def react(self, who: str, emoji: str, *, at: datetime) -> None:
        """Put an emoji on it, or take it back with an empty one."""
        self.reactions = {**self.reactions, who: emoji} if emoji else _without(self.reactions, who)
        self.record(
            MessageReacted(
                company_id=self.company_id,
                at=at,
                audience=self.audience,
                chat_id=self.chat_id,
                message_id=self.id,
                seq=self.seq,
                reactions=self.reactions,
            )
        )

    def _advance(self, state: DeliveryState, at: datetime) -> bool:
        if self.status.advanced(state) is self.status:
            return False
        self.status = state
        if state is not DeliveryState.FAILED:
            self.error = None
        self._tell_status(at)
        return True

    def _tell_status(self, at: datetime) -> None:
        self.record(
            MessageStatusChanged(
                company_id=self.company_id,
                at=at,
                audience=self.audience,
                chat_id=self.chat_id,
                message_id=self.id,
                seq=self.seq,
                status=self.status.value,
                error_code=self.error.code if self.error else None,
                error_title=self.error.title if self.error else None,
                possibly_doubled=self.possibly_doubled,
            )
        )


def _without(reactions: Mapping[str, str], who: str) -> dict[str, str]:
    return {name: emoji for name, emoji in reactions.items() if name != who}
