"""What companies need from outside."""

from collections.abc import Sequence
from typing import Protocol

from jaboti_domain.company.model import Company, Department, Membership
from jaboti_domain.kernel.ids import DepartmentId, UserId
from jaboti_domain.kernel.ports import AuditedUnitOfWork


class CompanyRepository(Protocol):
    """The company of the unit of work."""

    async def get(self) -> Company:
        """Raises CompanyNotFound."""
        ...

    async def save(self, company: Company) -> None: ...


class DepartmentRepository(Protocol):
    """Its departments."""

    async def get(self, department_id: DepartmentId) -> Department:
        """Raises DepartmentNotFound."""
        ...

    async def all(self) -> Sequence[Department]:
        """In the order in which they were opened."""
        ...

    async def save(self, department: Department) -> None:
        """Raises DepartmentExists at the commit when the name is taken (case does not matter)."""
        ...


class MembershipRepository(Protocol):
    """Its members."""

    async def get(self, user_id: UserId) -> Membership:
        """Raises MemberNotFound."""
        ...

    async def save(self, membership: Membership) -> None: ...


class CompanyUnitOfWork(AuditedUnitOfWork, Protocol):
    """What the use cases of companies open."""

    @property
    def companies(self) -> CompanyRepository: ...

    @property
    def departments(self) -> DepartmentRepository: ...

    @property
    def memberships(self) -> MembershipRepository: ...
