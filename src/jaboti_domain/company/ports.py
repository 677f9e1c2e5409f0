"""What companies need from outside.

What `get` and `find` hand out is locked until the unit ends. Units lock in this order: the company, chats, departments,
members; so none waits for another in a circle.
"""

from collections.abc import Collection, Sequence
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
    """Its departments; those that were removed are not there."""

    async def get(self, department_id: DepartmentId) -> Department:
        """Raises DepartmentNotFound."""
        ...

    async def all(self) -> Sequence[Department]:
        """In the order in which they were opened; not locked."""
        ...

    async def count_open_chats(self, department_id: DepartmentId) -> int:
        """How many chats of it have not ended. While it is locked no other unit adds one."""
        ...

    async def save(self, department: Department) -> None:
        """Raises at the commit: DepartmentExists when another that exists has the name (`Department.key`);
        DepartmentHasOpenChats, which a store may also prevent by its locks, when one that was removed has some.
        """
        ...


class MembershipRepository(Protocol):
    """Its members; those who have left are not there, unless it says so."""

    async def get(self, user_id: UserId) -> Membership:
        """Raises MemberNotFound."""
        ...

    async def find(self, user_id: UserId) -> Membership | None:
        """Also one who has left; None for who never was a member."""
        ...

    async def find_of_department(self, department_id: DepartmentId) -> Sequence[Membership]:
        """Those who serve its queue, in the order of their ids."""
        ...

    async def admins(self) -> Collection[UserId]:
        """Those who may administer the company: enabled members with an enabled account.

        The company is locked from then on: of units that ask, one decides after the other, and sees what it decided.
        """
        ...

    async def is_elsewhere(self, user_id: UserId) -> bool:
        """Whether they are a member of another company too, enabled or not."""
        ...

    async def save(self, membership: Membership) -> None:
        """At the commit, `primary` is taken from the user's other companies where it is set.

        Raises at the commit: MemberExists for a new one when they are a member, or have been.
        """
        ...


class CompanyUnitOfWork(AuditedUnitOfWork, Protocol):
    """What the use cases of companies open."""

    @property
    def companies(self) -> CompanyRepository: ...

    @property
    def departments(self) -> DepartmentRepository: ...

    @property
    def memberships(self) -> MembershipRepository: ...
