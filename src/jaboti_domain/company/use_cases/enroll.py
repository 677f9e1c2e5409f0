"""Somebody becomes a member."""

from collections.abc import Callable, Collection

from attrs import frozen

from jaboti_domain.company.model import Membership
from jaboti_domain.company.ports import CompanyUnitOfWork
from jaboti_domain.kernel.actor import Role
from jaboti_domain.kernel.events import Named
from jaboti_domain.kernel.ids import CompanyId, DepartmentId, UserId
from jaboti_domain.kernel.ports import Clock


async def named(uow: CompanyUnitOfWork, departments: Collection[DepartmentId]) -> list[Named]:
    """These departments, locked. Raises DepartmentNotFound."""
    return [(await uow.departments.get(department_id)).named for department_id in sorted(set(departments))]


@frozen(kw_only=True)
class Newcomer:
    """A user who is to join a company, and as what. A user's first company is their primary one in any case."""

    company_id: CompanyId
    user_id: UserId
    name: str
    role: Role
    departments: Collection[Named] = ()
    primary: bool = False

    async def join(self, uow: CompanyUnitOfWork, clock: Clock) -> Membership:
        """Saved, also for who had left before. Raises MemberExists, InvalidName."""
        primary = self.primary or not await uow.memberships.is_elsewhere(self.user_id)
        member = await uow.memberships.find(self.user_id)
        if member is None:
            member = Membership.begin(
                company_id=self.company_id,
                user_id=self.user_id,
                name=self.name,
                role=self.role,
                departments=self.departments,
                primary=primary,
                at=clock(),
            )
        else:
            member.begin_again(
                name=self.name, role=self.role, departments=self.departments, primary=primary, at=clock()
            )
        await uow.memberships.save(member)
        return member


@frozen(kw_only=True)
class Enroll:
    """The operator of the installation makes a user a member of a company."""

    new_uow: Callable[[CompanyId], CompanyUnitOfWork]
    clock: Clock

    async def __call__(
        self,
        *,
        company_id: CompanyId,
        user_id: UserId,
        name: str,
        role: Role,
        departments: frozenset[DepartmentId] = frozenset(),
        primary: bool = False,
    ) -> Membership:
        """Raises CompanyNotFound, DepartmentNotFound, MemberExists, InvalidName."""
        async with self.new_uow(company_id) as uow:
            await uow.companies.get()
            newcomer = Newcomer(
                company_id=company_id,
                user_id=user_id,
                name=name,
                role=role,
                departments=await named(uow, departments),
                primary=primary,
            )
            member = await newcomer.join(uow, self.clock)
            await uow.commit()
        return member
