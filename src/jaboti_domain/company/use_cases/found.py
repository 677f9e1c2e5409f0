"""Companies themselves: they are founded by the operator of the installation, and changed by their administrators."""

from collections.abc import Callable, Collection

from attrs import frozen

from jaboti_domain.company.model import Company, CompanyChange, Department
from jaboti_domain.company.ports import CompanyUnitOfWork
from jaboti_domain.kernel.actor import Actor, Operation
from jaboti_domain.kernel.deeds import differences
from jaboti_domain.kernel.ids import CompanyId
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
class ChangeCompany:
    """An administrator changes what the active company is like."""

    new_uow: Callable[[CompanyId], CompanyUnitOfWork]
    clock: Clock

    async def __call__(self, actor: Actor, *, to: CompanyChange, versions: Collection[int] | None = None) -> Company:
        """Raises Forbidden, CompanyNotFound, StaleVersion, InvalidName, InvalidTimeZone, InvalidCurrency,
        InvalidRetention.
        """
        actor.must(Operation.MANAGE_COMPANY)
        async with self.new_uow(actor.company_id) as uow:
            company = await uow.companies.get()
            company.must_be_in(versions)
            was = company.facts
            company.change(to)
            before, after = differences(was, company.facts)
            if after:
                await uow.companies.save(company)
                await uow.audit.add(
                    actor.did(
                        "company.updated",
                        subject="company",
                        subject_id=company.id,
                        at=self.clock(),
                        before=before,
                        after=after,
                    )
                )
                await uow.commit()
        return company
