"""/clients: entering, changing, removing, finding; blocking, merging and parting."""

from typing import Any
from uuid import uuid4

import pytest

from jaboti_adapters.contracts.scene import Scene
from tests.unit.rest.office import Desk, Office

ZE: dict[str, Any] = {
    "name": " Zé Conceição ",
    "document": "111.444.777-35",
    "phone": "(41) 98765-4321",
    "email": "Ze@Example.com",
    "contacts": [{"kind": "phone", "value": "11 3322-4455", "label": "loja"}, {"kind": "other", "value": "@ze"}],
    "attributes": {"plano": "ouro"},
}


async def entered(desk: Desk, **more: Any) -> dict[str, Any]:
    """A client whom somebody entered."""
    answer = await desk.post("/clients", ZE | more)
    assert answer.status_code == 201, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


async def test_a_client_is_entered_in_the_spelling_of_the_house(ana: Desk) -> None:
    answer = await ana.post("/clients", ZE)
    shown = answer.json()
    assert (answer.status_code, answer.headers["location"]) == (201, f"/clients/{shown['id']}")
    assert (shown["name"], shown["phone"], shown["email"]) == ("Zé Conceição", "+5541987654321", "ze@example.com")
    assert shown["document"] == {"kind": "CPF", "number": "11144477735", "masked": "111.444.777-35"}
    assert shown["contacts"][0] == {"kind": "phone", "value": "+551133224455", "label": "loja"}
    assert shown["identities"] == [{"kind": "PHONE", "address": "5541987654321"}]
    assert (shown["blocked"], shown["version"], answer.headers["etag"]) == (False, 1, 'W/"1"')
    assert (await ana.get(f"/clients/{shown['id']}")).json() == shown


async def test_the_alphanumeric_cnpj_is_a_document(ana: Desk) -> None:
    shown = await entered(ana, document="12.abc.345/01de-35")
    assert shown["document"] == {"kind": "CNPJ", "number": "12ABC34501DE35", "masked": "12.ABC.345/01DE-35"}
    assert [c["id"] for c in (await ana.get("/clients", document="12.ABC.345")).json()["items"]] == [shown["id"]]


async def test_all_that_is_wrong_is_told(ana: Desk) -> None:
    wrong = {
        "name": " ",
        "document": "111.444.777-36",
        "phone": "abc",
        "email": "x",
        "contacts": [{"kind": "email", "value": "x"}],
        "attributes": {"a": "x" * 501},
        "companyId": str(uuid4()),
    }
    answer = await ana.post("/clients", wrong)
    assert answer.status_code == 422
    assert {(error["pointer"], error["code"]) for error in answer.json()["errors"]} == {
        ("/name", "client.invalid_name"),
        ("/document", "client.invalid_document"),
        ("/phone", "client.invalid_phone"),
        ("/email", "client.invalid_email"),
        ("/contacts/0/value", "client.invalid_email"),
        ("/attributes/a", "too_long"),
        ("/companyId", "unknown"),
    }


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "x" * 201),
        ("contacts", [{"kind": "other", "value": "x"}] * 21),
        ("attributes", {str(n): "x" for n in range(51)}),
        ("attributes", {"": "x"}),
        ("phone", "٤١٩٨٧٦٥٤٣٢١"),
    ],
)
async def test_limits_are_kept(ana: Desk, field: str, value: object) -> None:
    assert (await ana.post("/clients", ZE | {field: value})).status_code == 422


@pytest.mark.parametrize(
    ("same", "code"),
    [({"phone": "+55 41 8765-4321"}, "client.exists"), ({"document": "11144477735"}, "client.document_taken")],
)
async def test_two_clients_share_neither_line_nor_document(ana: Desk, same: dict[str, str], code: str) -> None:
    first = await entered(ana)
    other = {"name": "Outro", "phone": "+5541912345678"} | same
    refused = await ana.post("/clients", other)
    assert (refused.status_code, refused.json()["code"], refused.json()["clientId"]) == (409, code, first["id"])
    second = (await ana.post("/clients", {"name": "Outro"})).json()
    refused = await ana.patch(f"/clients/{second['id']}", same)
    assert (refused.status_code, refused.json()["code"], refused.json()["clientId"]) == (409, code, first["id"])


async def test_two_companies_may_know_the_same_person(office: Office, ana: Desk) -> None:
    elsewhere = await Scene.set_in(office.scene.backend)
    await entered(await office.desk(elsewhere.ana))
    await entered(ana)


