"""What messages cost."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from jaboti_adapters.postgres.engine import Database
from jaboti_domain.integration.queries import UsageReads
from jaboti_domain.kernel.ids import CompanyId
from jaboti_domain.kernel.money import Money


class PostgresUsageReads(UsageReads):
    """Nothing is charged yet."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def cost_between(self, company_id: CompanyId, since: datetime, until: datetime) -> Sequence[Money]:
        return [Money(Decimal(0), "USD")]
