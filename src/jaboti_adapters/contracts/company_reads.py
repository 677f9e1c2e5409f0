"""What reads of companies, members, departments and attendants promise."""

import json
from collections.abc import Awaitable, Callable, Collection
from datetime import date
from typing import Any

import pytest

from jaboti_adapters.contracts.builders import a_company, a_department, a_membership, a_user
from jaboti_adapters.contracts.chat_documents import wire
from jaboti_adapters.contracts.scene import Scene, keep, keep_people
from jaboti_adapters.contracts.suite import BackendContract
from jaboti_domain.company.errors import CompanyNotFound, DepartmentNotFound, MemberNotFound
from jaboti_domain.company.hours import BusinessHours, Interval
from jaboti_domain.company.queries import AttendantFilter
from jaboti_domain.company.retention import Held, Retention
from jaboti_domain.kernel.actor import Role
from jaboti_domain.kernel.bot import BotSettings
from jaboti_domain.kernel.errors import InvalidCursor
from jaboti_domain.kernel.ids import CompanyId, DepartmentId, UserId, new_id
from jaboti_domain.kernel.paging import Cursor, JsonPage

EVERYBODY = AttendantFilter()
Read = Callable[[Cursor | None], Awaitable[JsonPage]]


class CompanyReadsContract(BackendContract):
    """Companies as their members see them, and who works in which department."""

    async def test_a_company_is_shown_with_its_settings_and_what_one_is_there(self, scene: Scene) -> None:
        async with scene.uow() as uow:
            company = await uow.companies.get()
            week = [[Interval.of("09:00", "18:00")], *[[]] * 6]
            company.hours = BusinessHours(week=week, holidays=[date(2026, 1, 1)])
            company.bot = BotSettings(greeting="Olá 😀")
            company.change({"retention": {Held.MESSAGES: 365, Held.USAGE: None}})
            await uow.companies.save(company)
            await uow.commit()
        (listed,) = json.loads(await scene.backend.company_reads.companies_of(scene.sofia.user_id))
        assert listed == {
            "id": str(scene.company_id),
            "name": "Padaria Aurora",
            "timeZone": "America/Sao_Paulo",
            "currency": "BRL",
            "businessHours": company.hours.record(),
            "bot": {"greeting": "Olá 😀", "farewell": ""},
            "retention": {**Retention().record(), "messages": 365, "usage": None},
            "role": "SUPERVISOR",
            "primary": False,
            "version": 2,
        }
        one = await scene.backend.company_reads.company_of(scene.sofia.user_id, scene.company_id)
        assert json.loads(one) == listed

    async def test_the_primary_company_comes_first_and_those_that_one_left_are_gone(self, scene: Scene) -> None:
        user = a_user()
        await keep_people(scene.backend, user)
        for name in ("Ouro", "Cobre", "Zinco", "Ferro", "Bronze"):
            company = a_company(name)
            member = a_membership(company.id, user, primary=name == "Zinco", enabled=name != "Cobre")
            member.left_at = company.created_at if name == "Bronze" else None
            await keep(scene.backend, company.id, company, member)
        listed = json.loads(await scene.backend.company_reads.companies_of(user.id))
        assert [(each["name"], each["primary"]) for each in listed] == [
            ("Zinco", True),
            ("Ferro", False),
            ("Ouro", False),
        ]
        assert json.loads(listed[0]["businessHours"] or "null") is None

    async def test_a_company_that_is_not_ones_own_is_not_there(self, scene: Scene) -> None:
        other, reads = await Scene.set_in(scene.backend), scene.backend.company_reads
        for company_id in (other.company_id, CompanyId(new_id())):
            with pytest.raises(CompanyNotFound):
                await reads.company_of(scene.ana.user_id, company_id)
        assert await reads.companies_of(UserId(new_id())) == b"[]"

    async def test_members_are_shown_by_name(self, scene: Scene) -> None:
        reads, company_id = scene.backend.company_reads, scene.company_id
        pages = await all_pages(lambda after: reads.members(company_id, after=after, limit=2))
        assert [[each["name"] for each in page] for page in pages] == [["Alda", "Ana"], ["Bia", "Caio"], ["Sofia"]]
        async with scene.uow() as uow:
            member = await uow.memberships.get(scene.sofia.user_id)
        assert pages[2][0] == json.loads(await reads.member(company_id, scene.sofia.user_id))
        assert {**pages[2][0], "email": ""} == {
            "userId": str(scene.sofia.user_id),
            "name": "Sofia",
            "email": "",
            "role": "SUPERVISOR",
            "primary": False,
            "enabled": True,
            "joinedAt": wire(member.created_at),
            "version": 1,
        }

    async def test_neither_case_nor_accents_count_in_the_order(self, scene: Scene) -> None:
        for name in ("Água", "zinco", "Cobre", "ÉTER", "bronze"):
            await scene.keep(a_department(scene.company_id, name))
        reads = scene.backend.company_reads
        pages = await all_pages(lambda after: reads.departments(scene.company_id, after=after, limit=3))
        names = [each["name"] for page in pages for each in page]
        assert names == ["Água", "bronze", "Cobre", "ÉTER", "Suporte", "Vendas", "zinco"]

    async def test_people_of_the_same_name_are_all_shown(self, scene: Scene) -> None:
        users = [a_user("Ana") for _ in range(5)]
        await keep_people(scene.backend, *users)
        await scene.keep(*(a_membership(scene.company_id, user) for user in users))
        pages = await all_pages(
            lambda after: scene.backend.company_reads.members(scene.company_id, after=after, limit=1)
        )
        names = [each["name"] for page in pages for each in page]
        assert names == ["Alda", *["Ana"] * 6, "Bia", "Caio", "Sofia"]
        assert len({each["userId"] for page in pages for each in page}) == 10

    async def test_a_department_is_shown_with_those_who_serve_it(self, scene: Scene) -> None:
        reads = scene.backend.company_reads
        async with scene.uow() as uow:
            caio = await uow.memberships.get(scene.caio.user_id)
            caio.leave(admins=[], at=scene.now())
            await uow.memberships.save(caio)
            await uow.commit()
        shown = [json.loads(await reads.department(scene.company_id, each.id)) for each in (scene.sales, scene.support)]
        members = [{"id": str(each.user_id), "name": each.name} for each in (scene.ana, scene.bia)]
        assert shown == [
            {"id": str(scene.sales.id), "name": "Vendas", "description": "", "members": members, "version": 1},
            {"id": str(scene.support.id), "name": "Suporte", "description": "", "members": [], "version": 1},
        ]

    async def test_what_is_gone_or_of_another_company_is_not_there(self, scene: Scene) -> None:
        other, reads = await Scene.set_in(scene.backend), scene.backend.company_reads
        scene.sales.remove(open_chats=0, at=scene.now())
        await scene.keep(scene.sales)
        for department_id in (scene.sales.id, other.sales.id, DepartmentId(new_id())):
            with pytest.raises(DepartmentNotFound):
                await reads.department(scene.company_id, department_id)
        for user_id in (other.ana.user_id, UserId(new_id())):
            with pytest.raises(MemberNotFound):
                await reads.member(scene.company_id, user_id)

    @pytest.mark.parametrize("key", [[], ["a"], ["a", "b"], ["a", "b", "c"]])
    async def test_a_cursor_of_another_list_is_refused(self, scene: Scene, key: list[str]) -> None:
        reads, company_id, after = scene.backend.company_reads, scene.company_id, Cursor(key)
        with pytest.raises(InvalidCursor):
            await reads.members(company_id, after=after, limit=2)
        with pytest.raises(InvalidCursor):
            await reads.departments(company_id, after=after, limit=2)
        with pytest.raises(InvalidCursor):
            await scene.backend.attendant_reads.page(company_id, where=EVERYBODY, present=[], after=after, limit=2)

    async def test_old_chats_show_who_and_what_is_gone(self, scene: Scene) -> None:
        chat = await scene.a_chat()
        async with scene.change(chat.id) as changed:
            changed.queue(scene.sales.named, at=scene.now())
            changed.start(scene.ana, at=scene.now())
            changed.end(scene.ana, reason="", at=scene.now())
        scene.sales.remove(open_chats=0, at=scene.now())
        async with scene.uow() as uow:
            ana = await uow.memberships.get(scene.ana.user_id)
            ana.leave(admins=[], at=scene.now())
            await uow.memberships.save(ana)
            await uow.departments.save(scene.sales)
            await uow.commit()
        shown = json.loads(await scene.backend.chat_reads.one(scene.company_id, chat.id))
        assert (shown["attendant"]["name"], shown["department"]["name"]) == ("Ana", "Vendas")


