"""Reads of integrations, for screens."""

from uuid import UUID

import msgspec
from sqlalchemy import Integer, Uuid

from jaboti_adapters.documents import integration_document
from jaboti_adapters.postgres.engine import Database
from jaboti_adapters.postgres.integrations import OF_COMPANY, WITH_BOTS, integration_of
from jaboti_adapters.postgres.queries.paging import place_in
from jaboti_adapters.postgres.queries.scope import HERE, within_company
from jaboti_adapters.postgres.statements import param
from jaboti_adapters.postgres.tables import company, integration
from jaboti_domain.integration.errors import IntegrationNotFound
from jaboti_domain.integration.ports.channels import Vault
from jaboti_domain.integration.queries import IntegrationReads
from jaboti_domain.kernel.ids import CompanyId, IntegrationId
from jaboti_domain.kernel.paging import Cursor, Json, JsonPage

_OURS = WITH_BOTS.join(company, OF_COMPANY).where(integration.c.company_id == HERE, integration.c.removed_at.is_(None))

PAGE = within_company(
    _OURS.where(integration.c.id > param("after", Uuid)).order_by(integration.c.id).limit(param("limit", Integer))
)
ONE = within_company(_OURS.where(integration.c.id == param("id", Uuid)))


class PostgresIntegrationReads(IntegrationReads):
    """The documents are made here: hints are the ends of secrets, and those are sealed in the rows."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    async def page(self, company_id: CompanyId, *, after: Cursor | None, limit: int) -> JsonPage:
        place = place_in(after, id=UUID)["id"] if after else UUID(int=0)
        async with self._database.single() as session:
            rows = await session.fetch(PAGE, company_id=company_id, after=place, limit=limit + 1)
        shown = [integration_document(integration_of(row, self._vault)) for row in rows[:limit]]
        following = Cursor([str(rows[limit - 1]["id"])]) if len(rows) > limit else None
        return JsonPage(msgspec.json.encode(shown), following)

    async def one(self, company_id: CompanyId, integration_id: IntegrationId) -> Json:
        async with self._database.single() as session:
            rows = await session.fetch(ONE, company_id=company_id, id=integration_id)
        if not rows:
            raise IntegrationNotFound()
        return msgspec.json.encode(integration_document(integration_of(rows[0], self._vault)))
