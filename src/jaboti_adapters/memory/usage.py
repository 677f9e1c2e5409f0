"""What messages cost."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from attrs import frozen

from jaboti_adapters.memory.store import MemoryStore
from jaboti_domain.integration.queries import UsageReads
from jaboti_domain.kernel.ids import CompanyId
from jaboti_domain.kernel.money import Money


@frozen
class MemoryUsageReads(UsageReads):
    """Nothing is charged yet."""

    _store: MemoryStore

    async def cost_between(self, company_id: CompanyId, since: datetime, until: datetime) -> Sequence[Money]:
        return [Money(Decimal(0), "USD")]
