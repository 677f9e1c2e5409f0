"""/users: the attendants of the active company."""

from typing import Any

import pytest

from jaboti_adapters.contracts.builders import a_membership, a_user
from jaboti_adapters.contracts.scene import Scene, keep_people
from jaboti_domain.identity.model import User
from jaboti_domain.kernel.actor import Actor
from jaboti_domain.kernel.ids import new_id
from tests.unit.rest.office import PASSWORD, Desk, Office
from tests.unit.rest.test_companies import deeds

NEW = {"email": "Rita@Example.com ", "name": "Rita", "password": PASSWORD, "role": "OPERATOR"}


def at(actor: Actor) -> str:
    """Somebody's address."""
    return f"/users/{actor.user_id}"


def as_is(scene: Scene, **changes: Any) -> dict[str, Any]:
    """What Ana is, to be put."""
    return {"name": "Ana", "role": "OPERATOR", "departments": [str(scene.sales.id)], **changes}


async def names(desk: Desk, **query: Any) -> list[str]:
    """Who is listed."""
    return [each["name"] for each in (await desk.get("/users", **query)).json()["items"]]


async def signs_in(office: Office, email: str, password: str = PASSWORD) -> int:
    """The status of the attempt."""
    return (await office.stranger.post("/auth/login", {"email": email, "password": password})).status_code


async def test_attendants_are_listed(office: Office, ana: Desk) -> None:
    scene = office.scene
    assert await names(ana) == ["Alda", "Ana", "Bia", "Caio", "Sofia"]
    assert await names(ana, departmentId=str(scene.sales.id)) == ["Ana", "Bia"]
    assert await names(ana, search=" SÓFIA ") == ["Sofia"]
    assert await names(ana, search="%") == []
    first = (await ana.get("/users", limit=3)).json()
    assert await names(ana, limit=3, cursor=first["nextCursor"]) == ["Caio", "Sofia"]


async def test_who_is_online_is_told(office: Office, ana: Desk, sofia: Desk) -> None:
    scene = office.scene
    async with office.application.presence.connected(scene.company_id, scene.bia.user_id):
        assert await names(ana, online="true") == ["Bia"]
        assert "Bia" not in await names(ana, online="false")
        assert (await ana.get(at(scene.bia))).json()["online"] is True
    assert (await sofia.put("/users/me/presence", {"online": True})).json() == {"online": True}
    assert await names(ana, online="true") == ["Bia", "Sofia"]
    assert (await sofia.put("/users/me/presence", {"online": False})).json() == {"online": False}
    assert await names(ana, online="true") == ["Bia"]


async def test_somebody_is_hired(office: Office, alda: Desk) -> None:
    scene = office.scene
    hired = await alda.post("/users", NEW | {"departments": [str(scene.support.id)]})
    told = hired.json()
    assert (hired.status_code, told["email"], told["role"]) == (201, "rita@example.com", "OPERATOR")
    assert told["departments"] == [{"id": str(scene.support.id), "name": "Suporte"}]
    found = await alda.get(hired.headers["location"])
    assert (found.json(), found.headers["etag"]) == (told, hired.headers["etag"])
    assert await signs_in(office, "rita@example.com") == 200
    ((action, before, after),) = await deeds(office, alda)
    assert (action, before, after["email"], after["primary"]) == ("user.created", None, "rita@example.com", True)
    assert not {"password", "password_hash", "passwordHash"} & after.keys()


async def test_an_account_of_another_company_is_used_and_left_alone(office: Office, alda: Desk) -> None:
    other = await Scene.set_in(office.scene.backend)
    person = await office.application.register_user(email="rita@example.com", name="Rita Souza", password=PASSWORD)
    await other.keep(a_membership(other.company_id, person))
    hired = await alda.post("/users", NEW | {"name": "Ritinha", "password": "another password here"})
    told = hired.json()
    assert (hired.status_code, told["id"], told["name"]) == (201, str(person.id), "Ritinha")
    assert [await signs_in(office, person.email, word) for word in (PASSWORD, "another password here")] == [200, 401]
    async with other.uow() as uow:
        assert (await uow.memberships.get(person.id)).name == "Rita Souza"
        assert (await uow.users.get(person.id)).name == "Rita Souza"


async def test_the_answer_does_not_say_whether_there_was_an_account(office: Office, alda: Desk) -> None:
    other, known = await Scene.set_in(office.scene.backend), a_user("Other", "known@example.com")
    await keep_people(office.scene.backend, known)
    await other.keep(a_membership(other.company_id, known))
    answers = [await alda.post("/users", NEW | {"email": email}) for email in ("known@example.com", "new@example.com")]
    told = [{**answer.json(), "id": "", "email": ""} for answer in answers]
    assert told[0] == told[1]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].headers.keys() == answers[1].headers.keys()
    assert answers[0].headers["etag"] == answers[1].headers["etag"]