class AttendantReadsContract(BackendContract):
    """Members as attendants: who is meant, who is there."""

    async def test_an_attendant_is_shown_with_departments_and_presence(self, scene: Scene) -> None:
        await tie(scene, scene.ana.user_id, scene.sales.id, scene.support.id)
        shown = json.loads(
            await scene.backend.attendant_reads.one(scene.company_id, scene.ana.user_id, present=[scene.ana.user_id])
        )
        email = shown.pop("email")
        assert email.endswith("@example.com")
        assert shown == {
            "id": str(scene.ana.user_id),
            "name": "Ana",
            "role": "OPERATOR",
            "departments": [
                {"id": str(scene.support.id), "name": "Suporte"},
                {"id": str(scene.sales.id), "name": "Vendas"},
            ],
            "online": True,
            "enabled": True,
            "version": 2,
        }
        assert {**shown, "email": email} in await attendants(scene, present=[scene.ana.user_id])

    async def test_every_condition_holds(self, scene: Scene) -> None:
        present = [scene.ana.user_id, scene.sofia.user_id]
        of_sales = scene.sales.id
        for where, names in (
            (AttendantFilter(department_id=of_sales), ["Ana", "Bia"]),
            (AttendantFilter(online=True), ["Ana", "Sofia"]),
            (AttendantFilter(online=False), ["Alda", "Bia", "Caio"]),
            (AttendantFilter(department_id=of_sales, online=True), ["Ana"]),
            (AttendantFilter(department_id=DepartmentId(new_id())), []),
            (AttendantFilter(department_id=of_sales, search="ia"), ["Bia"]),
        ):
            assert (where, [each["name"] for each in await attendants(scene, where, present)]) == (where, names)

    @pytest.mark.parametrize("search", ["jose", "JOSÉ", "é m", "maria", "jm.2@", "JM.2@EXAMPLE"])
    async def test_part_of_a_name_or_an_address_finds(self, scene: Scene, search: str) -> None:
        user = a_user("José María", email=f"jm.2@example.{new_id().hex}.com")
        await keep_people(scene.backend, user)
        await scene.keep(a_membership(scene.company_id, user))
        assert [each["name"] for each in await attendants(scene, AttendantFilter(search=search))] == ["José María"]

    @pytest.mark.parametrize("search", ["%", "_", "\\", "' OR 1=1--", "zzz"])
    async def test_a_search_is_only_text(self, scene: Scene, search: str) -> None:
        assert await attendants(scene, AttendantFilter(search=search)) == []

    async def test_pages_follow_one_another_whatever_the_condition(self, scene: Scene) -> None:
        reads = scene.backend.attendant_reads

        async def read(after: Cursor | None) -> JsonPage:
            where = AttendantFilter(online=False)
            return await reads.page(scene.company_id, where=where, present=[scene.bia.user_id], after=after, limit=2)

        names = [[each["name"] for each in page] for page in await all_pages(read)]
        assert names == [["Alda", "Ana"], ["Caio", "Sofia"]]

    async def test_who_has_left_is_not_shown(self, scene: Scene) -> None:
        async with scene.uow() as uow:
            ana = await uow.memberships.get(scene.ana.user_id)
            ana.leave(admins=[], at=scene.now())
            await uow.memberships.save(ana)
            await uow.commit()
        assert "Ana" not in [each["name"] for each in await attendants(scene)]
        for user_id in (scene.ana.user_id, UserId(new_id())):
            with pytest.raises(MemberNotFound):
                await scene.backend.attendant_reads.one(scene.company_id, user_id, present=[])

    async def test_everybody_is_called_what_they_are_called_in_the_company(self, scene: Scene) -> None:
        other, user = await Scene.set_in(scene.backend), a_user("Rita")
        await keep_people(scene.backend, user)
        here, there = a_membership(scene.company_id, user), a_membership(other.company_id, user, role=Role.ADMIN)
        here.name = "Ritinha"
        await scene.keep(here)
        await other.keep(there)
        found = [await attendants(each, AttendantFilter(search="rit")) for each in (scene, other)]
        assert [[each["name"] for each in company] for company in found] == [["Ritinha"], ["Rita"]]


async def attendants(
    scene: Scene, where: AttendantFilter = EVERYBODY, present: Collection[UserId] = ()
) -> list[dict[str, Any]]:
    """The list, whole."""
    page = await scene.backend.attendant_reads.page(
        scene.company_id, where=where, present=present, after=None, limit=200
    )
    assert page.next is None
    found: list[dict[str, Any]] = json.loads(page.items)
    return found


async def tie(scene: Scene, user_id: UserId, *departments: DepartmentId) -> None:
    """Let somebody serve these departments."""
    async with scene.uow() as uow:
        member = await uow.memberships.get(user_id)
        member.departments = frozenset(departments)
        await uow.memberships.save(member)
        await uow.commit()


async def all_pages(read: Read) -> list[list[dict[str, Any]]]:
    """Every page of a list."""
    pages: list[list[dict[str, Any]]] = []
    after: Cursor | None = None
    while after or not pages:
        page = await read(after)
        pages.append(json.loads(page.items))
        after = page.next
    return pages
