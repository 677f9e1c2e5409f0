"""Dead letters get another chance."""

from collections.abc import Callable
from uuid import UUID

from attrs import frozen

from jaboti_domain.integration.errors import IntegrationInactive
from jaboti_domain.integration.letters import DeadLetter
from jaboti_domain.integration.model import Integration
from jaboti_domain.integration.ports.channels import Channels
from jaboti_domain.integration.ports.journal import Journal, Outcome
from jaboti_domain.integration.ports.stores import IntegrationUnitOfWork
from jaboti_domain.integration.use_cases.intake import arrival_of
from jaboti_domain.kernel.actor import Actor, Operation
from jaboti_domain.kernel.ids import CompanyId
from jaboti_domain.kernel.ports import Clock


@frozen(kw_only=True)
class Replayed:
    """What a dead letter has become, and how many items are to be processed now."""

    outcome: Outcome
    items: int


@frozen(kw_only=True)
class ReplayDeadLetter:
    """An admin lets a dead letter be processed as if it had just arrived.

    The audit log does not repeat why it was dead: that may quote what a client wrote, or who they are.

    A body that could not be split is split again, into items of their own. They are kept before the letter is done
    with, under the keys that they always have: so a replay that breaks off can be repeated, and doubles nothing.
    """

    new_uow: Callable[[CompanyId], IntegrationUnitOfWork]
    clock: Clock
    channels: Channels
    journal: Journal

    async def __call__(self, actor: Actor, *, letter_id: UUID) -> Replayed:
        """Raises DeadLetterNotFound, DeadLetterNotDead, IntegrationInactive, and for a body that still can't be split
        UnreadableWebhook: then it stays what it is.
        """
        actor.must(Operation.MANAGE_DEAD_LETTERS)
        async with self.new_uow(actor.company_id) as uow:
            letter = await uow.dead_letters.get(letter_id)
            integration = (await uow.integrations.find([letter.integration_id])).get(letter.integration_id)
            if integration is None:
                raise IntegrationInactive()
            replayed = await self._replay(uow, letter, integration)
            deed = actor.did(
                "dead_letter.replayed",
                subject="dead_letter",
                subject_id=letter.id,
                at=self.clock(),
                before={"integrationId": str(letter.integration_id)},
                after={"outcome": replayed.outcome.value, "items": replayed.items},
            )
            await uow.audit.add(deed)
            await uow.commit()
        return replayed

    async def _replay(self, uow: IntegrationUnitOfWork, letter: DeadLetter, integration: Integration) -> Replayed:
        if not letter.is_whole_body:
            await uow.dead_letters.replay(letter)
            return Replayed(outcome=Outcome.PENDING, items=1)
        items = self.channels[integration.platform].split(letter.raw)
        await self.journal.append([arrival_of(item, integration) for item in items])
        await uow.dead_letters.done(letter, reason=f"split again: {len(items)}")
        return Replayed(outcome=Outcome.APPLIED, items=len(items))
