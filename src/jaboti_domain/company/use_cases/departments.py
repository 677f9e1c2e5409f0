"""Departments, and who serves their queues."""

from collections.abc import Callable, Collection, Sequence

from attrs import frozen

from jaboti_domain.company.model import Department, Membership
from jaboti_domain.company.ports import CompanyUnitOfWork
from jaboti_domain.kernel.actor import Actor, Operation
from jaboti_domain.kernel.deeds import Deed, Facts, differences
from jaboti_domain.kernel.events import Named
from jaboti_domain.kernel.ids import CompanyId, DepartmentId, UserId
from jaboti_domain.kernel.ports import Clock


@frozen(kw_only=True)
class _OnDepartments:
    new_uow: Callable[[CompanyId], CompanyUnitOfWork]
    clock: Clock

    def _deed(
        self, actor: Actor, action: str, department: Department, *, before: Facts | None, after: Facts | None
    ) -> Deed:
        return actor.did(
            action, subject="department", subject_id=department.id, at=self.clock(), before=before, after=after
        )


@frozen(kw_only=True)
class OpenDepartment(_OnDepartments):
    """A supervisor opens a department."""

    async def __call__(self, actor: Actor, *, name: str, description: str = "") -> Department:
        """Raises Forbidden, DepartmentExists, InvalidName, InvalidDescription."""
        actor.must(Operation.MANAGE_DEPARTMENTS)
        department = Department.open(company_id=actor.company_id, name=name, description=description, at=self.clock())
        async with self.new_uow(actor.company_id) as uow:
            await uow.departments.save(department)
            await uow.audit.add(
                self._deed(actor, "department.created", department, before=None, after=department.facts)
            )
            await uow.commit()
        return department


@frozen(kw_only=True)
class ChangeDepartment(_OnDepartments):
    """A supervisor names or describes a department otherwise."""

    async def __call__(
        self,
        actor: Actor,
        *,
        department_id: DepartmentId,
        name: str,
        description: str = "",
        versions: Collection[int] | None = None,
    ) -> Department:
        """Raises Forbidden, DepartmentNotFound, StaleVersion, DepartmentExists, InvalidName, InvalidDescription."""
        actor.must(Operation.MANAGE_DEPARTMENTS)
        async with self.new_uow(actor.company_id) as uow:
            department = await uow.departments.get(department_id)
            department.must_be_in(versions)
            was = department.facts
            department.change(name=name, description=description)
            before, after = differences(was, department.facts)
            if after:
                await uow.departments.save(department)
                await uow.audit.add(self._deed(actor, "department.updated", department, before=before, after=after))
                await uow.commit()
        return department


@frozen(kw_only=True)
class RemoveDepartment(_OnDepartments):
    """A supervisor closes a department whose chats have all ended; nobody serves it from then on."""

    async def __call__(
        self, actor: Actor, *, department_id: DepartmentId, versions: Collection[int] | None = None
    ) -> None:
        """Raises Forbidden, DepartmentNotFound, StaleVersion, DepartmentHasOpenChats."""
        actor.must(Operation.MANAGE_DEPARTMENTS)
        async with self.new_uow(actor.company_id) as uow:
            department = await uow.departments.get(department_id)
            department.must_be_in(versions)
            department.remove(open_chats=await uow.departments.count_open_chats(department_id), at=self.clock())
            for member, others in await _departments_of(uow, await uow.memberships.find_of_department(department_id)):
                member.change(departments=[each for each in others if each.id != department_id], at=self.clock())
                await uow.memberships.save(member)
            await uow.departments.save(department)
            await uow.audit.add(
                self._deed(actor, "department.removed", department, before=department.facts, after=None)
            )
            await uow.commit()


@frozen(kw_only=True)
class TieAttendant(_OnDepartments):
    """A supervisor decides whether an attendant serves a department's queue."""

    async def __call__(
        self,
        actor: Actor,
        *,
        department_id: DepartmentId,
        user_id: UserId,
        serves: bool,
        versions: Collection[int] | None = None,
    ) -> Membership:
        """Where it is so already, nothing happens. `versions` are the department's.

        Raises Forbidden, DepartmentNotFound, MemberNotFound, StaleVersion.
        """
        actor.must(Operation.MANAGE_DEPARTMENTS)
        async with self.new_uow(actor.company_id) as uow:
            department = await uow.departments.get(department_id)
            department.must_be_in(versions)
            ((member, served),) = await _departments_of(uow, [await uow.memberships.get(user_id)])
            others = [each for each in served if each.id != department_id]
            if serves == (len(others) == len(served)):
                was = member.facts
                member.change(departments=[*others, department.named] if serves else others, at=self.clock())
                await uow.memberships.save(member)
                before, after = differences(was, member.facts)
                await uow.audit.add(
                    actor.did(
                        "user.updated", subject="user", subject_id=user_id, at=self.clock(), before=before, after=after
                    )
                )
                await uow.commit()
        return member


async def _departments_of(
    uow: CompanyUnitOfWork, members: Sequence[Membership]
) -> list[tuple[Membership, list[Named]]]:
    """Each of these members, who are locked, with the departments that they serve."""
    known = {department.id: department.named for department in await uow.departments.all()}
    return [(member, [known[each] for each in member.departments]) for member in members]
