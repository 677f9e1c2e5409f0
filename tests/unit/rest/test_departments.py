"""/departments: parts of the company with queues of their own."""

from typing import Any

import pytest

from jaboti_adapters.contracts.scene import Scene
from jaboti_domain.kernel.ids import new_id
from tests.unit.rest.office import Desk, Office
from tests.unit.rest.test_companies import NOBODYS, deeds


def of(scene: Scene, *more: object) -> str:
    """The address of sales, or of something there."""
    return "/".join(map(str, ("/departments", scene.sales.id, *more)))


async def test_departments_are_listed_by_name_with_their_members(office: Office, ana: Desk) -> None:
    scene = office.scene
    listed = (await ana.get("/departments")).json()
    assert [each["name"] for each in listed["items"]] == ["Suporte", "Vendas"]
    assert listed["items"][1]["members"] == [
        {"id": str(scene.ana.user_id), "name": "Ana"},
        {"id": str(scene.bia.user_id), "name": "Bia"},
    ]
    assert (await ana.get("/departments", limit=1)).json()["items"] == listed["items"][:1]
    assert (await ana.get("/departments", companyId=str(scene.company_id))).json() == listed
    assert (await ana.get("/departments", companyId=NOBODYS)).json()["code"] == "auth.other_company"


async def test_a_department_is_opened(office: Office, sofia: Desk, alda: Desk) -> None:
    opened = await sofia.post("/departments", {"name": " Financeiro ", "description": "Boletos"})
    told = opened.json()
    assert (opened.status_code, told["name"], told["description"], told["members"]) == (
        201,
        "Financeiro",
        "Boletos",
        [],
    )
    found = await sofia.get(opened.headers["location"])
    assert (found.json(), found.headers["etag"]) == (told, opened.headers["etag"])
    assert await deeds(office, alda) == [("department.created", None, {"name": "Financeiro", "description": "Boletos"})]


@pytest.mark.parametrize("name", ["Vendas", " VENDAS ", "vendas"])
async def test_no_two_have_the_same_name(sofia: Desk, name: str) -> None:
    refused = await sofia.post("/departments", {"name": name})
    assert (refused.status_code, refused.json()["code"]) == (409, "department.exists")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": ""},
        {"name": "x" * 201},
        {"name": "a\u202eb"},
        {"name": "a", "description": "x" * 1001},
        {"name": 1},
    ],
)
async def test_what_can_not_be_a_department_is_refused(sofia: Desk, body: dict[str, Any]) -> None:
    assert (await sofia.post("/departments", body)).status_code == 422


async def test_a_department_is_named_and_described_otherwise(office: Office, sofia: Desk, alda: Desk) -> None:
    etag = (await sofia.get(of(office.scene))).headers["etag"]
    changed = await sofia.put(of(office.scene), {"name": "VENDAS", "description": "Loja"}, headers={"if-match": etag})
    assert (changed.json()["name"], changed.json()["description"]) == ("VENDAS", "Loja")
    again = await sofia.put(of(office.scene), {"name": "Vendas"}, headers={"if-match": etag})
    assert again.status_code == 412
    taken = await sofia.put(of(office.scene), {"name": "suporte"})
    assert taken.json()["code"] == "department.exists"
    assert [action for action, _, _ in await deeds(office, alda)] == ["department.updated"]


async def test_a_department_with_open_chats_stays(office: Office, sofia: Desk) -> None:
    scene = office.scene
    chat = await scene.a_chat(attendant=scene.ana)
    await sofia.post(f"/chats/{chat.id}/transfer", {"toDepartmentId": str(scene.sales.id)})
    refused = await sofia.delete(of(scene))
    assert (refused.status_code, refused.json()["code"], refused.json()["openChats"]) == (
        409,
        "department.has_open_chats",
        1,
    )
    await sofia.post(f"/chats/{chat.id}/end")
    assert (await sofia.delete(of(scene))).status_code == 204


