"""Integrations, and the directory that webhooks ask."""

from collections.abc import Collection, Mapping

from attrs import evolve, frozen

from jaboti_adapters.memory.store import MemoryStore
from jaboti_adapters.memory.transaction import Transaction
from jaboti_domain.integration.errors import IntegrationNotFound
from jaboti_domain.integration.messaging import Platform
from jaboti_domain.integration.model import Integration
from jaboti_domain.integration.ports import IntegrationDirectory, IntegrationRepository
from jaboti_domain.kernel.ids import IntegrationId


@frozen
class MemoryIntegrations(IntegrationRepository):
    """Of one unit of work."""

    _transaction: Transaction

    async def get(self, integration_id: IntegrationId) -> Integration:
        await self._transaction.lock("integration", [integration_id])
        found = await self.find([integration_id])
        if integration_id not in found:
            raise IntegrationNotFound(integration_id=str(integration_id))
        return found[integration_id]

    async def find(self, integration_ids: Collection[IntegrationId]) -> Mapping[IntegrationId, Integration]:
        rows = (self._transaction.store.integrations.get(integration_id) for integration_id in integration_ids)
        own = (row for row in rows if row and row.company_id == self._transaction.company_id)
        return {row.id: _copy(self._transaction.store, row) for row in own}

    async def save(self, integration: Integration) -> None:
        self._transaction.save(self._transaction.store.integrations, integration.id, integration)


@frozen
class MemoryDirectory(IntegrationDirectory):
    """Of all companies; never behind."""

    _store: MemoryStore

    async def by_id(self, integration_id: IntegrationId) -> Integration | None:
        return self._copy(self._store.integrations.get(integration_id))

    async def by_account(self, platform: Platform, account: str) -> Integration | None:
        return self._copy(self._store.integrations.named((platform, account)))

    async def by_owner(self, platform: Platform, owner: str) -> Integration | None:
        return self._copy(next(iter(self._store.integrations.where("owner", (platform, owner))), None))

    def _copy(self, row: Integration | None) -> Integration | None:
        return _copy(self._store, row) if row else None


def _copy(store: MemoryStore, row: Integration) -> Integration:
    company = store.companies.get(row.company_id)
    return evolve(row, company_bot=company.bot if company else None)
