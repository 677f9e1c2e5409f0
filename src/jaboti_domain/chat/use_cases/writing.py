"""The client sees that somebody writes."""

from collections.abc import Callable, Mapping

from attrs import frozen

from jaboti_domain.chat.ports import ChatUnitOfWork
from jaboti_domain.chat.routing import ChatStatus, may_attend
from jaboti_domain.chat.use_cases.dispatch import address_of
from jaboti_domain.integration.errors import SendingFailed
from jaboti_domain.integration.messaging import Peer, Platform
from jaboti_domain.integration.model import Integration, IntegrationStatus
from jaboti_domain.integration.ports.channels import TypingIndicator
from jaboti_domain.kernel.actor import Actor, Operation
from jaboti_domain.kernel.ids import ChatId, CompanyId
from jaboti_domain.kernel.ports import Clock

Shown = tuple[Integration, Peer, str]


@frozen(kw_only=True)
class ShowTyping:
    """An attendant writes in a chat of theirs: the platform is told once, and nothing is kept of it."""

    new_uow: Callable[[CompanyId], ChatUnitOfWork]
    clock: Clock
    indicators: Mapping[Platform, TypingIndicator]

    async def __call__(self, actor: Actor, *, chat_id: ChatId) -> bool:
        """Whether the client sees it. No unit of work is open while the platform is told. Raises ChatNotFound."""
        actor.must(Operation.SEND_MESSAGE)
        wanted = await self._wanted(actor, chat_id)
        if wanted is None:
            return False
        integration, peer, newest = wanted
        try:
            await self.indicators[integration.platform].show_typing(integration, peer=peer, newest=newest)
        except SendingFailed:
            return False
        return True

    async def _wanted(self, actor: Actor, chat_id: ChatId) -> Shown | None:
        """Whom to tell what, if that is of any use: the client wrote, and may be answered."""
        async with self.new_uow(actor.company_id) as uow:
            chat = await uow.chats.get(chat_id)
            if chat.platform not in self.indicators or chat.status is not ChatStatus.ACTIVE:
                return None
            if not may_attend(actor, chat.attendant_id, chat.department_id) or not chat.is_answerable(self.clock()):
                return None
            newest = await uow.messages.newest_of_client(chat_id, up_to=chat.last_seq)
            integration = (await uow.integrations.find([chat.integration_id])).get(chat.integration_id)
            peer = address_of((await uow.clients.find([chat.client_id])).get(chat.client_id))
        if newest is None or newest.provider_id is None or peer is None or integration is None:
            return None
        return (integration, peer, newest.provider_id) if integration.status is IntegrationStatus.ACTIVE else None
