"""What the audit log needs from outside."""

from collections.abc import Sequence
from typing import Protocol

from jaboti_domain.audit.model import Entry, Head
from jaboti_domain.kernel.ids import CompanyId


class AuditChains(Protocol):
    """The companies' chains as they are kept, right or wrong."""

    async def head(self, company_id: CompanyId) -> Head | None:
        """None before the first deed."""
        ...

    async def entries(self, company_id: CompanyId, *, after: int, limit: int) -> Sequence[Entry]:
        """Those with seq > after, rising."""
        ...