async def test_to_hire_again_after_a_crash_works_and_afterwards_is_refused(office: Office, alda: Desk) -> None:
    person = await office.application.register_user(email="rita@example.com", name="Rita", password=PASSWORD)
    assert (await alda.post("/users", NEW)).json()["id"] == str(person.id)
    again = await alda.post("/users", NEW)
    assert (again.status_code, again.json()["code"]) == (409, "member.exists")


async def test_who_had_left_is_hired_again(office: Office, alda: Desk) -> None:
    first = (await alda.post("/users", NEW)).json()
    await alda.delete(f"/users/{first['id']}")
    again = (await alda.post("/users", NEW | {"name": "Rita Reis", "role": "SUPERVISOR"})).json()
    assert (again["id"], again["name"], again["role"]) == (first["id"], "Rita Reis", "SUPERVISOR")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"email": "rita"}, "/email"),
        ({"email": "ríta@example.com"}, "/email"),
        ({"password": "short"}, "/password"),
        ({"name": " "}, "/name"),
        ({"name": "a\tb"}, "/name"),
        ({"role": "OWNER"}, "/role"),
        ({"departments": ["1"]}, "/departments/0"),
        ({"enabled": True}, "/enabled"),
    ],
)
async def test_who_can_not_be_is_refused(alda: Desk, change: dict[str, Any], pointer: str) -> None:
    refused = await alda.post("/users", NEW | change)
    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.json()["errors"]] == [pointer]
    assert (await alda.get("/users", search="rita")).json()["items"] == []


async def test_nobody_serves_another_companys_department(office: Office, alda: Desk) -> None:
    other = await Scene.set_in(office.scene.backend)
    for department_id in (other.sales.id, new_id()):
        refused = await alda.post("/users", NEW | {"departments": [str(department_id)]})
        assert (refused.status_code, refused.json()["code"]) == (404, "department.not_found")


async def test_an_attendant_is_changed(office: Office, alda: Desk) -> None:
    scene = office.scene
    changed = await alda.put(at(scene.ana), as_is(scene, name=" Ana Lima ", role="SUPERVISOR", departments=[]))
    told = changed.json()
    assert (told["name"], told["role"], told["departments"], told["enabled"]) == ("Ana Lima", "SUPERVISOR", [], True)
    assert (await alda.get("/auth/me")).status_code == 200
    before = {"name": "Ana", "role": "OPERATOR", "departments": [str(scene.sales.id)]}
    after = {"name": "Ana Lima", "role": "SUPERVISOR", "departments": []}
    assert await deeds(office, alda) == [("user.updated", before, after)]


async def test_who_works_nowhere_else_is_called_so_everywhere(office: Office, alda: Desk, ana: Desk) -> None:
    await alda.put(at(office.scene.ana), as_is(office.scene, name="Ana Lima"))
    assert (await ana.get("/auth/me")).json()["user"]["name"] == "Ana Lima"


async def test_an_attendants_version_is_honoured(office: Office, alda: Desk) -> None:
    etag, stale = (await alda.get(at(office.scene.ana))).headers["etag"], {"if-match": 'W/"99"'}
    for call in (
        alda.put(at(office.scene.ana), as_is(office.scene), headers=stale),
        alda.delete(at(office.scene.ana), headers=stale),
    ):
        assert (await call).status_code == 412
    assert (await alda.delete(at(office.scene.ana), headers={"if-match": etag})).status_code == 204


async def test_who_is_disabled_is_let_in_no_longer(office: Office, alda: Desk, ana: Desk) -> None:
    scene = office.scene
    assert (await alda.put(at(scene.ana), as_is(scene, enabled=False))).json()["enabled"] is False
    assert (await alda.put(at(scene.ana), as_is(scene))).json()["enabled"] is False, "what is not given stays"
    assert (await ana.get("/users")).status_code == 401
    assert (await alda.put(at(scene.ana), as_is(scene, enabled=True))).json()["enabled"] is True
    assert (await (await office.desk(scene.ana)).get("/users")).status_code == 200


async def test_address_and_password_are_changed_where_nobody_else_minds(office: Office, alda: Desk, ana: Desk) -> None:
    scene = office.scene
    changed = await alda.put(at(scene.ana), as_is(scene, email="Ana.Lima@Example.com", password=PASSWORD))
    assert changed.json()["email"] == "ana.lima@example.com"
    assert await signs_in(office, "ana.lima@example.com") == 200
    assert (await ana.get("/auth/me")).status_code == 401, "her sessions have ended"
    ((action, before, after),) = await deeds(office, alda)
    assert (action, after) == ("user.updated", {"email": "ana.lima@example.com", "passwordChanged": True})
    assert before.keys() == {"email"}


