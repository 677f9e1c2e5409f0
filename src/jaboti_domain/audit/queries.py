"""Reads for screens: the store writes the JSON itself.

entry     {id, at, action, actor: {id, name}, subject: {kind, id}, before, after, address, forgotten}
          `id` is the entry's place in the company's chain: 1, 2, 3, ...; `actor.id` is null for what nobody signed in
          did; `before` and `after` are objects or null, and null in an entry whose details were `forgotten`.
"""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from attrs import frozen

from jaboti_domain.kernel.ids import CompanyId, UserId
from jaboti_domain.kernel.paging import Cursor, JsonPage


@frozen(kw_only=True)
class AuditFilter:
    """Which entries; every given condition holds."""

    actor_id: UserId | None = None
    action: str | None = None
    since: datetime | None = None
    """At this moment or later."""
    until: datetime | None = None
    """Before this moment."""
    subject_id: UUID | None = None
    """Done to this."""


class AuditReads(Protocol):
    """Reads of one company's audit log."""

    async def page(self, company_id: CompanyId, *, where: AuditFilter, after: Cursor | None, limit: int) -> JsonPage:
        """Entries, newest first. Raises InvalidCursor."""
        ...