async def test_a_department_that_was_removed_lives_on_in_old_chats_only(
    office: Office, sofia: Desk, alda: Desk
) -> None:
    scene = office.scene
    old, new = [await scene.a_chat(attendant=scene.ana) for _ in range(2)]
    await sofia.post(f"/chats/{old.id}/transfer", {"toDepartmentId": str(scene.sales.id)})
    await sofia.post(f"/chats/{old.id}/end")
    await sofia.delete(of(scene))
    assert (await sofia.get(f"/chats/{old.id}")).json()["department"]["name"] == "Vendas"
    refused = await sofia.post(f"/chats/{new.id}/transfer", {"toDepartmentId": str(scene.sales.id)})
    assert refused.json()["code"] == "department.not_found"
    assert (await sofia.get(f"/users/{scene.ana.user_id}")).json()["departments"] == []
    assert (await sofia.post("/departments", {"name": "Vendas"})).status_code == 201
    assert (await deeds(office, alda))[0] == ("department.removed", {"name": "Vendas", "description": ""}, None)


async def test_attendants_are_tied_and_untied(office: Office, sofia: Desk, alda: Desk) -> None:
    scene = office.scene
    path = of(scene, "users", scene.caio.user_id)
    tied = [await sofia.put(path) for _ in range(2)]
    assert [[member["name"] for member in each.json()["members"]] for each in tied] == [["Ana", "Bia", "Caio"]] * 2
    caio = (await sofia.get(f"/users/{scene.caio.user_id}")).json()
    assert [department["name"] for department in caio["departments"]] == ["Suporte", "Vendas"]
    assert [(await sofia.delete(path)).status_code for _ in range(2)] == [204, 204]
    assert [member["name"] for member in (await sofia.get(of(scene))).json()["members"]] == ["Ana", "Bia"]
    both = [str(scene.sales.id), str(scene.support.id)]
    assert await deeds(office, alda) == [
        ("user.updated", {"departments": both[1:]}, {"departments": sorted(both)}),
        ("user.updated", {"departments": sorted(both)}, {"departments": both[1:]}),
    ]


async def test_only_members_are_tied(office: Office, sofia: Desk) -> None:
    other = await Scene.set_in(office.scene.backend)
    for user_id in (other.ana.user_id, new_id()):
        refused = await sofia.put(of(office.scene, "users", user_id))
        assert (refused.status_code, refused.json()["code"]) == (404, "member.not_found")


async def test_anothers_an_absent_and_a_removed_department_are_the_same(office: Office, sofia: Desk) -> None:
    other, same = await Scene.set_in(office.scene.backend), {"x-request-id": "same"}
    await sofia.delete(of(office.scene))
    ids = (other.sales.id, new_id(), office.scene.sales.id)
    for method, path, body in (
        ("GET", "", None),
        ("PUT", "", {"name": "A"}),
        ("DELETE", "", None),
        ("PUT", f"/users/{office.scene.ana.user_id}", None),
        ("DELETE", f"/users/{office.scene.ana.user_id}", None),
    ):
        answers = [
            await office.http.request(method, f"/departments/{each}{path}", json=body, headers=sofia.headers | same)
            for each in ids
        ]
        assert {answer.status_code for answer in answers} == {404}
        assert len({answer.content for answer in answers}) == 1
    async with other.uow() as uow:
        assert (await uow.departments.get(other.sales.id)).name == "Vendas"


async def test_operators_only_read(office: Office, ana: Desk) -> None:
    answers = [
        await ana.post("/departments", {"name": "A"}),
        await ana.put(of(office.scene), {"name": "A"}),
        await ana.delete(of(office.scene)),
        await ana.put(of(office.scene, "users", office.scene.caio.user_id)),
        await ana.delete(of(office.scene, "users", office.scene.caio.user_id)),
    ]
    assert [answer.status_code for answer in answers] == [403] * 5
