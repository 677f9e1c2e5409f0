"""Reads for screens: the store writes the JSON itself.

company     {id, name, timeZone, currency, businessHours, bot, retention, role, primary, version}
            `businessHours` is BusinessHours.record or null, `bot` {greeting, farewell} or null, `retention`
            Retention.record; `role` and `primary` are the reader's own.
member      {userId, name, email, role, primary, enabled, joinedAt, version}
department  {id, name, description, members: [{id, name}], version}
attendant   {id, name, email, role, departments: [{id, name}], online, enabled, version}

Lists are in the order of name and id, where neither case nor accents count (`folded`).
"""

from collections.abc import Collection
from typing import Protocol

from attrs import frozen

from jaboti_domain.kernel.ids import CompanyId, DepartmentId, UserId
from jaboti_domain.kernel.paging import Cursor, Json, JsonPage


class CompanyReads(Protocol):
    """Reads of companies, their members and departments."""

    async def companies_of(self, user_id: UserId) -> Json:
        """An array of those in which they are an enabled member: the primary one first, then by name."""
        ...

    async def company_of(self, user_id: UserId, company_id: CompanyId) -> Json:
        """One of these. Raises CompanyNotFound."""
        ...

    async def members(self, company_id: CompanyId, *, after: Cursor | None, limit: int) -> JsonPage:
        """Raises InvalidCursor."""
        ...

    async def member(self, company_id: CompanyId, user_id: UserId) -> Json:
        """Raises MemberNotFound."""
        ...

    async def departments(self, company_id: CompanyId, *, after: Cursor | None, limit: int) -> JsonPage:
        """Raises InvalidCursor."""
        ...

    async def department(self, company_id: CompanyId, department_id: DepartmentId) -> Json:
        """Raises DepartmentNotFound."""
        ...


@frozen(kw_only=True)
class AttendantFilter:
    """Which attendants; every given condition holds."""

    department_id: DepartmentId | None = None
    online: bool | None = None
    search: str | None = None
    """Part of the name or the e-mail address; neither case nor accents count."""


class AttendantReads(Protocol):
    """Reads of a company's members as attendants. `present` says who is online: the store does not know."""

    async def page(
        self,
        company_id: CompanyId,
        *,
        where: AttendantFilter,
        present: Collection[UserId],
        after: Cursor | None,
        limit: int,
    ) -> JsonPage:
        """Raises InvalidCursor."""
        ...

    async def one(self, company_id: CompanyId, user_id: UserId, *, present: Collection[UserId]) -> Json:
        """Raises MemberNotFound."""
        ...
