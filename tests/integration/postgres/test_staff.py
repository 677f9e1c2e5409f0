"""Who works for a company changes one decision after the other, and is listed quickly."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Iterator
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest
from attrs import evolve

from jaboti_adapters.contracts.builders import a_membership, a_user
from jaboti_adapters.contracts.scene import Scene, keep_people
from jaboti_adapters.postgres.embedded import EmbeddedPostgres
from jaboti_adapters.postgres.engine import SETTINGS, Database
from jaboti_adapters.postgres.queries.attendants import page
from jaboti_domain.chat.errors import AttendantDisabled
from jaboti_domain.chat.use_cases.attend import StartChat, TransferChat
from jaboti_domain.chat.use_cases.staff import AppointMember, ChangeAttendant, RemoveMember
from jaboti_domain.company.errors import (
    DepartmentHasOpenChats,
    DepartmentNotFound,
    LastAdmin,
    MemberExists,
    MemberNotFound,
)
from jaboti_domain.company.queries import AttendantFilter
from jaboti_domain.company.use_cases.departments import RemoveDepartment
from jaboti_domain.kernel.actor import Actor, Role
from jaboti_domain.kernel.errors import Refusal
from jaboti_domain.kernel.ids import UserId
from tests.integration.postgres.on_postgres import postgres_backend
from tests.unit.rest.office import application_over

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]

ROUNDS = 10
MANY_MEMBERS = """
WITH person AS (
    INSERT INTO user_account (id, email, name, password_hash, enabled, created_at, shown, version)
    SELECT gen_random_uuid(), 'p' || n || '@example.com', 'Pessoa ' || n, '', true, now(), '', 1
    FROM generate_series(1, 1000) n RETURNING id, name
), member AS (
    INSERT INTO membership (company_id, user_id, role, enabled, created_at, version, name, sort_key, shown)
    SELECT $1, id, 'OPERATOR', true, now(), 1, name, lower(name), '{}' FROM person RETURNING user_id
)
INSERT INTO membership_department SELECT $1, user_id, unnest($2::uuid[]) FROM member
"""


@pytest.fixture
async def scene(database: Database) -> Scene:
    """A company at work."""
    return await Scene.set_in(postgres_backend(database))


@pytest.fixture
async def app(postgres: EmbeddedPostgres) -> AsyncIterator["Connection"]:
    """The application's role, with statements planned as in production."""
    connection = await asyncpg.connect(postgres.app_url, server_settings=SETTINGS)
    yield connection
    await connection.close()


async def two_admins(scene: Scene) -> tuple[Actor, Actor]:
    """Alda and Sofia."""
    async with scene.uow() as uow:
        sofia = await uow.memberships.get(scene.sofia.user_id)
        sofia.role = Role.ADMIN
        await uow.memberships.save(sofia)
        await uow.commit()
    return scene.alda, evolve(scene.sofia, role=Role.ADMIN)


async def at_once(*doing: Awaitable[object]) -> list[type[BaseException] | None]:
    """How each of them ended."""
    results = await asyncio.gather(*doing, return_exceptions=True)
    assert [r for r in results if isinstance(r, BaseException) and not isinstance(r, Refusal)] == []
    return [type(result) if isinstance(result, Refusal) else None for result in results]


@pytest.mark.parametrize("way", ["appoint", "change", "disable", "remove"])
async def test_of_two_admins_who_demote_each_other_one_stays(scene: Scene, way: str) -> None:
    new_uow, clock = scene.backend.uow, scene.backend.clock
    appoint, remove = (
        AppointMember(new_uow=new_uow, clock=clock, access_reads=scene.backend.access_reads),
        RemoveMember(new_uow=new_uow, clock=clock),
    )
    change: ChangeAttendant = application_over(scene.backend).application().change_attendant

    def demote(actor: Actor, other: Actor) -> Awaitable[object]:
        as_is: dict[str, Any] = {"user_id": other.user_id, "name": other.name, "departments": []}
        match way:
            case "appoint":
                return appoint(actor, user_id=other.user_id, role=Role.SUPERVISOR)
            case "change":
                return change(actor, **as_is, role=Role.OPERATOR)
            case "disable":
                return change(actor, **as_is, role=Role.ADMIN, enabled=False)
        return remove(actor, user_id=other.user_id)

    for _ in range(ROUNDS):
        rival = await Scene.set_in(scene.backend)
        one, other = await two_admins(rival)
        outcomes = await at_once(demote(one, other), demote(other, one))
        assert sorted(outcomes, key=str) == [LastAdmin, None]
        async with rival.uow() as uow:
            assert len(await uow.memberships.admins()) == 1


