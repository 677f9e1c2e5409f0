"""Integrations for those who don't know the company yet: webhooks."""

import time
from collections.abc import Callable, Collection, Hashable, Sequence

from attrs import evolve
from sqlalchemy import Text, Uuid, func, select

from jaboti_adapters.postgres.engine import Database
from jaboti_adapters.postgres.integrations import OF_COMPANY, WITH_BOTS, integration_of
from jaboti_adapters.postgres.statements import Statement, array, param
from jaboti_adapters.postgres.tables import company, integration, integration_account
from jaboti_domain.integration.messaging import Platform
from jaboti_domain.integration.model import Integration, IntegrationStatus
from jaboti_domain.integration.ports.channels import Vault
from jaboti_domain.integration.ports.stores import IntegrationDirectory
from jaboti_domain.kernel.ids import IntegrationId

BEHIND = 5.0
"""Seconds for which an answer is remembered, also that there is none."""
REMEMBERED = 10_000
"""Answers; beyond that all are forgotten, so that made-up ids fill no memory."""

_accounts = integration_account.join(
    integration,
    (integration.c.company_id == integration_account.c.company_id)
    & (integration.c.id == integration_account.c.integration_id),
).join(company, OF_COMPANY)
_found = WITH_BOTS.select_from(_accounts).order_by(integration.c.id).limit(1)
_of_platform = _found.where(integration_account.c.platform == param("platform", Text))

BY_ID = Statement(_found.where(integration_account.c.integration_id == param("id", Uuid)))
BY_ACCOUNT = Statement(_of_platform.where(integration_account.c.account == param("account", Text)))
ACTIVE_ON = Statement(
    select(integration_account.c.integration_id)
    .select_from(_accounts)
    .where(
        integration_account.c.platform == func.any(array("platforms", Text)),
        integration.c.status == IntegrationStatus.ACTIVE.value,
    )
    .order_by(integration_account.c.integration_id)
)
BY_OWNER = Statement(_of_platform.where(integration_account.c.owner == param("owner", Text)))


class PostgresDirectory(IntegrationDirectory):
    """Remembers what it found for a while; everybody gets a copy of their own."""

    def __init__(self, database: Database, vault: Vault, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock
        self._known: dict[Hashable, tuple[float, Integration | None]] = {}

    async def by_id(self, integration_id: IntegrationId) -> Integration | None:
        return await self._find(BY_ID, id=integration_id)

    async def by_account(self, platform: Platform, account: str) -> Integration | None:
        return await self._find(BY_ACCOUNT, platform=platform, account=account)

    async def by_owner(self, platform: Platform, owner: str) -> Integration | None:
        return await self._find(BY_OWNER, platform=platform, owner=owner)

    async def active_on(self, platforms: Collection[Platform]) -> Sequence[IntegrationId]:
        async with self._database.queue() as session:
            rows = await session.fetch(ACTIVE_ON, platforms=[platform.value for platform in platforms])
        return [row["integration_id"] for row in rows]

    async def _find(self, statement: Statement, **values: Hashable) -> Integration | None:
        key, now = (statement, *values.values()), self._clock()
        until, found = self._known.get(key, (now, None))
        if until <= now:
            found = await self._looked_up(statement, values)
            self._remember(key, (now + BEHIND, found))
        return evolve(found) if found else None

    async def _looked_up(self, statement: Statement, values: dict[str, Hashable]) -> Integration | None:
        async with self._database.queue() as session:
            rows = await session.fetch(statement, **values)
        return integration_of(rows[0], self._vault) if rows else None

    def _remember(self, key: Hashable, answer: tuple[float, Integration | None]) -> None:
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        self._known[key] = answer
