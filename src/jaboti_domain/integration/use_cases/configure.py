"""What admins set up."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime

from attrs import frozen

from jaboti_domain.integration.addresses import must_be_safe
from jaboti_domain.integration.errors import AccountIsFixed, AccountTaken, HasOpenChats, IntegrationNotFound
from jaboti_domain.integration.messaging import Platform
from jaboti_domain.integration.model import Configuration, Integration, Secret
from jaboti_domain.integration.ports.stores import IntegrationUnitOfWork
from jaboti_domain.kernel.actor import Actor, Operation
from jaboti_domain.kernel.bot import BotSettings
from jaboti_domain.kernel.deeds import Facts
from jaboti_domain.kernel.ids import CompanyId, IntegrationId
from jaboti_domain.kernel.ports import Clock

SUBJECT = "integration"


@frozen(kw_only=True)
class ConnectIntegration:
    """An account of a platform is connected to the company by who may name any address: the operator."""

    new_uow: Callable[[CompanyId], IntegrationUnitOfWork]
    clock: Clock

    async def __call__(
        self,
        actor: Actor,
        *,
        platform: Platform,
        account: str,
        name: str,
        settings: Mapping[str, str],
        credentials: Mapping[str, str],
        bot: BotSettings | None = None,
    ) -> Integration:
        """Raises Forbidden, MissingSetting, UnknownSetting, AccountTaken."""
        actor.must(Operation.MANAGE_INTEGRATIONS)
        at = self.clock()
        async with self.new_uow(actor.company_id) as uow:
            integration = Integration.connect(
                company_id=actor.company_id,
                platform=platform,
                account=account,
                name=name,
                settings=settings,
                credentials=credentials,
                bot=bot,
                at=at,
            )
            await _keep(uow, actor, integration, before=None, at=at)
        return integration


@frozen(kw_only=True)
class ConfigureIntegration:
    """An admin connects an account, or says anew how a connected one is to work."""

    new_uow: Callable[[CompanyId], IntegrationUnitOfWork]
    clock: Clock
    allowed_hosts: Collection[str] = ()
    """Hosts that may be asked in clear; an address that is set already stays allowed."""

    async def __call__(
        self, actor: Actor, *, platform: Platform, account: str, wanted: Configuration
    ) -> tuple[Integration, bool]:
        """The company's integration with this account, and whether it is new.

        Raises AccountTaken when another company has the account, MissingSetting, UnknownSetting, StaleHint,
        UnsafeAddress.
        """
        actor.must(Operation.MANAGE_INTEGRATIONS)
        try:
            return await self._once(actor, platform, account, wanted)
        except AccountTaken:
            return await self._once(actor, platform, account, wanted)

    async def edit(
        self,
        actor: Actor,
        *,
        integration_id: IntegrationId,
        wanted: Configuration,
        platform: Platform | None = None,
        account: str | None = None,
        versions: Collection[int] | None = None,
    ) -> Integration:
        """Raises IntegrationNotFound, StaleVersion, AccountIsFixed, and as above."""
        actor.must(Operation.MANAGE_INTEGRATIONS)
        async with self.new_uow(actor.company_id) as uow:
            integration = await uow.integrations.get(integration_id)
            integration.must_be_in(versions)
            if platform not in (None, integration.platform) or account not in (None, integration.account):
                raise AccountIsFixed()
            await self._edit(uow, actor, integration, wanted)
        return integration

    async def _once(
        self, actor: Actor, platform: Platform, account: str, wanted: Configuration
    ) -> tuple[Integration, bool]:
        async with self.new_uow(actor.company_id) as uow:
            known = await uow.integrations.find_by_account(platform, account)
            if known is not None:
                await self._edit(uow, actor, known, wanted)
                return known, False
            made = Integration.begin(company_id=actor.company_id, platform=platform, account=account)
            await self._edit(uow, actor, made, wanted)
            return made, True

    async def _edit(
        self, uow: IntegrationUnitOfWork, actor: Actor, integration: Integration, wanted: Configuration
    ) -> None:
        before = None if integration.version == 0 else _Seen.of(integration)
        address = wanted.settings.get("base_url")
        if address and address != integration.settings.get("base_url"):
            must_be_safe(address, allowed_hosts=self.allowed_hosts)
        at = self.clock()
        integration.configure(wanted, at=at)
        if integration.has_news:
            await _keep(uow, actor, integration, before=before, at=at)


@frozen(kw_only=True)
class RemoveIntegration:
    """An admin takes an account away; its chats stay readable."""

    new_uow: Callable[[CompanyId], IntegrationUnitOfWork]
    clock: Clock

    async def __call__(
        self, actor: Actor, *, integration_id: IntegrationId, versions: Collection[int] | None = None
    ) -> None:
        """Raises IntegrationNotFound, StaleVersion, HasOpenChats."""
        actor.must(Operation.MANAGE_INTEGRATIONS)
        async with self.new_uow(actor.company_id) as uow:
            integration = await uow.integrations.get(integration_id)
            integration.must_be_in(versions)
            if await uow.integrations.has_open_chats(integration_id):
                raise HasOpenChats()
            at, before = self.clock(), _Seen.of(integration)
            integration.remove(at=at)
            await uow.integrations.save(integration)
            await uow.audit.add(
                actor.did("integration.removed", subject=SUBJECT, subject_id=integration_id, at=at, before=before.facts)
            )
            await uow.commit()


@frozen(kw_only=True)
class ResealCredentials:
    """What protects credentials at rest has changed: each integration is kept once more, as it is."""

    new_uow: Callable[[CompanyId], IntegrationUnitOfWork]

    async def __call__(self, company_id: CompanyId) -> int:
        """How many integrations of the company are sealed as they would be today; one after the other is locked."""
        async with self.new_uow(company_id) as uow:
            known = [integration.id for integration in await uow.integrations.all()]
        return sum([await self._reseal(company_id, integration_id) for integration_id in known])

    async def _reseal(self, company_id: CompanyId, integration_id: IntegrationId) -> int:
        async with self.new_uow(company_id) as uow:
            try:
                integration = await uow.integrations.get(integration_id)
            except IntegrationNotFound:
                return 0
            await uow.integrations.save(integration)
            await uow.commit()
        return 1


@frozen
class _Seen:
    """What an integration was like."""

    facts: Facts
    credentials: Mapping[str, Secret]

    @classmethod
    def of(cls, integration: Integration) -> "_Seen":
        known = {"platform": integration.platform.value, "account": integration.account}
        return cls(known | dict(integration.facts), dict(integration.credentials))


async def _keep(
    uow: IntegrationUnitOfWork, actor: Actor, integration: Integration, *, before: _Seen | None, at: datetime
) -> None:
    after = _Seen.of(integration)
    changed = [name for name in after.facts if before is None or before.facts[name] != after.facts[name]]
    secrets = _other_secrets(before.credentials if before else {}, after.credentials)
    deed = actor.did(
        "integration.created" if before is None else "integration.updated",
        subject=SUBJECT,
        subject_id=integration.id,
        at=at,
        before={name: before.facts[name] for name in changed} if before else None,
        after={name: after.facts[name] for name in changed} | ({"credentials": secrets} if secrets else {}),
    )
    await uow.integrations.save(integration)
    await uow.audit.add(deed)
    await uow.commit()


def _other_secrets(before: Mapping[str, Secret], after: Mapping[str, Secret]) -> list[str]:
    """The names of those that were set, changed or taken away."""
    return sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
