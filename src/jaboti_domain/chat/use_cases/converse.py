"""Taking the updates of a batch into chats and messages."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from attrs import define, evolve, field

from jaboti_domain.chat.bot import Bot, BotTurn
from jaboti_domain.chat.message import Message
from jaboti_domain.chat.model import Chat
from jaboti_domain.chat.ports import ChatUnitOfWork, Pair, ProviderId
from jaboti_domain.chat.routing import ChatStatus
from jaboti_domain.chat.use_cases.acquaint import Acquaintance
from jaboti_domain.chat.use_cases.charge import Till
from jaboti_domain.chat.use_cases.fetch import Transfers, with_file_to_come
from jaboti_domain.chat.use_cases.unite import MERGED, remember_chats
from jaboti_domain.client.model import Client
from jaboti_domain.integration.content import Reaction, is_echo
from jaboti_domain.integration.messaging import (
    Edit,
    Ignored,
    Inbound,
    Notice,
    NumberChange,
    Preference,
    Receipt,
    Revoke,
    Unreadable,
    Update,
)
from jaboti_domain.integration.model import Integration
from jaboti_domain.integration.ports.journal import Outcome
from jaboti_domain.kernel.events import Named
from jaboti_domain.kernel.forgetting import forgotten
from jaboti_domain.kernel.ids import ChatId, ClientId, CompanyId, IntegrationId, MediaId, MessageId
from jaboti_domain.media.model import Media

Ending = tuple[Outcome, str | None]
APPLIED: Ending = (Outcome.APPLIED, None)
DUPLICATE: Ending = (Outcome.DUPLICATE, None)
BLOCKED: Ending = (Outcome.IGNORED, "the client is blocked")


class Waiting(Protocol):
    """An update that arrived, and how often it has waited."""

    @property
    def integration_id(self) -> IntegrationId: ...

    @property
    def update(self) -> Update: ...

    @property
    def waited(self) -> int: ...


@define(kw_only=True)
class Conversation:
    """The chats and messages that a batch touches, loaded at once and saved at once."""

    uow: ChatUnitOfWork
    company_id: CompanyId
    integrations: Mapping[IntegrationId, Integration]
    bot: Bot
    transfers: Transfers
    till: Till | None
    at: datetime
    _people: Acquaintance = field(init=False)
    _departments: Sequence[Named] = field(factory=list)
    _messages: dict[ProviderId, Message] = field(factory=dict)
    _under_way: dict[Pair, list[Message]] = field(factory=dict)
    _ours: dict[MessageId, Message] = field(factory=dict)
    _open: dict[Pair, Chat] = field(factory=dict)
    _closed: dict[Pair, Chat] = field(factory=dict)
    _media: list[Media] = field(factory=list)
    _changed_messages: dict[MessageId, Message] = field(factory=dict)
    _changed_chats: dict[ChatId, Chat] = field(factory=dict)
    _delivered: set[MessageId] = field(factory=set)
    _heard: dict[IntegrationId, list[Notice]] = field(factory=dict)

    async def recall_messages(
        self,
        ids: Collection[ProviderId],
        callbacks: Collection[MessageId],
        receipts: Collection[tuple[IntegrationId, Receipt]],
    ) -> None:
        """Load the messages that the batch is about; `receipts` are those in it."""
        if ids:
            self._messages.update(await self.uow.messages.find_by_provider(ids))
        self._ours = {message.id: message for message in self._messages.values()}
        unknown = [message_id for message_id in callbacks if message_id not in self._ours]
        if unknown:
            self._ours.update(await self.uow.messages.find(unknown))
        nobodys = [(i, r.provider_id) for i, r in receipts if self._message_of(i, r) is None]
        if nobodys and (found := await self.uow.messages.find_forgotten(nobodys)):
            self._messages.update(found)
            self._ours.update({message.id: message for message in found.values()})

    async def recall_chats(self, people: Acquaintance, updates: Sequence[tuple[IntegrationId, Update]]) -> None:
        """Load the chats of the clients who write, after it is known who they are."""
        self._people = people
        await self._unite(people)
        clients = [(people.author_of(update), i) for i, update in updates if isinstance(update, Inbound | Edit)]
        pairs = {(c.id, i) for c, i in clients if c is not None and c.id not in people.new}
        pairs -= self._open.keys() | {p for p in pairs if p[0] in people.absorbed.values()}
        if pairs:
            self._open.update(await self.uow.chats.find_open(pairs))
        if quiet := pairs - self._open.keys():
            self._closed.update(await self.uow.chats.find_last_closed(quiet))
        if self._needs_departments():
            self._departments = [department.named for department in await self.uow.departments.all()]
        written = [(people.author_of(u), i) for i, u in updates if isinstance(u, Inbound) and u.from_phone]
        await self._recall_under_way({(client.id, i) for client, i in written if client is not None})

    async def _recall_under_way(self, pairs: Collection[Pair]) -> None:
        """Load what is being sent to those whom our side wrote to: the platform may be telling us of just that."""
        under_way = await self.uow.outbound.under_way(pairs) if pairs else {}
        unknown = {message_id for ids in under_way.values() for message_id in ids} - self._ours.keys()
        if unknown:
            self._ours.update(await self.uow.messages.find(unknown))
        self._under_way = {pair: [self._ours[i] for i in ids if i in self._ours] for pair, ids in under_way.items()}

    def is_known(self, arrived: Waiting) -> bool:
        """Whether it is a message that we already have."""
        update = arrived.update
        return isinstance(update, Inbound) and (arrived.integration_id, update.provider_id) in self._messages

    def is_about_nobody(self, arrived: Waiting) -> bool:
        """Whether it tells of a message to somebody who was forgotten: then nothing of it may stay."""
        update = arrived.update
        message = self._message_of(arrived.integration_id, update) if isinstance(update, Receipt) else None
        return message is not None and message.is_forgotten

    def take(self, arrived: Waiting, patience: int) -> Ending:
        """Let one update take effect."""
        last_try = arrived.waited >= patience
        match arrived.update:
            case Inbound(from_phone=False) | Edit() if self._is_blocked(arrived.update):
                return BLOCKED
            case Inbound(content=Reaction() as reaction) as inbound:
                return self._react(arrived, inbound, reaction, last_try=last_try)
            case Inbound(from_phone=True) as inbound:
                return self._recognise(arrived, inbound, last_try=last_try)
            case Inbound() as inbound:
                return self._receive(arrived.integration_id, inbound, self._people.author_of(inbound))
            case Edit() as edit:
                return self._edit(arrived, edit, last_try=last_try)
            case Revoke() as revoke:
                return self._revoke(arrived, revoke, last_try=last_try)
            case Receipt() as receipt:
                return self._receipt(arrived, receipt, last_try=last_try)
            case NumberChange() as change:
                moved = self._people.author_of(change) is not None
                return APPLIED if moved else (Outcome.IGNORED, "nobody is known by the old number")
            case Preference() as preference:
                known = self._people.author_of(preference) is not None
                return APPLIED if known else (Outcome.IGNORED, "nobody is known by this name")
            case Notice(topic=topic) as notice:
                self._heard.setdefault(arrived.integration_id, []).append(notice)
                return Outcome.APPLIED, topic
            case Ignored(reason=reason):
                return Outcome.IGNORED, reason
            case Unreadable(reason=reason):
                return Outcome.DEAD, reason

    async def save(self) -> None:
        """Keep every chat and message that changed."""
        if self._delivered:
            await self.uow.outbound.drop(self._delivered)
        await self.uow.media.save(*self._media)
        await self.uow.messages.save(*self._changed_messages.values())
        await self.uow.chats.save(*self._changed_chats.values())
        if self.till is not None:
            await self.uow.usage.add(*self.till.charges)
        for integration_id, notices in self._heard.items():
            await self._tell_integration(integration_id, [n for n in notices if n.connection or n.about_account])

    def _needs_departments(self) -> bool:
        """Whether the bot may name them, or a chat that ended may go on in the queue of one."""
        has_bot = any(integration.bot_in_effect for integration in self.integrations.values())
        return has_bot or any(chat.department_id and self._goes_on(chat) for chat in self._closed.values())

    def _goes_on(self, closed: Chat) -> bool:
        integration = self.integrations.get(closed.integration_id)
        return (
            integration is not None
            and closed.ended_at is not None
            and self.at - closed.ended_at < integration.reopen_within
        )

    async def _tell_integration(self, integration_id: IntegrationId, notices: Sequence[Notice]) -> None:
        if notices:
            integration = await self.uow.integrations.get(integration_id)
            for notice in notices:
                integration.heard(notice, at=self.at)
            await self.uow.integrations.save(integration)

    def _recognise(self, arrived: Waiting, echo: Inbound, *, last_try: bool) -> Ending:
        """Our side wrote: on the phone, or it was us, and the platform tells it before it has answered our request.

        Then it is no other message, and what it is called tells that it was taken. What is being sent and can't be it
        is waited for: its name may turn out to be this one.
        """
        client = self._people.author_of(echo)
        key = (arrived.integration_id, echo.provider_id)
        under_way = self._under_way.get((client.id, arrived.integration_id), ()) if client is not None else ()
        nameless = [message for message in under_way if message.provider_id is None]
        if key in self._messages or not nameless:
            return self._receive(arrived.integration_id, echo, client)
        for message in nameless:
            if is_echo(message.content, echo.content):
                message.accepted(echo.provider_id, at=self.at)
                self._messages[key] = message
                self._delivered.add(message.id)
                return self._changed(message)
        if not last_try:
            return Outcome.PENDING, "something is being sent to the same client, and this may be it"
        return self._receive(arrived.integration_id, echo, client)

    def _receive(self, integration_id: IntegrationId, inbound: Inbound, client: Client | None) -> Ending:
        key = (integration_id, inbound.provider_id)
        if key in self._messages:
            return DUPLICATE
        if client is None:
            return Outcome.DEAD, "there is nobody whom it could be from"
        chat = self._chat_of(client, self.integrations[integration_id], with_bot=not inbound.from_phone)
        quoted = self._messages.get((integration_id, inbound.reply_to)) if inbound.reply_to else None
        reply_to = quoted.id if quoted is not None and quoted.chat_id == chat.id else None
        integration = self.integrations[integration_id]
        kept, media_id = with_file_to_come(inbound) if integration.platform in self.transfers else (inbound, None)
        message = chat.receive(kept, at=self.at, reply_to=reply_to)
        self._messages[key] = message
        if media_id is not None:
            self._expect(media_id, message, integration)
        if chat.status is ChatStatus.BOT and not inbound.from_phone:
            self._let_bot_answer(chat, inbound)
        return APPLIED

    def _expect(self, media_id: MediaId, message: Message, integration: Integration) -> None:
        """Its file is fetched later."""
        if (file := message.content.file) is not None:
            expected = Media.expected(
                media_id,
                file,
                company_id=self.company_id,
                integration_id=integration.id,
                message_id=message.id,
                at=self.at,
            )
            self._media.append(expected)

    def _chat_of(self, client: Client, integration: Integration, *, with_bot: bool) -> Chat:
        pair = (client.id, integration.id)
        chat = self._open.get(pair)
        if chat is None:
            last = self._closed.pop(pair, None)
            chat = self._reopened(last) or self._opened(client, integration, last, with_bot=with_bot)
            self._open[pair] = chat
        self._changed_chats[chat.id] = chat
        return chat

    def _reopened(self, last: Chat | None) -> Chat | None:
        if last is None or not self._goes_on(last):
            return None
        last.reopen(at=self.at)
        if last.department_id not in (None, *(department.id for department in self._departments)):
            last.queue(None, at=self.at)
        return last

    def _opened(self, client: Client, integration: Integration, last: Chat | None, *, with_bot: bool) -> Chat:
        return Chat.open(
            company_id=self.company_id,
            client=Named(client.id, client.name),
            client_phone=client.phone.e164 if client.phone else None,
            integration_id=integration.id,
            platform=integration.platform,
            at=self.at,
            with_bot=with_bot and integration.bot_in_effect is not None,
            window=last.window if last else None,
        )

    def _let_bot_answer(self, chat: Chat, inbound: Inbound) -> None:
        settings = self.integrations[chat.integration_id].bot_in_effect
        if settings is None:
            chat.queue(None, at=self.at)
            return
        answer = self.bot(
            BotTurn(settings=settings, departments=self._departments, content=inbound.content, turn=chat.bot_turns)
        )
        for content in answer.says:
            chat.say(content, at=self.at)
        if answer.done:
            chat.queue(answer.department, at=self.at)

    def _react(self, arrived: Waiting, inbound: Inbound, reaction: Reaction, *, last_try: bool) -> Ending:
        target = self._messages.get((arrived.integration_id, reaction.target))
        if target is not None:
            target.react("ATTENDANT" if inbound.from_phone else "CLIENT", reaction.emoji, at=self.at)
            return self._changed(target)
        if not last_try:
            return Outcome.PENDING, "the message that it is on has not arrived"
        client = self._people.author_of(inbound)
        if client is not None and (client.id, arrived.integration_id) in self._open:
            return self._receive(arrived.integration_id, inbound, client)
        return Outcome.IGNORED, "the message that it is on is not known"

    def _edit(self, arrived: Waiting, edit: Edit, *, last_try: bool) -> Ending:
        target = self._messages.get((arrived.integration_id, edit.target))
        if target is not None:
            target.edit(edit.content, at=self.at)
            return self._changed(target)
        if not last_try:
            return Outcome.PENDING, "the message that it changes has not arrived"
        late = Inbound(
            provider_id=edit.provider_id,
            peer=edit.peer,
            content=edit.content,
            at=edit.at,
            from_phone=edit.from_phone,
            metadata={"editOf": edit.target},
        )
        return self._receive(arrived.integration_id, late, self._people.author_of(edit))

    def _revoke(self, arrived: Waiting, revoke: Revoke, *, last_try: bool) -> Ending:
        target = self._messages.get((arrived.integration_id, revoke.target))
        if target is not None:
            target.revoke(at=self.at)
            return self._changed(target)
        if not last_try:
            return Outcome.PENDING, "the message that it takes back has not arrived"
        return Outcome.IGNORED, "the message that it takes back is not known"

    def _receipt(self, arrived: Waiting, receipt: Receipt, *, last_try: bool) -> Ending:
        message = self._message_of(arrived.integration_id, receipt)
        if message is None:
            if not last_try:
                return Outcome.PENDING, "the message that it is about is not known yet"
            return Outcome.IGNORED, "the message that it is about is not ours"
        if not message.is_outbound:
            return Outcome.IGNORED, "the message that it is about was not sent by us"
        if message.is_forgotten:
            receipt = evolve(receipt, provider_id=forgotten(receipt.provider_id), error_title=None, error_info=None)
        if self.till is not None:
            self.till.count(arrived.integration_id, receipt, message, at=self.at)
        if not message.status.is_with_platform:
            self._delivered.add(message.id)
        if not message.receive(receipt, at=self.at):
            return Outcome.IGNORED, "the message had come as far already"
        return self._changed(message)

    def _message_of(self, integration_id: IntegrationId, receipt: Receipt) -> Message | None:
        return self._messages.get((integration_id, receipt.provider_id)) or self._by_callback(receipt)

    def _by_callback(self, receipt: Receipt) -> Message | None:
        try:
            return self._ours.get(MessageId(UUID(receipt.callback or "")))
        except ValueError:
            return None

    def _changed(self, message: Message) -> Ending:
        if message.id in self._ours:
            self._changed_messages[message.id] = message
        return APPLIED

    def _is_blocked(self, update: Update) -> bool:
        client = self._people.author_of(update)
        return client is not None and client.is_blocked

    async def _unite(self, people: Acquaintance) -> None:
        absorbed = people.absorbed
        if not absorbed:
            return
        chats = await self.uow.chats.find_of_client(absorbed.keys() | absorbed.values())
        remember_chats(people.merges, chats)
        for chat in chats:
            pair = (_last_of(absorbed, chat.client_id), chat.integration_id)
            if chat.is_open and pair in self._open:
                chat.end(None, reason=MERGED, at=self.at)
            if chat.is_open:
                self._open[pair] = chat
            else:
                self._closed[pair] = chat
            if chat.client_id != pair[0]:
                chat.reassign(pair[0], at=self.at)
            self._changed_chats[chat.id] = chat


def _last_of(absorbed: Mapping[ClientId, ClientId], client_id: ClientId) -> ClientId:
    while client_id in absorbed:
        client_id = absorbed[client_id]
    return client_id