async def test_of_a_transfer_and_a_removal_at_once_one_loses(scene: Scene) -> None:
    new_uow, clock = scene.backend.uow, scene.backend.clock
    transfer, remove = TransferChat(new_uow=new_uow, clock=clock), RemoveDepartment(new_uow=new_uow, clock=clock)
    for _ in range(ROUNDS):
        rival = await Scene.set_in(scene.backend)
        chat = await rival.a_chat(attendant=rival.ana)
        outcomes = await at_once(
            transfer.to_department(rival.ana, chat_id=chat.id, department_id=rival.sales.id),
            remove(rival.sofia, department_id=rival.sales.id),
        )
        assert outcomes in ([None, DepartmentHasOpenChats], [DepartmentNotFound, None])


@pytest.mark.parametrize("way", ["disable", "remove"])
async def test_who_is_let_go_keeps_no_chat_whatever_happens_meanwhile(scene: Scene, way: str) -> None:
    new_uow, clock = scene.backend.uow, scene.backend.clock
    start, transfer = StartChat(new_uow=new_uow, clock=clock), TransferChat(new_uow=new_uow, clock=clock)
    remove = RemoveMember(new_uow=new_uow, clock=clock)
    change: ChangeAttendant = application_over(scene.backend).application().change_attendant

    def let_go(rival: Scene) -> Awaitable[object]:
        ana = rival.ana
        if way == "remove":
            return remove(rival.alda, user_id=ana.user_id)
        return change(
            rival.alda, user_id=ana.user_id, name="Ana", role=ana.role, departments=ana.departments, enabled=False
        )

    for _ in range(ROUNDS):
        rival = await Scene.set_in(scene.backend)
        waiting, theirs = await rival.a_chat(), await rival.a_chat(attendant=rival.bia)
        ana = rival.ana.user_id
        *others, removed = await at_once(
            start(rival.ana, chat_id=waiting.id),
            transfer.to_attendant(rival.sofia, chat_id=theirs.id, user_id=ana),
            let_go(rival),
        )
        assert removed is None
        assert set(others) <= {None, AttendantDisabled, MemberNotFound}
        async with rival.uow() as uow:
            assert list(await uow.chats.find_attended_by(ana)) == []


async def test_somebody_who_is_hired_twice_at_once_is_hired_once(scene: Scene) -> None:
    hire = application_over(scene.backend).application().hire_attendant
    for number in range(ROUNDS):
        new: dict[str, Any] = {"email": f"r{number}@example.com", "name": "Rita", "password": "casa torta na colina"}
        outcomes = await at_once(*(hire(scene.alda, **new, role=Role.OPERATOR) for _ in range(3)))
        assert sorted(outcomes, key=str) == [MemberExists, MemberExists, None]


async def test_of_companies_that_become_the_primary_one_at_once_one_is(scene: Scene) -> None:
    scenes, person = [scene, *[await Scene.set_in(scene.backend) for _ in range(3)]], a_user()
    await keep_people(scene.backend, person)
    for each in scenes:
        await each.keep(a_membership(each.company_id, person))
    await asyncio.gather(*(_make_primary(each, person.id) for each in scenes))
    companies = await scene.backend.access_reads.companies_of(person.id)
    assert [company.primary for company in companies] == [True, False, False, False]


async def test_of_a_thousand_attendants_only_a_page_is_made_into_documents(
    scene: Scene, app: "Connection", superuser: "Connection"
) -> None:
    await superuser.execute(MANY_MEMBERS, scene.company_id, [scene.sales.id, scene.support.id])
    await superuser.execute("ANALYZE membership, membership_department, user_account")
    where = AttendantFilter(online=False, search="pessoa")
    found = await scene.backend.attendant_reads.page(scene.company_id, where=where, present=[], after=None, limit=50)
    assert len(json.loads(found.items)) == 50
    statement = page(frozenset({"offline", "search"}))
    values = {"company_id": scene.company_id, "present": [], "limit": 50, "search": "pessoa"}
    arguments = statement.arguments(values)
    (explained,) = json.loads(await app.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement.sql}", *arguments))
    assert max(_looked_up(explained["Plan"])) <= 102, "a page, and two departments each"


async def _make_primary(scene: Scene, user_id: UserId) -> None:
    async with scene.uow() as uow:
        member = await uow.memberships.get(user_id)
        member.change(primary=True, at=scene.now())
        await uow.memberships.save(member)
        await uow.commit()


def _looked_up(plan: dict[str, Any]) -> Iterator[int]:
    """How often it was looked up what somebody serves."""
    if plan.get("Relation Name") == "membership_department":
        yield int(plan["Actual Loops"])
    for part in plan.get("Plans", ()):
        yield from _looked_up(part)