@pytest.mark.parametrize("change", [{"email": "ana.lima@example.com"}, {"password": PASSWORD}])
async def test_nobodys_account_is_changed_who_belongs_elsewhere_too(
    office: Office, alda: Desk, change: dict[str, str]
) -> None:
    scene, other = office.scene, await Scene.set_in(office.scene.backend)
    async with scene.backend.identity_uow() as uow:
        person: User = await uow.users.get(scene.ana.user_id)
    await other.keep(a_membership(other.company_id, person, enabled=False))
    refused = await alda.put(at(scene.ana), as_is(scene, name="Aninha", **change))
    assert (refused.status_code, refused.json()["code"]) == (409, "user.belongs_elsewhere")
    kept = await alda.put(at(scene.ana), as_is(scene, name="Aninha", email=person.email.upper()))
    assert (kept.status_code, kept.json()["name"]) == (200, "Aninha")
    async with other.uow() as uow:
        assert (await uow.memberships.get(person.id)).name == (await uow.users.get(person.id)).name == "Ana"


async def test_an_address_belongs_to_one(office: Office, alda: Desk) -> None:
    email = (await alda.get(at(office.scene.bia))).json()["email"]
    refused = await alda.put(at(office.scene.ana), as_is(office.scene, email=email))
    assert (refused.status_code, refused.json()["code"]) == (409, "user.email_taken")


async def test_the_last_admin_is_not_let_go(office: Office, alda: Desk) -> None:
    body = {"name": "Alda", "role": "ADMIN", "departments": []}
    refusals = [
        await alda.put(at(office.scene.alda), body | {"role": "SUPERVISOR"}),
        await alda.put(at(office.scene.alda), body | {"enabled": False}),
        await alda.delete(at(office.scene.alda)),
    ]
    assert {refused.json()["code"] for refused in refusals} == {"member.last_admin"}


async def test_who_is_disabled_leaves_their_chats_to_their_queues(office: Office, alda: Desk, sofia: Desk) -> None:
    scene = office.scene
    active, ended = [await scene.a_chat(attendant=scene.ana) for _ in range(2)]
    await sofia.post(f"/chats/{ended.id}/end")
    assert (await alda.put(at(scene.ana), as_is(scene, name="Ana Lima"))).status_code == 200
    assert (await sofia.get(f"/chats/{active.id}")).json()["status"] == "ACTIVE", "another change leaves them alone"
    assert (await alda.put(at(scene.ana), as_is(scene, enabled=False))).status_code == 200
    chats = [(await sofia.get(f"/chats/{chat.id}")).json() for chat in (active, ended)]
    assert [chat["status"] for chat in chats] == ["PENDING", "CLOSED"]
    last = (await sofia.get(f"/chats/{active.id}/timeline")).json()["items"][-1]
    assert (last["type"], last["data"]["by"]["name"]) == ("chat.released", "Alda")


async def test_who_is_let_go_leaves_their_chats_to_their_queues(
    office: Office, alda: Desk, ana: Desk, sofia: Desk
) -> None:
    scene = office.scene
    everyones, of_sales, ended = [await scene.a_chat(attendant=scene.ana) for _ in range(3)]
    await ana.post(f"/chats/{of_sales.id}/transfer", {"toDepartmentId": str(scene.sales.id)})
    await ana.post(f"/chats/{of_sales.id}/start")
    await ana.post(f"/chats/{ended.id}/end")
    assert (await alda.delete(at(scene.ana))).status_code == 204
    chats = [(await sofia.get(f"/chats/{chat.id}")).json() for chat in (everyones, of_sales, ended)]
    assert [chat["status"] for chat in chats] == ["PENDING", "PENDING", "CLOSED"]
    assert [chat["attendant"] and chat["attendant"]["name"] for chat in chats] == [None, None, "Ana"]
    assert [chat["department"] and chat["department"]["name"] for chat in chats] == [None, "Vendas", None]
    last = (await sofia.get(f"/chats/{of_sales.id}/timeline")).json()["items"][-1]
    assert (last["type"], last["data"]) == ("chat.released", {"by": {"id": str(scene.alda.user_id), "name": "Alda"}})
    assert (await (await office.desk(scene.ana)).get("/users")).status_code == 401
    assert [action for action, _, _ in await deeds(office, alda)] == ["user.removed"]


async def test_anothers_an_absent_and_a_removed_attendant_are_the_same(office: Office, alda: Desk) -> None:
    other, same = await Scene.set_in(office.scene.backend), {"x-request-id": "same"}
    await alda.delete(at(office.scene.ana))
    ids = (other.ana.user_id, new_id(), office.scene.ana.user_id)
    for method, body in (("GET", None), ("PUT", as_is(office.scene)), ("DELETE", None)):
        answers = [
            await office.http.request(method, f"/users/{each}", json=body, headers=alda.headers | same) for each in ids
        ]
        assert {answer.status_code for answer in answers} == {404}
        assert len({answer.content for answer in answers}) == 1


async def test_only_admins_hire_change_and_let_go(office: Office, sofia: Desk) -> None:
    answers = [
        await sofia.post("/users", NEW),
        await sofia.put(at(office.scene.ana), as_is(office.scene)),
        await sofia.delete(at(office.scene.ana)),
    ]
    assert [answer.status_code for answer in answers] == [403] * 3
