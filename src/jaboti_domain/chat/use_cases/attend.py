"""What attendants do."""

from collections.abc import Callable, Collection, Mapping

from attrs import evolve, frozen

from jaboti_domain.chat.errors import AttendantDisabled, ChatIsOpen, EmptyMessage, MessageTooLong, NotReactable
from jaboti_domain.chat.message import Message
from jaboti_domain.chat.model import Chat
from jaboti_domain.chat.ports import ChatUnitOfWork
from jaboti_domain.chat.use_cases.attach import Attachment, attached
from jaboti_domain.client.errors import ClientBlocked, ClientNotFound
from jaboti_domain.integration.content import Content, Media, Reaction, Template, Text
from jaboti_domain.integration.errors import WindowClosed
from jaboti_domain.integration.ports.channels import KnownTemplates
from jaboti_domain.integration.templates import must_fit, that_would_do
from jaboti_domain.kernel.actor import Actor, Operation
from jaboti_domain.kernel.events import Named
from jaboti_domain.kernel.ids import ChatId, ClientId, CompanyId, DepartmentId, IntegrationId, MessageId, UserId
from jaboti_domain.kernel.ports import Clock

TEXT_LIMIT = 4096
Versions = Collection[int] | None
"""Those in which the chat must be; None: any will do."""


def checked(content: Content) -> Content:
    """The content, if it says something of a size that every platform takes. Raises EmptyMessage, MessageTooLong."""
    if isinstance(content, Text) and not content.body.strip():
        raise EmptyMessage()
    if len(content.text) > TEXT_LIMIT:
        raise MessageTooLong(limit=TEXT_LIMIT)
    if not content.text and not isinstance(content, Media | Template | Reaction):
        raise EmptyMessage()
    return content


def aimed(content: Content, target: Message | None) -> Content:
    """The content; a reaction is on what the target is called by the platform. Raises NotReactable."""
    if not isinstance(content, Reaction):
        return content
    if target is None or target.is_outbound or target.provider_id is None:
        raise NotReactable()
    return evolve(content, target=target.provider_id)


@frozen(kw_only=True)
class _OnChats:
    new_uow: Callable[[CompanyId], ChatUnitOfWork]
    clock: Clock


@frozen(kw_only=True)
class _Writing(_OnChats):
    known_templates: KnownTemplates

    def _must_be_sendable(self, content: Content, integration_id: IntegrationId) -> None:
        """A template is held against the channel's catalogue, where it is known."""
        if isinstance(content, Template) and (known := self.known_templates.known(integration_id)) is not None:
            must_fit(content, known)

    async def _refused(self, refusal: WindowClosed, uow: ChatUnitOfWork, integration_id: IntegrationId) -> WindowClosed:
        """The refusal with the templates that would do; where they are not known, there are none until the next one."""
        known = self.known_templates.known(integration_id)
        if known is None:
            for integration in (await uow.integrations.find([integration_id])).values():
                self.known_templates.learn(integration)
        return WindowClosed(**refusal.details, templates=that_would_do(known or ()))


@frozen(kw_only=True)
class StartChat(_OnChats):
    """An attendant takes a chat from the queue; of two who try at once, one gets it."""

    async def __call__(self, actor: Actor, *, chat_id: ChatId, versions: Versions = None) -> Chat:
        """Raises ChatNotFound, StaleVersion, ChatAlreadyAssigned, ChatAlreadyClosed, NotYourChat, AttendantDisabled."""
        actor.must(Operation.START_CHAT)
        async with self.new_uow(actor.company_id) as uow:
            chat = await uow.chats.get(chat_id)
            chat.must_be_in(versions)
            chat.start(actor, at=self.clock())
            await uow.chats.save(chat)
            await uow.commit()
        return chat


@frozen(kw_only=True)
class SendMessage(_Writing):
    """An attendant answers a client."""

    async def __call__(
        self,
        actor: Actor,
        *,
        chat_id: ChatId,
        content: Content,
        attachment: Attachment | None = None,
        reply_to: MessageId | None = None,
        client_key: str | None = None,
        metadata: Mapping[str, object] | None = None,
    ) -> Message:
        """The message, QUEUED; with a `client_key` that the chat already has, the message of then.

        Raises ChatNotFound, ChatNotActive, ChatAlreadyClosed, NotYourChat, WindowClosed, MessageNotFound (`reply_to`),
        EmptyMessage, MessageTooLong, NotReactable, UnknownTemplate, WrongVariables; with an attachment also what
        `attached` raises.
        """
        actor.must(Operation.SEND_MESSAGE)
        if attachment is None:
            checked(content)
        async with self.new_uow(actor.company_id) as uow:
            chat = await uow.chats.get(chat_id)
            if client_key is not None and (sent := await uow.messages.find_by_client_key(chat_id, client_key)):
                return sent
            target = await uow.messages.get_in_chat(chat_id, reply_to) if reply_to is not None else None
            content = aimed(content, target)
            self._must_be_sendable(content, chat.integration_id)
            said = await attached(uow, content, attachment)
            try:
                message = chat.send(
                    actor, said, at=self.clock(), reply_to=reply_to, client_key=client_key, metadata=metadata
                )
            except WindowClosed as refusal:
                raise await self._refused(refusal, uow, chat.integration_id) from None
            await uow.chats.save(chat)
            await uow.commit()
        return message


