"""/companies: what they are like, and who works there."""

from typing import Any

import pytest

from jaboti_adapters.contracts.builders import a_company, a_membership, a_user
from jaboti_adapters.contracts.scene import keep, keep_people
from jaboti_domain.identity.model import User
from jaboti_domain.kernel.actor import Actor, Role
from jaboti_domain.kernel.ids import CompanyId
from tests.unit.rest.office import Desk, Office

NOBODYS = "0190a8f0-0000-7000-8000-000000000000"
MONDAY = [{"from": "09:00", "to": "12:00"}, {"from": "13:00", "to": "24:00"}]
HOURS = {"week": {"monday": MONDAY}, "holidays": ["2026-12-25"]}


def hours(*monday: dict[str, str]) -> dict[str, Any]:
    """Open on Mondays."""
    return {"businessHours": {"week": {"monday": monday}}}


@pytest.fixture
def here(office: Office) -> str:
    """The company's address."""
    return f"/companies/{office.scene.company_id}"


async def another_company_of(office: Office, actor: Actor) -> CompanyId:
    """Another one of the same person's."""
    company = a_company("Oficina Sol")
    async with office.scene.backend.identity_uow() as uow:
        person = await uow.users.get(actor.user_id)
    await keep(office.scene.backend, company.id, company, a_membership(company.id, person, role=Role.ADMIN))
    return company.id


async def deeds(office: Office, alda: Desk) -> list[tuple[str, Any, Any]]:
    """What the audit log says, oldest first."""
    entries = (await alda.get("/audit")).json()["items"]
    return [(entry["action"], entry["before"], entry["after"]) for entry in reversed(entries)]


async def test_everybody_sees_the_companies_that_they_belong_to(office: Office, ana: Desk, here: str) -> None:
    (listed,) = (await ana.get("/companies")).json()["items"]
    assert (listed["name"], listed["role"], listed["timeZone"]) == ("Padaria Aurora", "OPERATOR", "America/Sao_Paulo")
    one = await ana.get(here)
    assert (one.json(), one.headers["etag"]) == (listed, 'W/"1"')


async def test_who_has_not_selected_a_company_sees_them_too(office: Office) -> None:
    _, token = await office.session(office.scene.ana.user_id, None)
    assert len((await office.with_token(token).get("/companies")).json()["items"]) == 1


async def test_a_company_is_changed_in_what_is_given(office: Office, alda: Desk, here: str) -> None:
    bot = {"greeting": " Olá! ", "farewell": ""}
    changed = await alda.patch(here, {"currency": "EUR", "businessHours": HOURS, "bot": bot})
    told = changed.json()
    assert (told["name"], told["currency"], told["bot"]["greeting"]) == ("Padaria Aurora", "EUR", "Olá!")
    assert told["businessHours"]["week"]["monday"] == MONDAY
    assert (told["businessHours"]["week"]["sunday"], told["businessHours"]["holidays"]) == ([], ["2026-12-25"])
    cleared = await alda.patch(here, {"businessHours": None})
    assert (cleared.json()["businessHours"], cleared.json()["bot"]) == (None, told["bot"])
    assert (await alda.get(here)).json() == cleared.json()


async def test_a_change_is_kept_in_the_audit_log(office: Office, alda: Desk, here: str) -> None:
    await alda.patch(here, {"name": "Padaria Nova", "timeZone": "America/Manaus"})
    await alda.patch(here, {"name": "Padaria Nova"})
    before, after = (
        {"name": "Padaria Aurora", "timeZone": "America/Sao_Paulo"},
        {"name": "Padaria Nova", "timeZone": "America/Manaus"},
    )
    assert await deeds(office, alda) == [("company.updated", before, after)]


