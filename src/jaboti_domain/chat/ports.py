"""What chats need from outside."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from attrs import frozen

from jaboti_domain.chat.message import Message
from jaboti_domain.chat.model import Chat
from jaboti_domain.client.ports import ClientRepository, MergeRepository
from jaboti_domain.company.ports import CompanyUnitOfWork, DepartmentRepository, MembershipRepository
from jaboti_domain.identity.ports import SessionRepository, UserRepository
from jaboti_domain.integration.ports.journal import LaneRepository
from jaboti_domain.integration.ports.stores import IntegrationRepository, UsageRepository
from jaboti_domain.kernel.ids import ChatId, ClientId, CompanyId, IntegrationId, MessageId, UserId
from jaboti_domain.kernel.ports import AuditedUnitOfWork
from jaboti_domain.media.ports import MediaUnitOfWork

Pair = tuple[ClientId, IntegrationId]
ProviderId = tuple[IntegrationId, str]
"""A message's id on the platform, which is unique within the integration for good."""


class ChatRepository(Protocol):
    """A company's chats."""

    async def get(self, chat_id: ChatId) -> Chat:
        """Locked until the unit ends. Raises ChatNotFound."""
        ...

    async def find(self, chat_ids: Collection[ChatId]) -> Mapping[ChatId, Chat]:
        """Those that exist, locked."""
        ...

    async def find_open(self, pairs: Collection[Pair]) -> Mapping[Pair, Chat]:
        """The open chat of each pair that has one, locked."""
        ...

    async def find_last_closed(self, pairs: Collection[Pair]) -> Mapping[Pair, Chat]:
        """The closed chat that began last, of each pair that has one, locked."""
        ...

    async def find_of_client(self, client_ids: Collection[ClientId]) -> Sequence[Chat]:
        """Every chat of these clients, oldest first, locked."""
        ...

    async def find_attended_by(self, user_id: UserId) -> Sequence[Chat]:
        """The open chats of this attendant, oldest first, locked."""
        ...

    async def count_unread(self, chat_id: ChatId, *, after: int) -> int:
        """How many of the client's messages have a `seq` above this."""
        ...

    async def save(self, *chats: Chat) -> None:
        """Keep them at the commit, with their new messages; new outbound messages join the chat's outbound lane.

        A new message's own events (an edit that came with it) follow its chat's.

        At the commit: ChatIsOpen when a pair would have two open chats; StaleVersion when a chat changed since it was
        loaded; Conflict when a message with the same provider id is already there; DepartmentNotFound when an open chat
        comes to a department that was removed, AttendantDisabled when it comes to a member who is disabled or has left.
        So it is also when that happens at the same time: whichever of the two comes later is refused.
        """
        ...


class MessageRepository(Protocol):
    """A company's messages."""

    async def find(self, message_ids: Collection[MessageId]) -> Mapping[MessageId, Message]:
        """Those that exist, locked."""
        ...

    async def find_by_provider(self, ids: Collection[ProviderId]) -> Mapping[ProviderId, Message]:
        """Those that exist, locked."""
        ...

    async def find_forgotten(self, ids: Collection[ProviderId]) -> Mapping[ProviderId, Message]:
        """Those that had these names until their persons were forgotten, locked."""
        ...

    async def find_by_client_key(self, chat_id: ChatId, client_key: str) -> Message | None:
        """The message of this chat that its sender called so."""
        ...

    async def get_in_chat(self, chat_id: ChatId, message_id: MessageId) -> Message:
        """Not locked. Raises MessageNotFound."""
        ...

    async def newest_of_client(self, chat_id: ChatId, *, up_to: int) -> Message | None:
        """The client's newest message with a `seq` of at most `up_to`; not locked."""
        ...

    async def save(self, *messages: Message) -> None:
        """Keep what changed in messages that were there before."""
        ...


class ErrandKind(StrEnum):
    """What is to be done at the platform."""

    MESSAGE = "MESSAGE"
    READ = "READ"