@frozen(kw_only=True)
class TransferChat(_OnChats):
    """A chat is handed to a colleague, or to a department's queue."""

    async def to_attendant(
        self, actor: Actor, *, chat_id: ChatId, user_id: UserId, reason: str = "", versions: Versions = None
    ) -> Chat:
        """Raises ChatNotFound, StaleVersion, MemberNotFound, AttendantDisabled, AlreadyTheirs, ChatAlreadyClosed,
        NotYourChat.
        """
        actor.must(Operation.TRANSFER_CHAT)
        async with self.new_uow(actor.company_id) as uow:
            chat = await uow.chats.get(chat_id)
            chat.must_be_in(versions)
            member = await uow.memberships.get(user_id)
            if not member.enabled:
                raise AttendantDisabled()
            chat.transfer_to_attendant(actor, Named(user_id, member.name), reason=reason, at=self.clock())
            await uow.chats.save(chat)
            await uow.commit()
        return chat

    async def to_department(
        self,
        actor: Actor,
        *,
        chat_id: ChatId,
        department_id: DepartmentId,
        reason: str = "",
        versions: Versions = None,
    ) -> Chat:
        """Raises ChatNotFound, StaleVersion, DepartmentNotFound, AlreadyTheirs, ChatAlreadyClosed, NotYourChat."""
        actor.must(Operation.TRANSFER_CHAT)
        async with self.new_uow(actor.company_id) as uow:
            chat = await uow.chats.get(chat_id)
            chat.must_be_in(versions)
            department = await uow.departments.get(department_id)
            chat.transfer_to_department(actor, Named(department_id, department.name), reason=reason, at=self.clock())
            await uow.chats.save(chat)
            await uow.commit()
        return chat


@frozen(kw_only=True)
class EndChat(_OnChats):
    """A chat is over, with a last word: the attendant's if one is given, else the bot's if it has one."""

    async def __call__(
        self,
        actor: Actor,
        *,
        chat_id: ChatId,
        reason: str = "",
        farewell: Content | None = None,
        versions: Versions = None,
    ) -> Chat:
        """Raises ChatNotFound, StaleVersion, ChatAlreadyClosed,
        NotYourChat; with a farewell also what SendMessage raises.
        """
        actor.must(Operation.END_CHAT)
        async with self.new_uow(actor.company_id) as uow:
            chat = await uow.chats.get(chat_id)
            chat.must_be_in(versions)
            if farewell is not None:
                chat.send(actor, checked(farewell), at=self.clock())
            else:
                await self._let_bot_part(uow, chat)
            chat.end(actor, reason=reason, at=self.clock())
            await uow.chats.save(chat)
            await uow.commit()
        return chat

    async def _let_bot_part(self, uow: ChatUnitOfWork, chat: Chat) -> None:
        """The bot says its farewell, if it has one, and the client may be written to."""
        found = await uow.integrations.find([chat.integration_id])
        for settings in (integration.bot_in_effect for integration in found.values()):
            if settings is not None and settings.farewell:
                chat.part(Text(body=settings.farewell), at=self.clock())


@frozen(kw_only=True)
class MarkRead(_OnChats):
    """The attendant has read up to a message; the client is told through the channel."""

    async def __call__(self, actor: Actor, *, chat_id: ChatId, up_to: int, versions: Versions = None) -> Chat:
        """Raises ChatNotFound, StaleVersion, NotYourChat."""
        actor.must(Operation.READ_MESSAGES)
        async with self.new_uow(actor.company_id) as uow:
            chat = await uow.chats.get(chat_id)
            chat.must_be_in(versions)
            unread = await uow.chats.count_unread(chat_id, after=up_to)
            if chat.read(actor, up_to=up_to, unread=unread, at=self.clock()):
                newest = await uow.messages.newest_of_client(chat_id, up_to=up_to)
                if newest is not None and newest.provider_id is not None:
                    await uow.outbound.add_read(chat, newest.id)
                await uow.chats.save(chat)
                await uow.commit()
        return chat


@frozen(kw_only=True)
class OpenChat(_Writing):
    """We write first: the chat is the attendant's from the beginning."""

    async def __call__(
        self, actor: Actor, *, client_id: ClientId, integration_id: IntegrationId, content: Content
    ) -> Chat:
        """Raises ClientNotFound, ClientBlocked, IntegrationNotFound, IntegrationInactive, ChatIsOpen, WindowClosed,
        UnknownTemplate, WrongVariables, AttendantDisabled, EmptyMessage, MessageTooLong.
        """
        actor.must(Operation.OPEN_CHAT)
        checked(content)
        pair = (client_id, integration_id)
        async with self.new_uow(actor.company_id) as uow:
            client = await uow.clients.get(client_id)
            if client.is_gone:
                raise ClientNotFound()
            if client.is_blocked:
                raise ClientBlocked()
            integration = await uow.integrations.get(integration_id)
            integration.must_be_active()
            self._must_be_sendable(content, integration_id)
            if pair in await uow.chats.find_open([pair]):
                raise ChatIsOpen()
            last = (await uow.chats.find_last_closed([pair])).get(pair)
            chat = Chat.open(
                company_id=actor.company_id,
                client=Named(client.id, client.name),
                client_phone=client.phone.e164 if client.phone else None,
                integration_id=integration_id,
                platform=integration.platform,
                at=self.clock(),
                attendant=Named(actor.user_id, actor.name),
                window=last.window if last else None,
            )
            try:
                chat.send(actor, content, at=self.clock())
            except WindowClosed as refusal:
                raise await self._refused(refusal, uow, integration_id) from None
            await uow.chats.save(chat)
            await uow.commit()
        return chat