async def test_how_long_something_is_kept_is_changed_alone(office: Office, alda: Desk, here: str) -> None:
    usual = (await alda.get(here)).json()["retention"]
    changed = (await alda.patch(here, {"retention": {"messages": 730, "callLog": None}})).json()["retention"]
    assert changed == {**usual, "messages": 730, "callLog": None}
    assert (usual["messages"], usual["journal"]) == (None, 30)
    assert (await alda.patch(here, {"retention": {"messages": None}})).json()["retention"] == {**usual, "callLog": None}
    assert [
        (before["retention"]["messages"], after["retention"]["messages"])
        for _, before, after in await deeds(office, alda)
    ] == [(None, 730), (730, None)]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"name": " "}, "/name"),
        ({"name": None}, "/name"),
        ({"timeZone": "Mars/Olympus"}, "/timeZone"),
        ({"currency": "XXX"}, "/currency"),
        ({"currency": "real"}, "/currency"),
        ({"bot": {"greeting": ""}}, "/bot/greeting"),
        (hours({"from": "24:00", "to": "24:00"}), "/businessHours/week/monday/0/from"),
        (hours({"from": "09:00", "to": "08:00"}), "/businessHours"),
        (hours({"from": "09:00", "to": "12:00"}, {"from": "11:00", "to": "13:00"}), "/businessHours"),
        ({"businessHours": {"week": {"noday": []}}}, "/businessHours/week/noday/[key]"),
        ({"businessHours": {"week": {}, "holidays": ["2026-02-30"]}}, "/businessHours"),
        ({"role": "ADMIN"}, "/role"),
        ({"retention": None}, "/retention"),
        ({"retention": {"messages": 6}}, "/retention/messages"),
        ({"retention": {"usage": 36_501}}, "/retention/usage"),
        ({"retention": {"audit": 30}}, "/retention/audit"),
    ],
)
async def test_what_can_not_be_is_refused(alda: Desk, here: str, body: dict[str, Any], pointer: str) -> None:
    refused = await alda.patch(here, body)
    assert refused.status_code == 422, refused.text
    assert [error["pointer"] for error in refused.json()["errors"]] == [pointer]


async def test_a_companys_version_is_honoured(alda: Desk, here: str) -> None:
    first = (await alda.get(here)).headers["etag"]
    second = (await alda.patch(here, {"name": "B"}, headers={"if-match": first})).headers["etag"]
    assert first != second
    assert (await alda.patch(here, {"name": "C"}, headers={"if-match": first})).status_code == 412


async def test_only_admins_change_a_company(ana: Desk, sofia: Desk, here: str) -> None:
    assert [(await desk.patch(here, {"name": "B"})).status_code for desk in (ana, sofia)] == [403, 403]


@pytest.mark.parametrize(("method", "path"), [("PATCH", ""), ("GET", "/members"), ("DELETE", f"/members/{NOBODYS}")])
async def test_only_the_active_company_is_worked_on(office: Office, alda: Desk, method: str, path: str) -> None:
    body = {"name": "B"} if method == "PATCH" else None
    mine, same = await another_company_of(office, office.scene.alda), {"x-request-id": "same"}
    foreign = a_company()
    await keep(office.scene.backend, foreign.id, foreign)
    answers = [
        await office.http.request(method, f"/companies/{company_id}{path}", json=body, headers=alda.headers | same)
        for company_id in (mine, foreign.id, NOBODYS)
    ]
    assert [answer.status_code for answer in answers] == [403, 404, 404]
    assert answers[0].json()["code"] == "auth.other_company"
    assert answers[1].content == answers[2].content


async def test_a_company_that_is_not_ones_own_is_not_there(office: Office, ana: Desk) -> None:
    assert (await ana.get(f"/companies/{NOBODYS}")).json()["code"] == "company.not_found"
    second = await another_company_of(office, office.scene.ana)
    assert (await ana.get(f"/companies/{second}")).json()["role"] == "ADMIN"


async def test_members_are_listed_for_supervisors(office: Office, sofia: Desk, ana: Desk, here: str) -> None:
    first = (await sofia.get(f"{here}/members", limit=3)).json()
    second = (await sofia.get(f"{here}/members", limit=3, cursor=first["nextCursor"])).json()
    names = [member["name"] for page in (first, second) for member in page["items"]]
    assert (names, second["nextCursor"]) == (["Alda", "Ana", "Bia", "Caio", "Sofia"], None)
    assert (await ana.get(f"{here}/members")).status_code == 403


