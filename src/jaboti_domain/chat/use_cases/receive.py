"""What clients do: messages, edits, receipts and changes of number, taken in batches as the platforms send them."""

from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from attrs import frozen

from jaboti_domain.chat.bot import Bot
from jaboti_domain.chat.ports import ChatUnitOfWork
from jaboti_domain.chat.use_cases.acquaint import Acquaintance
from jaboti_domain.chat.use_cases.charge import Till, is_charged
from jaboti_domain.chat.use_cases.converse import Conversation
from jaboti_domain.chat.use_cases.fetch import Transfers
from jaboti_domain.integration.content import Reaction
from jaboti_domain.integration.messaging import Edit, Inbound, Receipt, Revoke, Update
from jaboti_domain.integration.model import Integration
from jaboti_domain.integration.ports.journal import Outcome
from jaboti_domain.integration.ports.stores import RateCards
from jaboti_domain.kernel.ids import CompanyId, IntegrationId, MessageId
from jaboti_domain.kernel.ports import Clock

PATIENCE = 6
"""How often something waits for the message that it is about, before it is taken without."""


@frozen(kw_only=True)
class Arrived:
    """An update, the integration that it came through, and how often it has waited for its turn."""

    integration_id: IntegrationId
    update: Update
    waited: int = 0


@frozen(kw_only=True)
class Result:
    """How it ended; PENDING: it waits for something that has not arrived yet."""

    outcome: Outcome
    reason: str | None = None
    is_about_nobody: bool = False
    """It tells of a message to somebody who was forgotten."""


@frozen(kw_only=True)
class ReceiveInbound:
    """Clients write: who they are is found out, their chats are opened or go on, the bot answers where it has the chat.

    A batch is of one company and takes effect as one. Within it everything happens in the given order.
    """

    new_uow: Callable[[CompanyId], ChatUnitOfWork]
    clock: Clock
    bot: Bot
    transfers: Transfers
    rate_cards: RateCards
    patience: int = PATIENCE

    async def __call__(self, company_id: CompanyId, batch: Sequence[Arrived]) -> list[Result]:
        """The results in the order of the batch. Raises IntegrationNotFound."""
        async with self.new_uow(company_id) as uow:
            integrations = {i: await uow.integrations.get(i) for i in {arrived.integration_id for arrived in batch}}
            results = await self.apply(uow, company_id, batch, integrations)
            await uow.commit()
        return results

    async def apply(
        self,
        uow: ChatUnitOfWork,
        company_id: CompanyId,
        batch: Sequence[Arrived],
        integrations: Mapping[IntegrationId, Integration],
    ) -> list[Result]:
        """The same inside a unit of work that the caller commits."""
        at = self.clock()
        till = await self._till(batch, integrations)
        talk = Conversation(
            uow=uow,
            company_id=company_id,
            integrations=integrations,
            bot=self.bot,
            transfers=self.transfers,
            till=till,
            at=at,
        )
        await talk.recall_messages(
            {(a.integration_id, name) for a in batch for name in _messages_named(a.update)},
            _callbacks(batch),
            [(a.integration_id, a.update) for a in batch if isinstance(a.update, Receipt)],
        )
        fresh = [a for a in batch if not talk.is_known(a)]
        people = Acquaintance(uow=uow, company_id=company_id, at=at)
        await people.meet_all([a.update for a in fresh])
        await talk.recall_chats(people, [(a.integration_id, a.update) for a in fresh])
        results = [_result(talk, a, self.patience) for a in batch]
        await people.save()
        await talk.save()
        return results

    async def _till(self, batch: Sequence[Arrived], integrations: Mapping[IntegrationId, Integration]) -> Till | None:
        """Rates are only looked up for a batch in which something is charged."""
        if not any(is_charged(arrived.update) for arrived in batch):
            return None
        return Till(book=await self.rate_cards.book(), integrations=integrations)


def _result(talk: Conversation, arrived: Arrived, patience: int) -> Result:
    outcome, reason = talk.take(arrived, patience)
    return Result(outcome=outcome, reason=reason, is_about_nobody=talk.is_about_nobody(arrived))


def _messages_named(update: Update) -> tuple[str, ...]:
    match update:
        case Inbound(content=Reaction(target=target)):
            return (update.provider_id, target)
        case Inbound(reply_to=str(reply_to)):
            return (update.provider_id, reply_to)
        case Edit() | Revoke():
            return (update.target, update.provider_id)
        case Inbound() | Receipt():
            return (update.provider_id,)
        case _:
            return ()


def _callbacks(batch: Sequence[Arrived]) -> set[MessageId]:
    texts = {a.update.callback for a in batch if isinstance(a.update, Receipt) and a.update.callback}
    return {MessageId(found) for found in map(_uuid, texts) if found is not None}


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
