"""Reads for screens."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from jaboti_domain.kernel.ids import CompanyId
from jaboti_domain.kernel.money import Money


class UsageReads(Protocol):
    """Reads of what one company's messages cost."""

    async def cost_between(self, company_id: CompanyId, since: datetime, until: datetime) -> Sequence[Money]:
        """The sums of what was charged from `since` on until just before `until`: one per currency, by its name."""
        ...
