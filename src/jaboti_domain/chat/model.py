"""The chat: BOT -> PENDING -> ACTIVE -> CLOSED.

Every change is an event that is applied to the chat and recorded; `Chat.of` folds the events of a life to the chat.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Self, TypedDict, cast

from attrs import define, field

from jaboti_domain.chat.delivery import DeliveryState
from jaboti_domain.chat.errors import (
    AlreadyTheirs,
    ChatAlreadyAssigned,
    ChatAlreadyClosed,
    ChatNotActive,
    NotYourChat,
)
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
)
from jaboti_domain.chat.message import Message, SenderType
from jaboti_domain.chat.routing import WAITING, ChatStatus, audience_of, may_attend
from jaboti_domain.chat.state import ChatState
from jaboti_domain.chat.window import WINDOWED, ServiceWindow
from jaboti_domain.integration.content import Content, Template
from jaboti_domain.integration.errors import WindowClosed
from jaboti_domain.integration.messaging import Inbound, Platform
from jaboti_domain.kernel.actor import Actor
from jaboti_domain.kernel.events import Audience, Named
from jaboti_domain.kernel.ids import ChatId, ClientId, CompanyId, DepartmentId, IntegrationId, MessageId, UserId, new_id


class _MilestoneFields(TypedDict):
    company_id: CompanyId
    at: datetime
    chat_id: ChatId
    version: int


@define(kw_only=True)
class Chat(ChatState):
    """One conversation of a client on an integration; of open ones there is at most one per client and integration."""

    _messages: list[Message] = field(factory=list, init=False, eq=False, repr=False)

    @classmethod
    def open(
        cls,
        *,
        company_id: CompanyId,
        client: Named,
        client_phone: str | None,
        integration_id: IntegrationId,
        platform: Platform,
        at: datetime,
        with_bot: bool = False,
        attendant: Named | None = None,
        window: ServiceWindow | None = None,
    ) -> Self:
        """A new chat: an attendant's own when one opens it, else the bot's where there is one, else in the queue."""
        waiting = ChatStatus.BOT if with_bot else ChatStatus.PENDING
        opened = ChatOpened(
            company_id=company_id,
            at=at,
            chat_id=ChatId(new_id()),
            version=1,
            client=client,
            client_phone=client_phone,
            integration_id=integration_id,
            platform=platform,
            status=ChatStatus.ACTIVE if attendant else waiting,
            attendant=attendant,
            window=window or ServiceWindow(),
            audience=audience_of(cast(UserId, attendant.id) if attendant else None, None),
        )
        chat = cls._blank(opened)
        chat.record(opened)
        return chat

    @property
    def is_new(self) -> bool:
        """Its version counts what happened to it."""
        return self.version == len(self._events)

    @property
    def new_messages(self) -> Sequence[Message]:
        """The messages added and not collected yet, in order of `seq`."""
        return tuple(self._messages)

    def collect_messages(self) -> list[Message]:
        """The messages added since the last call, in order of `seq`."""
        messages, self._messages = self._messages, []
        return messages

    def receive(self, inbound: Inbound, *, at: datetime, reply_to: MessageId | None = None) -> Message:
        """The client wrote, or (from the phone) our side did. Raises ChatAlreadyClosed."""
        self._must_be_open()
        window, metadata = self.window, dict(inbound.metadata)
        if inbound.from_phone:
            metadata["fromPhone"] = True
            sender_type, status = SenderType.ATTENDANT, DeliveryState.SENT
        else:
            sender_type, status = SenderType.CLIENT, DeliveryState.RECEIVED
            window = window.written(min(inbound.at or at, at), entry_point=inbound.entry_point)
        if inbound.forwarded:
            metadata["forwarded"] = True
        return self._add(
            sender_type=sender_type,
            sender=None,
            content=inbound.content,
            at=at,
            status=status,
            window=window,
            reply_to=reply_to,
            provider_id=inbound.provider_id,
            provider_at=inbound.at,
            metadata=metadata,
        )

    def say(self, content: Content, *, at: datetime) -> Message:
        """The bot answers. Raises ChatAlreadyClosed."""
        self._must_be_open()
        return self._add(sender_type=SenderType.BOT, sender=None, content=content, at=at, status=DeliveryState.QUEUED)

    def is_answerable(self, at: datetime) -> bool:
        """Whether the client may be written to freely: there is no service window, or it is open."""
        return self.platform not in WINDOWED or self.window.is_open(at)

    def part(self, farewell: Content, *, at: datetime) -> None:
        """The bot takes its leave of a client who was answered, where that may be said freely."""
        if self.status is ChatStatus.ACTIVE and self.is_answerable(at):
            self.say(farewell, at=at)

    def queue(self, department: Named | None, *, at: datetime) -> None:
        """The bot is done: the chat waits for an attendant. Raises ChatAlreadyClosed, ChatAlreadyAssigned."""
        self._must_be_open()
        if self.status is ChatStatus.ACTIVE:
            raise ChatAlreadyAssigned()
        after = audience_of(None, cast(DepartmentId, department.id) if department else None)
        self._happen(ChatQueued(**self._milestone(at), audience=self.audience | after, department=department))

    def reopen(self, *, at: datetime) -> None:
        """The client came back soon after the end. Raises ChatNotActive unless it has ended."""
        if self.is_open:
            raise ChatNotActive()
        self._happen(ChatReopened(**self._milestone(at), audience=audience_of(None, self.department_id)))

    def start(self, actor: Actor, *, at: datetime) -> None:
        """Take it. Taking one's own again changes nothing.

        Raises ChatAlreadyClosed, ChatAlreadyAssigned, NotYourChat (the queue of a department that one does not serve).
        """
        self._must_be_open()
        if self.attendant_id == actor.user_id:
            return
        if self.status not in WAITING:
            raise ChatAlreadyAssigned()
        if not may_attend(actor, self.attendant_id, self.department_id):
            raise NotYourChat()
        after = audience_of(actor.user_id, self.department_id)
        self._happen(
            ChatStarted(
                **self._milestone(at),
                audience=self.audience | after,
                attendant=Named(actor.user_id, actor.name),
                first_human_at=self.first_human_at or at,
            )
        )

    def send(
        self,
        actor: Actor,
        content: Content,
        *,
        at: datetime,
        reply_to: MessageId | None = None,
        client_key: str | None = None,
        metadata: Mapping[str, object] | None = None,
    ) -> Message:
        """An attendant writes. Raises ChatAlreadyClosed, ChatNotActive, NotYourChat, WindowClosed."""
        self._must_be_attended_by(actor)
        self._must_be_answerable(content, at)
        return self._add(
            sender_type=SenderType.ATTENDANT,
            sender=Named(actor.user_id, actor.name),
            content=content,
            at=at,
            status=DeliveryState.QUEUED,
            window=self.window.answered(at),
            reply_to=reply_to,
            client_key=client_key,
            metadata=metadata or {},
        )

    def transfer_to_attendant(self, actor: Actor, attendant: Named, *, reason: str, at: datetime) -> None:
        """Hand it to a colleague, who has it from now on. Raises AlreadyTheirs, ChatAlreadyClosed, NotYourChat."""
        self._must_be_handled_by(actor)
        if attendant.id == self.attendant_id:
            raise AlreadyTheirs()
        self._transferred(actor, audience_of(cast(UserId, attendant.id), None), attendant, None, reason, at)

    def transfer_to_department(self, actor: Actor, department: Named, *, reason: str, at: datetime) -> None:
        """Hand it to a department's queue. Raises AlreadyTheirs, ChatAlreadyClosed, NotYourChat."""
        self._must_be_handled_by(actor)
        if self.status is ChatStatus.PENDING and department.id == self.department_id:
            raise AlreadyTheirs()
        self._transferred(actor, audience_of(None, cast(DepartmentId, department.id)), None, department, reason, at)

    def release(self, by: Actor, *, at: datetime) -> None:
        """Take it from its attendant: it waits in its queue again. Raises ChatAlreadyClosed, ChatNotActive."""
        self._must_be_open()
        if self.attendant_id is None:
            raise ChatNotActive()
        after = audience_of(None, self.department_id)
        self._happen(ChatReleased(**self._milestone(at), audience=self.audience | after, by=Named(by.user_id, by.name)))

    def end(self, actor: Actor | None, *, reason: str, at: datetime) -> None:
        """It is over (without an actor: by a rule of ours). Raises ChatAlreadyClosed, NotYourChat."""
        if actor is not None:
            self._must_be_handled_by(actor)
        self._must_be_open()
        by = Named(actor.user_id, actor.name) if actor else None
        self._happen(ChatEnded(**self._milestone(at), audience=self.audience, by=by, reason=reason))

    def read(self, actor: Actor, *, up_to: int, unread: int, at: datetime) -> bool:
        """Its attendant has read up to here; returns whether that is further than before.

        Raises NotYourChat. What a supervisor reads in passing does not count as read.
        """
        if not may_attend(actor, self.attendant_id, self.department_id):
            raise NotYourChat()
        up_to = min(up_to, self.last_seq)
        if self.attendant_id != actor.user_id or up_to <= self.read_seq:
            return False
        by = Named(actor.user_id, actor.name)
        self._happen(
            ChatRead(
                company_id=self.company_id,
                at=at,
                audience=self.audience,
                chat_id=self.id,
                by=by,
                up_to=up_to,
                unread=unread,
            )
        )
        return True

    def reassign(self, client_id: ClientId, *, at: datetime) -> None:
        """Its client turned out to be another one."""
        self._happen(
            ChatReassigned(
                company_id=self.company_id, at=at, audience=self.audience, chat_id=self.id, client_id=client_id
            )
        )

    def _must_be_open(self) -> None:
        if not self.is_open:
            raise ChatAlreadyClosed()

    def _must_be_handled_by(self, actor: Actor) -> None:
        self._must_be_open()
        if not may_attend(actor, self.attendant_id, self.department_id):
            raise NotYourChat()

    def _must_be_attended_by(self, actor: Actor) -> None:
        self._must_be_handled_by(actor)
        if self.status is not ChatStatus.ACTIVE:
            raise ChatNotActive()

    def _must_be_answerable(self, content: Content, at: datetime) -> None:
        if not isinstance(content, Template) and not self.is_answerable(at):
            raise WindowClosed(closes_at=self.window.closes_at)

    def _milestone(self, at: datetime) -> _MilestoneFields:
        return {"company_id": self.company_id, "at": at, "chat_id": self.id, "version": self.version + 1}

    def _transferred(
        self,
        actor: Actor,
        after: Audience,
        attendant: Named | None,
        department: Named | None,
        reason: str,
        at: datetime,
    ) -> None:
        self._happen(
            ChatTransferred(
                **self._milestone(at),
                audience=self.audience | after,
                by=Named(actor.user_id, actor.name),
                attendant=attendant,
                department=department,
                reason=reason,
                first_human_at=self.first_human_at or (at if attendant else None),
            )
        )

    def _add(
        self,
        *,
        sender_type: SenderType,
        sender: Named | None,
        content: Content,
        at: datetime,
        status: DeliveryState,
        window: ServiceWindow | None = None,
        reply_to: MessageId | None = None,
        provider_id: str | None = None,
        provider_at: datetime | None = None,
        client_key: str | None = None,
        metadata: Mapping[str, object] | None = None,
    ) -> Message:
        message = Message(
            id=MessageId(new_id()),
            company_id=self.company_id,
            chat_id=self.id,
            seq=self.last_seq + 1,
            sender_type=sender_type,
            sender=sender,
            content=content,
            reply_to=reply_to,
            status=status,
            provider_id=provider_id,
            at=at,
            provider_at=provider_at,
            client_key=client_key,
            metadata=metadata or {},
            audience=self.audience,
        )
        self._messages.append(message)
        unread = self.unread + (sender_type is SenderType.CLIENT)
        self._happen(message.added(unread=unread, window=window or self.window))
        return message

    def _happen(self, event: ChatEvent) -> None:
        self.apply(event)
        self.record(event)