async def test_put_replaces_and_patch_changes_what_is_given(ana: Desk) -> None:
    path = f"/clients/{(await entered(ana))['id']}"
    patched = (await ana.patch(path, {"email": None, "attributes": {"a": "1"}})).json()
    assert (patched["email"], patched["attributes"], patched["name"]) == (None, {"a": "1"}, "Zé Conceição")
    replaced = (await ana.put(path, {"name": "José"})).json()
    assert (replaced["name"], replaced["phone"], replaced["document"], replaced["contacts"]) == ("José", None, None, [])
    assert (replaced["identities"], replaced["version"]) == ([], 3)
    assert (await ana.patch(path, {})).json() == replaced
    assert (await ana.patch(path, {"name": None})).status_code == 422


async def test_another_phone_takes_the_place_of_the_old_one(ana: Desk) -> None:
    path = f"/clients/{(await entered(ana))['id']}"
    moved = (await ana.patch(path, {"phone": "41 91234-5678"})).json()
    assert moved["identities"] == [{"kind": "PHONE", "address": "5541912345678"}]
    await entered(ana, document=None)


async def test_an_old_version_is_not_changed(ana: Desk, sofia: Desk) -> None:
    path = f"/clients/{(await entered(ana))['id']}"
    for method, body in (("PUT", {"name": "A"}), ("PATCH", {"name": "A"})):
        assert (await ana.send(method, path, body, headers={"if-match": 'W/"7"'})).status_code == 412
    assert (await sofia.delete(path, headers={"if-match": 'W/"7"'})).status_code == 412
    assert (await ana.put(path, {"name": "A"}, headers={"if-match": 'W/"1"'})).status_code == 200


async def test_who_was_removed_is_gone_and_their_line_and_document_are_free(ana: Desk, sofia: Desk) -> None:
    shown = await entered(ana)
    path = f"/clients/{shown['id']}"
    assert (await ana.delete(path)).status_code == 403
    assert (await sofia.delete(path)).status_code == 204
    assert (await ana.get(path)).status_code == 404
    assert (await sofia.delete(path)).status_code == 404
    assert (await ana.get("/clients", search="conceicao")).json()["items"] == []
    assert (await entered(ana))["id"] != shown["id"]


async def test_who_has_an_open_chat_is_not_removed(office: Office, sofia: Desk) -> None:
    scene = office.scene
    chat = await scene.a_chat(scene.maria)
    refused = await sofia.delete(f"/clients/{scene.maria.id}")
    assert (refused.status_code, refused.json()["code"]) == (409, "client.has_open_chats")
    async with scene.change(chat.id) as changed:
        changed.end(None, reason="", at=scene.now())
    assert (await sofia.delete(f"/clients/{scene.maria.id}")).status_code == 204
    assert (await sofia.get(f"/chats/{chat.id}")).json()["client"]["name"] == "Maria"


async def test_foreign_absent_removed_and_merged_are_the_same_answer(office: Office, ana: Desk, sofia: Desk) -> None:
    scene = office.scene
    elsewhere = await Scene.set_in(scene.backend)
    removed, merged = await scene.a_client(), await scene.a_client()
    await sofia.delete(f"/clients/{removed.id}")
    await sofia.post(f"/clients/{scene.maria.id}/merge", {"otherId": str(merged.id)})
    gone = [elsewhere.maria.id, uuid4(), removed.id, merged.id]
    same = {"x-request-id": "same"}
    for method, tail, body in (
        ("GET", "", None),
        ("PUT", "", {"name": "A"}),
        ("PATCH", "", {"name": "A"}),
        ("DELETE", "", None),
        ("GET", "/history", None),
        ("GET", "/notes", None),
        ("POST", "/block", {}),
        ("POST", "/unblock", {}),
        ("POST", "/merge", {"otherId": str(scene.maria.id)}),
        ("POST", "/unmerge", {"otherId": str(scene.maria.id)}),
    ):
        answers = [await sofia.send(method, f"/clients/{each}{tail}", body, headers=same) for each in gone]
        assert {(answer.status_code, answer.content) for answer in answers} == {(404, answers[0].content)}, (
            method,
            tail,
        )
    for deed in ("merge", "unmerge"):
        path = f"/clients/{scene.maria.id}/{deed}"
        answers = [await sofia.post(path, {"otherId": str(each)}, headers=same) for each in gone[:3]]
        assert {(answer.status_code, answer.content) for answer in answers} == {(409, answers[0].content)}


async def test_a_list_is_searched_in_pages(office: Office, ana: Desk) -> None:
    for name in ("Ana Souza", "Anabela", "Joana", "Bruno"):
        await office.scene.a_client(name)
    first = (await ana.get("/clients", search="ANÁ", limit=2)).json()
    second = (await ana.get("/clients", search="ANÁ", limit=2, cursor=first["nextCursor"])).json()
    names = [client["name"] for page in (first, second) for client in page["items"]]
    assert (names, second["nextCursor"]) == (["Ana Souza", "Anabela", "Joana"], None)
    assert len((await ana.get("/clients", search=" ")).json()["items"]) == 5


