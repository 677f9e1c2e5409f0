"""Integrations, and the directory that webhooks ask."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

import msgspec
from attrs import evolve, frozen

from jaboti_adapters.documents import integration_document
from jaboti_adapters.memory.store import MemoryStore
from jaboti_adapters.memory.transaction import Transaction
from jaboti_domain.integration.errors import IntegrationNotFound
from jaboti_domain.integration.messaging import Platform
from jaboti_domain.integration.model import Integration, IntegrationStatus
from jaboti_domain.integration.ports.stores import IntegrationDirectory, IntegrationRepository
from jaboti_domain.integration.queries import IntegrationReads
from jaboti_domain.kernel.errors import InvalidCursor
from jaboti_domain.kernel.ids import CompanyId, IntegrationId
from jaboti_domain.kernel.paging import Cursor, Json, JsonPage


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
        own = (row for row in rows if row and _is_of(row, self._transaction.company_id))
        return {row.id: _copy(self._transaction.store, row) for row in own}

    async def find_by_account(self, platform: Platform, account: str) -> Integration | None:
        row = self._transaction.store.integrations.named((platform, account))
        if row is None or not _is_of(row, self._transaction.company_id):
            return None
        return await self.get(row.id)

    async def all(self) -> Sequence[Integration]:
        store = self._transaction.store
        return [_copy(store, row) for row in _all(store, self._transaction.company_id)]

    async def has_open_chats(self, integration_id: IntegrationId) -> bool:
        chats = self._transaction.store.chats.where("company", self._transaction.company_id)
        return any(chat.integration_id == integration_id and chat.is_open for chat in chats)

    async def save(self, integration: Integration) -> None:
        self._transaction.save(self._transaction.store.integrations, integration.id, integration)


@frozen
class MemoryIntegrationReads(IntegrationReads):
    """Always of this moment."""

    _store: MemoryStore

    async def page(self, company_id: CompanyId, *, after: Cursor | None, limit: int) -> JsonPage:
        end = _id_in(after) if after else UUID(int=0)
        rows = [row for row in _all(self._store, company_id) if row.id > end]
        following = Cursor([str(rows[limit - 1].id)]) if len(rows) > limit else None
        return JsonPage(msgspec.json.encode(list(map(integration_document, rows[:limit]))), following)

    async def one(self, company_id: CompanyId, integration_id: IntegrationId) -> Json:
        row = self._store.integrations.get(integration_id)
        if row is None or not _is_of(row, company_id):
            raise IntegrationNotFound()
        return msgspec.json.encode(integration_document(row))


@frozen
class MemoryDirectory(IntegrationDirectory):
    """Of all companies; never behind."""

    _store: MemoryStore

    async def by_id(self, integration_id: IntegrationId) -> Integration | None:
        row = self._store.integrations.get(integration_id)
        return self._copy(None if row is None or row.removed_at else row)

    async def by_account(self, platform: Platform, account: str) -> Integration | None:
        return self._copy(self._store.integrations.named((platform, account)))

    async def by_owner(self, platform: Platform, owner: str) -> Integration | None:
        return self._copy(next(iter(self._store.integrations.where("owner", (platform, owner))), None))

    async def active_on(self, platforms: Collection[Platform]) -> Sequence[IntegrationId]:
        rows = self._store.integrations.rows.values()
        return sorted(r.id for r in rows if r.platform in platforms and r.status is IntegrationStatus.ACTIVE)

    def _copy(self, row: Integration | None) -> Integration | None:
        return _copy(self._store, row) if row else None


def _copy(store: MemoryStore, row: Integration) -> Integration:
    company = store.companies.get(row.company_id)
    return evolve(row, company_bot=company.bot if company else None)


def _all(store: MemoryStore, company_id: CompanyId) -> Sequence[Integration]:
    rows = (row for row in store.integrations.where("company", company_id) if row.removed_at is None)
    return sorted(rows, key=lambda row: row.id)


def _is_of(row: Integration, company_id: CompanyId) -> bool:
    return row.company_id == company_id and row.removed_at is None


def _id_in(cursor: Cursor) -> UUID:
    try:
        (integration_id,) = cursor.key
        return UUID(integration_id)
    except ValueError as error:
        raise InvalidCursor() from error
