"""How channels are connected, and what they offer."""

import asyncio
from collections.abc import Callable, Mapping, Sequence

from attrs import frozen

from jaboti_domain.integration.calls import LastCalls
from jaboti_domain.integration.errors import MissingChannel, SendingFailed
from jaboti_domain.integration.messaging import Platform
from jaboti_domain.integration.model import Integration, IntegrationStatus
from jaboti_domain.integration.ports.channels import (
    ConnectionStates,
    ConnectionStatus,
    ConnectionTest,
    Health,
    TemplateCatalogue,
)
from jaboti_domain.integration.ports.stores import IntegrationUnitOfWork
from jaboti_domain.integration.queries import CallReads
from jaboti_domain.integration.templates import TemplateInfo
from jaboti_domain.kernel.actor import Actor, Operation
from jaboti_domain.kernel.ids import CompanyId, IntegrationId
from jaboti_domain.kernel.ports import Clock


@frozen(kw_only=True)
class ExamineIntegration:
    """An admin asks the platform whether our credentials work; what it says is noted with the integration."""

    new_uow: Callable[[CompanyId], IntegrationUnitOfWork]
    clock: Clock
    connection_tests: Mapping[Platform, ConnectionTest]

    async def __call__(self, actor: Actor, *, integration_id: IntegrationId) -> Health:
        """No unit of work is open while the platform is asked. Raises IntegrationNotFound, MissingChannel."""
        actor.must(Operation.MANAGE_INTEGRATIONS)
        async with self.new_uow(actor.company_id) as uow:
            asked = await uow.integrations.get(integration_id)
        if asked.platform not in self.connection_tests:
            raise MissingChannel(platform=asked.platform.value)
        health = await self.connection_tests[asked.platform].test(asked)
        await self._note(actor.company_id, asked, health)
        return health

    async def _note(self, company_id: CompanyId, asked: Integration, health: Health) -> None:
        async with self.new_uow(company_id) as uow:
            now = (await uow.integrations.find([asked.id])).get(asked.id)
            if now is None or now.credentials != asked.credentials:
                return
            now.examined(well=health.ok, trouble=health.trouble, quality=health.quality, at=self.clock())
            if now.has_news:
                await uow.integrations.save(now)
                await uow.commit()


@frozen(kw_only=True)
class IntegrationState:
    """How an integration is doing; `connection` is None for channels that keep none."""

    integration: Integration
    connection: ConnectionStatus | None
    calls: LastCalls


@frozen(kw_only=True)
class LookAtIntegration:
    """A supervisor looks how an integration is doing."""

    new_uow: Callable[[CompanyId], IntegrationUnitOfWork]
    connection_states: Mapping[Platform, ConnectionStates]
    call_reads: CallReads

    async def __call__(self, actor: Actor, *, integration_id: IntegrationId) -> IntegrationState:
        """Raises IntegrationNotFound."""
        actor.must(Operation.READ_INTEGRATIONS)
        async with self.new_uow(actor.company_id) as uow:
            integration = await uow.integrations.get(integration_id)
        states = self.connection_states.get(integration.platform)
        return IntegrationState(
            integration=integration,
            connection=await states.connection(integration) if states else None,
            calls=await self.call_reads.last(actor.company_id, integration_id),
        )


@frozen(kw_only=True)
class Catalogue:
    """An integration's approved templates; None when its platform can't be asked now, and nothing is remembered."""

    integration: Integration
    templates: Sequence[TemplateInfo] | None


@frozen(kw_only=True)
class ListTemplates:
    """An attendant looks for a template to send: those of the company's active integrations."""

    new_uow: Callable[[CompanyId], IntegrationUnitOfWork]
    templates: TemplateCatalogue
    """Of every platform that has some; none of others."""

    async def __call__(self, actor: Actor) -> Sequence[Catalogue]:
        """In the order in which the integrations were connected, each catalogue by name and language."""
        actor.must(Operation.READ_TEMPLATES)
        async with self.new_uow(actor.company_id) as uow:
            integrations = await uow.integrations.all()
        active = [each for each in integrations if each.status is IntegrationStatus.ACTIVE]
        return await asyncio.gather(*map(self._catalogue, active))

    async def _catalogue(self, integration: Integration) -> Catalogue:
        try:
            found = await self.templates.templates(integration)
        except SendingFailed:
            return Catalogue(integration=integration, templates=None)
        by_name = sorted(found, key=lambda each: (each.name, each.language))
        return Catalogue(integration=integration, templates=by_name)