async def test_a_role_is_given(office: Office, alda: Desk, here: str) -> None:
    path = f"{here}/members/{office.scene.ana.user_id}"
    changed = await alda.put(path, {"role": "SUPERVISOR", "primary": True})
    assert (changed.json()["role"], changed.json()["primary"]) == ("SUPERVISOR", True)
    assert (await alda.put(path, {"role": "SUPERVISOR"})).headers["etag"] == changed.headers["etag"]
    before, after = {"role": "OPERATOR", "primary": False}, {"role": "SUPERVISOR", "primary": True}
    assert await deeds(office, alda) == [("member.role_changed", before, after)]


async def a_colleague(office: Office, *, also_aldas: bool = True) -> User:
    """Rita, who works at another company, as Alda does, or else Ana."""
    there = await another_company_of(office, office.scene.alda if also_aldas else office.scene.ana)
    rita = a_user("Rita")
    await keep_people(office.scene.backend, rita)
    await keep(office.scene.backend, there, a_membership(there, rita))
    return rita


async def test_a_colleague_of_another_company_becomes_a_member(office: Office, alda: Desk, here: str) -> None:
    rita = await a_colleague(office)
    added = (await alda.put(f"{here}/members/{rita.id}", {"role": "OPERATOR"})).json()
    assert (added["name"], added["email"], added["primary"]) == ("Rita", rita.email, False)
    assert (await alda.get(f"/users/{rita.id}")).json()["name"] == "Rita"
    assert [action for action, _, _ in await deeds(office, alda)] == ["member.added"]


async def test_who_is_a_colleague_nowhere_is_not_found(office: Office, alda: Desk, here: str) -> None:
    strangers = (await a_colleague(office, also_aldas=False)).id
    for somebody in (NOBODYS, strangers):
        refused = await alda.put(f"{here}/members/{somebody}", {"role": "ADMIN"})
        assert (refused.status_code, refused.json()["code"]) == (404, "member.not_found")
    assert (await alda.delete(f"{here}/members/{NOBODYS}")).json()["code"] == "member.not_found"


async def test_a_member_leaves_and_comes_back(office: Office, alda: Desk, here: str) -> None:
    path = f"{here}/members/{office.scene.ana.user_id}"
    assert (await alda.delete(path)).status_code == 204
    assert [
        (await alda.delete(path)).status_code,
        (await alda.get(f"/users/{office.scene.ana.user_id}")).status_code,
    ] == [404, 404]
    assert (await alda.put(path, {"role": "OPERATOR"}, headers={"if-match": 'W/"2"'})).status_code == 412
    assert (await alda.put(path, {"role": "SUPERVISOR"})).json()["role"] == "SUPERVISOR"
    assert [action for action, _, _ in await deeds(office, alda)] == ["member.removed", "member.added"]


async def test_the_last_admin_stays(office: Office, alda: Desk, here: str) -> None:
    path = f"{here}/members/{office.scene.alda.user_id}"
    refusals = [await alda.put(path, {"role": "OPERATOR"}), await alda.delete(path)]
    assert [(refused.status_code, refused.json()["code"]) for refused in refusals] == [(409, "member.last_admin")] * 2
    await alda.put(f"{here}/members/{office.scene.sofia.user_id}", {"role": "ADMIN"})
    assert (await alda.put(path, {"role": "OPERATOR"})).status_code == 200


async def test_one_company_is_the_primary_one(office: Office, alda: Desk, here: str) -> None:
    await another_company_of(office, office.scene.alda)
    await alda.put(f"{here}/members/{office.scene.alda.user_id}", {"role": "ADMIN", "primary": True})
    told = (await alda.get("/auth/companies")).json()["items"]
    assert [(company["name"], company["primary"]) for company in told] == [
        ("Padaria Aurora", True),
        ("Oficina Sol", False),
    ]