@frozen(kw_only=True)
class Errand:
    """Something to hand to a platform. `attempt` counts from 1 and fences off whoever held it before."""

    id: int
    chat_id: ChatId
    client_id: ClientId
    integration_id: IntegrationId
    kind: ErrandKind
    message_id: MessageId
    """The message to send; for READ, the newest message that was read."""
    attempt: int
    unsure: bool
    """Whether the attempt before this one ended nobody knows how."""


@frozen(kw_only=True)
class Settlement:
    """What became of an errand: done with (`retry_in` None), or to be tried again after a time."""

    errand_id: int
    attempt: int
    retry_in: timedelta | None = None
    unsure: bool = False


@frozen(kw_only=True)
class Postponement:
    """An errand that turned out, when it was claimed, to have to wait: what it is put back as."""

    errand_id: int
    attempt: int
    wait: timedelta
    unsure: bool


class OutboundRepository(Protocol):
    """The outbound lanes of a company's chats: what is to go out, in each chat in the order in which it was written."""

    async def claim(
        self, *, errands: int, unsure_after: timedelta, passing_over: Collection[IntegrationId] = ()
    ) -> Sequence[Errand]:
        """The first errand of at most so many lanes, where it is due and nobody else is claiming it.

        Lanes of integrations that are to be passed over are left alone.

        A claimed errand counts as being sent: at the commit it belongs to the claimer, and it falls due again by itself
        `unsure_after` later, as unsure, unless it was settled. What follows it in its lane waits. An unsure errand is
        left alone while something that arrived before it fell due waits in the company's journal: it may be the
        platform's word on it.
        """
        ...

    async def postpone(self, postponements: Collection[Postponement]) -> None:
        """At the commit, errands that were claimed in this unit are as if they had not been, but due later."""
        ...

    async def under_way(self, pairs: Collection[Pair]) -> Mapping[Pair, Sequence[MessageId]]:
        """Of each pair that has any, the messages that are being sent: claimed, and not settled since."""
        ...

    async def add_read(self, chat: Chat, message_id: MessageId) -> None:
        """Queue a read receipt at the commit."""
        ...

    async def settle(self, settlements: Collection[Settlement]) -> None:
        """At the commit, end or put back errands; one whose attempt was fenced off by a later one is passed over."""
        ...

    async def drop(self, message_ids: Collection[MessageId]) -> None:
        """At the commit, end the errands that would send these messages: the platform has them."""
        ...


@frozen(kw_only=True)
class OutboxAccount:
    """How many errands wait, how many are being sent, and since when the first of them is due."""

    waiting: int
    sending: int
    oldest: datetime | None


class Outbox(Protocol):
    """The outbound lanes of all companies, as seen by a dispatcher."""

    async def companies_waiting(self, *, limit: int) -> Sequence[CompanyId]:
        """Companies with errands that are due, longest waiting first."""
        ...

    async def wait(self, *, at_most: timedelta) -> None:
        """Return when something may have been queued in this process, or after the time."""
        ...

    async def account(self) -> OutboxAccount:
        """How much of all companies waits, or is on its way."""
        ...


class ChatUnitOfWork(AuditedUnitOfWork, MediaUnitOfWork, Protocol):
    """What the use cases of chats open."""

    @property
    def chats(self) -> ChatRepository: ...

    @property
    def messages(self) -> MessageRepository: ...

    @property
    def clients(self) -> ClientRepository: ...

    @property
    def merges(self) -> MergeRepository: ...

    @property
    def integrations(self) -> IntegrationRepository: ...

    @property
    def departments(self) -> DepartmentRepository: ...

    @property
    def memberships(self) -> MembershipRepository: ...

    @property
    def lanes(self) -> LaneRepository: ...

    @property
    def outbound(self) -> OutboundRepository: ...

    @property
    def usage(self) -> UsageRepository: ...


class StaffUnitOfWork(ChatUnitOfWork, CompanyUnitOfWork, Protocol):
    """What the use cases about attendants open: their accounts belong to no company, and change with what does."""

    @property
    def users(self) -> UserRepository: ...

    @property
    def sessions(self) -> SessionRepository: ...
