"""What is done with companies: for now by the operator of the installation, at the command line."""

from collections.abc import Callable

from attrs import frozen

from jaboti_domain.company.model import Company, Department, Membership
from jaboti_domain.company.ports import CompanyUnitOfWork
from jaboti_domain.kernel.actor import Role
from jaboti_domain.kernel.ids import CompanyId, DepartmentId, UserId
from jaboti_domain.kernel.ports import Clock


@frozen(kw_only=True)
class FoundCompany:
    """A company begins to use the system, with its departments."""

    new_uow: Callable[[CompanyId], CompanyUnitOfWork]
    clock: Clock

    async def __call__(
        self, *, name: str, time_zone: str = "America/Sao_Paulo", departments: tuple[str, ...] = ()
    ) -> tuple[Company, list[Department]]:
        """Raises InvalidName, InvalidTimeZone, DepartmentExists."""
        company = Company.found(name=name, time_zone=time_zone, at=self.clock())
        opened = [Department.open(company_id=company.id, name=each, at=self.clock()) for each in departments]
        async with self.new_uow(company.id) as uow:
            await uow.companies.save(company)
            for department in opened:
                await uow.departments.save(department)
            await uow.commit()
        return company, opened


@frozen(kw_only=True)
class Enroll:
    """A user becomes a member of a company."""

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
        """Raises CompanyNotFound, DepartmentNotFound."""
        async with self.new_uow(company_id) as uow:
            await uow.companies.get()
            for department_id in departments:
                await uow.departments.get(department_id)
            membership = Membership(
                company_id=company_id,
                user_id=user_id,
                name=name,
                role=role,
                departments=departments,
                primary=primary,
                created_at=self.clock(),
            )
            await uow.memberships.save(membership)
            await uow.commit()
        return membership
