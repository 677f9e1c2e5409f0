"""What stores of companies, departments and memberships promise."""

import asyncio
from collections.abc import Collection, Sequence
from datetime import date

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
from jaboti_domain.company.hours import BusinessHours, Interval
from jaboti_domain.company.model import Company, Department, Membership
from jaboti_domain.kernel.actor import Role
from jaboti_domain.kernel.bot import BotSettings
from jaboti_domain.kernel.ids import CompanyId, DepartmentId, UserId, new_id


class CompanyContract(BackendContract):
    """A company, its departments and its members are kept whole, and are its own."""

    async def test_a_company_comes_back_equal(self, scene: Scene) -> None:
        company = a_company()
        hours = BusinessHours(week=[[Interval.of("09:00", "24:00")], *[[]] * 6], holidays=[date(2026, 12, 25)])
        company.time_zone, company.currency, company.hours = "America/Manaus", "USD", hours
        company.bot = BotSettings(greeting="Olá! 😀", farewell="Tchau")
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

    async def test_a_department_that_was_removed_is_not_there_and_its_name_is_free(self, scene: Scene) -> None:
        scene.sales.remove(open_chats=0, at=scene.now())
        await scene.keep(scene.sales)
        async with scene.uow() as uow:
            with pytest.raises(DepartmentNotFound):
                await uow.departments.get(scene.sales.id)
        successor = a_department(scene.company_id, "vendas")
        await scene.keep(successor)
        assert await _departments(scene) == [scene.support, successor]

    async def test_open_chats_of_a_department_are_counted(self, scene: Scene) -> None:
        chats = [await scene.a_chat() for _ in range(4)]
        for chat, ending in zip(chats, ("waits", "taken", "ended", "elsewhere"), strict=True):
            async with scene.change(chat.id) as changed:
                department = scene.support if ending == "elsewhere" else scene.sales
                changed.queue(department.named, at=scene.now())
                if ending != "waits":
                    changed.start(scene.sofia, at=scene.now())
                if ending == "ended":
                    changed.end(scene.sofia, reason="", at=scene.now())
        async with scene.uow() as uow:
            assert await uow.departments.count_open_chats(scene.sales.id) == 2
            assert await uow.departments.count_open_chats(DepartmentId(new_id())) == 0

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

    async def test_who_has_left_is_found_only_where_one_asks_for_them(self, scene: Scene) -> None:
        member = await _member(scene, scene.ana.user_id)
        member.leave(admins=[], at=scene.now())
        await scene.keep(member)
        with pytest.raises(MemberNotFound):
            await _member(scene, scene.ana.user_id)
        async with scene.uow() as uow:
            assert await uow.memberships.find(scene.ana.user_id) == member
            assert await uow.memberships.find(UserId(new_id())) is None

    async def test_those_who_serve_a_department_are_found(self, scene: Scene) -> None:
        disabled = await _member(scene, scene.bia.user_id)
        disabled.enabled = False
        await scene.keep(disabled)
        async with scene.uow() as uow:
            found = await uow.memberships.find_of_department(scene.sales.id)
        assert [member.user_id for member in found] == sorted([scene.ana.user_id, scene.bia.user_id])
        assert disabled in found

    async def test_admins_are_those_who_can_administer(self, scene: Scene) -> None:
        names = ("Rita", "Olga", "Lia", "Ivo")
        people = [a_user(name) for name in names]
        members = [a_membership(scene.company_id, person, role=Role.ADMIN) for person in people]
        people[1].enabled, members[2].enabled = False, False
        members[3].left_at = scene.now()
        await keep_people(scene.backend, *people)
        await scene.keep(*members)
        async with scene.uow() as uow:
            assert set(await uow.memberships.admins()) == {scene.alda.user_id, people[0].id}

    async def test_of_two_units_that_ask_for_the_admins_one_waits_for_the_other(self, scene: Scene) -> None:
        async def admins() -> Collection[UserId]:
            async with scene.uow() as uow:
                return await uow.memberships.admins()

        async with scene.uow() as uow:
            await uow.memberships.admins()
            asking = asyncio.create_task(admins())
            await asyncio.sleep(0.02)
            assert not asking.done()
            alda = await uow.memberships.get(scene.alda.user_id)
            alda.role = Role.SUPERVISOR
            await uow.memberships.save(alda)
            await uow.commit()
        assert list(await asking) == []

    async def test_whether_somebody_is_elsewhere_does_not_depend_on_being_enabled(self, scene: Scene) -> None:
        other = await Scene.set_in(scene.backend)
        ana = a_user()
        await keep_people(scene.backend, ana)
        there = a_membership(other.company_id, ana, enabled=False)
        await scene.keep(a_membership(scene.company_id, ana))
        assert not await _is_elsewhere(scene, ana.id)
        await other.keep(there)
        assert await _is_elsewhere(scene, ana.id)
        there.leave(admins=[], at=scene.now())
        await other.keep(there)
        assert not await _is_elsewhere(scene, ana.id)

    async def test_one_company_of_a_user_is_the_primary_one(self, scene: Scene) -> None:
        other = await Scene.set_in(scene.backend)
        ana = a_user()
        await keep_people(scene.backend, ana)
        await scene.keep(a_membership(scene.company_id, ana, primary=True))
        await other.keep(a_membership(other.company_id, ana, primary=True))
        here, there = await _member(scene, ana.id), await _member(other, ana.id)
        assert (here.primary, there.primary) == (False, True)
        await scene.keep(here)
        assert (await _member(other, ana.id)).primary, "who is not the primary one takes nothing away"
        there.primary = False
        await other.keep(there)
        companies = await scene.backend.access_reads.companies_of(ana.id)
        assert [company.primary for company in companies] == [False, False]

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


async def _is_elsewhere(scene: Scene, user_id: UserId) -> bool:
    async with scene.uow() as uow:
        found = await uow.memberships.is_elsewhere(user_id)
        assert (await uow.memberships.get(user_id)).company_id == scene.company_id
        return found