@pytest.mark.parametrize("search", ["%", "_", "\\", "' OR 1=1--", "(a+)+$", "%" * 200, "🎉", "\u0301" * 200])
async def test_a_search_of_clients_is_only_text(ana: Desk, search: str) -> None:
    assert (await ana.get("/clients", search=search)).json()["items"] == []


async def test_what_is_too_long_to_be_looked_for_is_refused(ana: Desk) -> None:
    assert (await ana.get("/clients", search="%" * 5000)).status_code == 422


async def test_a_blocked_client_can_not_be_written_to(office: Office, ana: Desk, sofia: Desk) -> None:
    scene, path = office.scene, f"/clients/{office.scene.maria.id}"
    assert (await ana.post(f"{path}/block", {"reason": "insultos"})).status_code == 403
    assert (await sofia.post(f"{path}/block", {"reason": "insultos"})).json()["blocked"] is True
    words = {"clientId": str(scene.maria.id), "integrationId": str(scene.integration.id), "content": "Olá"}
    refused = await ana.post("/chats", words)
    assert (refused.status_code, refused.json()["code"]) == (409, "client.blocked")
    assert (await sofia.post(f"{path}/unblock")).json()["blocked"] is False
    assert (await ana.post("/chats", words)).status_code == 201


async def test_critical_deeds_are_in_the_audit_log(office: Office, sofia: Desk, alda: Desk) -> None:
    scene = office.scene
    other = await scene.a_client("João")
    path, body = f"/clients/{scene.maria.id}", {"otherId": str(other.id)}
    for tail, given in (("block", {"reason": "x"}), ("unblock", {}), ("merge", body), ("unmerge", body)):
        assert (await sofia.post(f"{path}/{tail}", given)).status_code == 200
    await sofia.delete(path)
    told = [(entry["action"], entry["subject"]["id"]) for entry in (await alda.get("/audit")).json()["items"]]
    deeds = ["client.removed", "client.unmerged", "client.merged", "client.unblocked", "client.blocked"]
    assert told == [(deed, str(scene.maria.id)) for deed in deeds]


async def test_two_clients_become_one_and_two_again(office: Office, ana: Desk, sofia: Desk) -> None:
    scene = office.scene
    other = await entered(ana)
    before = (await ana.get(f"/clients/{scene.maria.id}")).json()
    merged = (await sofia.post(f"/clients/{scene.maria.id}/merge", {"otherId": other["id"]})).json()
    assert (merged["name"], merged["document"], merged["email"]) == ("Maria", other["document"], other["email"])
    assert len(merged["identities"]) == 2
    parted = (await sofia.post(f"/clients/{scene.maria.id}/unmerge", {"otherId": other["id"]})).json()
    alive = (await ana.get(f"/clients/{other['id']}")).json()
    changing = ("version", "updatedAt")
    assert {**parted, **{k: before[k] for k in changing}} == before
    assert {**alive, **{k: other[k] for k in changing}} == other


async def test_chats_go_with_a_merge_and_come_back(office: Office, ana: Desk, sofia: Desk) -> None:
    scene = office.scene
    other = await scene.a_client("João")
    theirs = await scene.a_chat(other)
    mine = await scene.a_chat(scene.maria)
    await sofia.post(f"/clients/{scene.maria.id}/merge", {"otherId": str(other.id)})
    chats = {chat["id"]: chat for chat in (await sofia.get("/chats", clientId=str(scene.maria.id))).json()["items"]}
    assert (chats[str(theirs.id)]["status"], chats[str(mine.id)]["status"]) == ("PENDING", "CLOSED")
    await sofia.post(f"/clients/{scene.maria.id}/unmerge", {"otherId": str(other.id)})
    assert (await ana.get(f"/chats/{theirs.id}")).json()["client"]["name"] == "João"
    assert (await ana.get(f"/chats/{mine.id}")).json()["client"]["name"] == "Maria"


async def test_a_client_is_not_merged_with_itself_nor_parted_from_a_stranger(office: Office, sofia: Desk) -> None:
    path, other = f"/clients/{office.scene.maria.id}", await office.scene.a_client()
    told = [
        (await sofia.post(f"{path}/merge", {"otherId": str(office.scene.maria.id)})).json()["code"],
        (await sofia.post(f"{path}/unmerge", {"otherId": str(other.id)})).json()["code"],
    ]
    assert told == ["client.same", "client.not_merged"]


async def test_a_history_is_read_in_pages(office: Office, ana: Desk) -> None:
    scene = office.scene
    chat = await scene.a_chat(scene.maria)
    await scene.a_chat()
    first = (await ana.get(f"/clients/{scene.maria.id}/history", limit=1)).json()
    assert [(item["type"], item["chat"]["id"]) for item in first["items"]] == [("chat", str(chat.id))]
    assert first["nextCursor"] is None
