"""What stores of companies, departments and memberships promise."""

from collections.abc import Sequence

import pytest

from jaboti_adapters.contracts.builders import a_company, a_department, a_membership, a_user
from jaboti_adapters.contracts.scene import Scene, keep_people
from jaboti_adapters.contracts.suite import BackendContract
from jaboti_domain.company.errors import (
    CompanyNotFound,
    DepartmentExists,
    DepartmentNotFound,
    MemberExists,
    MemberNotFound,
)
from jaboti_domain.company.model import Company, Department, Membership
from jaboti_domain.kernel.actor import Role
from jaboti_domain.kernel.ids import CompanyId, DepartmentId, UserId, new_id


class CompanyContract(BackendContract):
    """A company, its departments and its members are kept whole, and are its own."""

    async def test_a_company_comes_back_equal(self, scene: Scene) -> None:
        company = a_company()
        company.time_zone, company.currency = "America/Manaus", "USD"
        async with scene.backend.uow(company.id) as uow:
            await uow.companies.save(company)
            await uow.commit()
        async with scene.backend.uow(company.id) as uow:
            assert await uow.companies.get() == company

    async def test_a_company_may_change(self, scene: Scene) -> None:
        async with scene.uow() as uow:
            company = await uow.companies.get()
            company.name = "Padaria Nova"
            await uow.companies.save(company)
            await uow.commit()
        assert await _company(scene) == company

    async def test_a_company_that_was_never_founded_is_refused(self, scene: Scene) -> None:
        async with scene.backend.uow(CompanyId(new_id())) as uow:
            with pytest.raises(CompanyNotFound):
                await uow.companies.get()

    async def test_departments_come_back_equal_in_the_order_in_which_they_were_opened(self, scene: Scene) -> None:
        finance = a_department(scene.company_id, "Financeiro")
        await scene.keep(finance)
        assert await _departments(scene) == [scene.sales, scene.support, finance]
        async with scene.uow() as uow:
            assert await uow.departments.get(finance.id) == finance

    async def test_an_unknown_department_is_refused(self, scene: Scene) -> None:
        async with scene.uow() as uow:
            with pytest.raises(DepartmentNotFound):
                await uow.departments.get(DepartmentId(new_id()))

    @pytest.mark.parametrize("name", ["Vendas", "VENDAS", "vendas"])
    async def test_no_two_departments_have_the_same_name(self, scene: Scene, name: str) -> None:
        with pytest.raises(DepartmentExists):
            await scene.keep(a_department(scene.company_id, name))
        assert await _departments(scene) == [scene.sales, scene.support]

    async def test_a_department_may_be_written_otherwise(self, scene: Scene) -> None:
        scene.sales.name, scene.sales.description = "VENDAS", "Quem vende"
        await scene.keep(scene.sales)
        assert await _departments(scene) == [scene.sales, scene.support]

    async def test_a_member_comes_back_equal(self, scene: Scene) -> None:
        user = a_user("Rita")
        member = a_membership(
            scene.company_id, user, role=Role.ADMIN, departments=[scene.sales.id, scene.support.id], primary=True
        )
        await keep_people(scene.backend, user)
        await scene.keep(member)
        assert await _member(scene, user.id) == member

    async def test_a_member_may_change(self, scene: Scene) -> None:
        member = await _member(scene, scene.ana.user_id)
        member.departments |= {scene.support.id}
        member.role, member.enabled, member.name = Role.SUPERVISOR, False, "Ana Lima"
        await scene.keep(member)
        assert await _member(scene, scene.ana.user_id) == member

    async def test_an_unknown_member_is_refused(self, scene: Scene) -> None:
        with pytest.raises(MemberNotFound):
            await _member(scene, UserId(new_id()))

    async def test_nobody_is_a_member_twice(self, scene: Scene) -> None:
        async with scene.backend.identity_uow() as uow:
            user = await uow.users.get(scene.ana.user_id)
        with pytest.raises(MemberExists):
            await scene.keep(a_membership(scene.company_id, user, role=Role.ADMIN))
        assert (await _member(scene, user.id)).role is Role.OPERATOR

    async def test_another_companys_departments_and_members_are_not_there(self, scene: Scene) -> None:
        other = await Scene.set_in(scene.backend)
        with pytest.raises(MemberNotFound):
            await _member(other, scene.ana.user_id)
        async with other.uow() as uow:
            with pytest.raises(DepartmentNotFound):
                await uow.departments.get(scene.sales.id)
        assert await _departments(other) == [other.sales, other.support]


async def _company(scene: Scene) -> Company:
    async with scene.uow() as uow:
        return await uow.companies.get()


async def _departments(scene: Scene) -> Sequence[Department]:
    async with scene.uow() as uow:
        return list(await uow.departments.all())


async def _member(scene: Scene, user_id: UserId) -> Membership:
    async with scene.uow() as uow:
        return await uow.memberships.get(user_id)
