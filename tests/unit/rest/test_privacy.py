"""What people may ask for about their own data."""

from uuid import uuid4

from jaboti_adapters.contracts.scene import Scene
from tests.unit.rest.office import Desk, Office


async def test_all_that_is_held_on_a_person_is_one_document(office: Office, alda: Desk) -> None:
    scene = office.scene
    chats = [await scene.a_chat(scene.maria)]
    path = f"/clients/{scene.maria.id}"
    note = (await alda.post("/notes", {"clientId": str(scene.maria.id), "text": 'Prefere "à tarde"'})).json()
    on_chat = (await alda.post("/notes", {"chatId": str(chats[0].id), "text": "Ligou duas vezes"})).json()
    answer = await alda.get(f"{path}/export")
    assert answer.headers["content-disposition"] == f'attachment; filename="client-{scene.maria.id}.json"'
    told = answer.json()
    assert told["client"] == (await alda.get(path)).json()
    assert told["notes"] == [note]
    (chat,) = told["chats"]
    assert chat["chat"] == (await alda.get(f"/chats/{chats[0].id}")).json()
    assert chat["timeline"] == (await alda.get(f"/chats/{chats[0].id}/timeline")).json()["items"]
    assert on_chat in [entry.get("note") for entry in chat["timeline"]]


async def test_more_than_a_page_of_notes_is_still_one_list(office: Office, alda: Desk) -> None:
    for number in range(201):
        await alda.post("/notes", {"clientId": str(office.scene.maria.id), "text": f"Nota {number}"})
    told = (await alda.get(f"/clients/{office.scene.maria.id}/export")).json()
    assert [note["text"] for note in told["notes"]] == [f"Nota {number}" for number in reversed(range(201))]


async def test_a_person_of_whom_little_is_known_has_empty_lists(office: Office, alda: Desk) -> None:
    client = (await alda.post("/clients", {"name": "Nova"})).json()
    told = (await alda.get(f"/clients/{client['id']}/export")).json()
    assert (told["notes"], told["chats"]) == ([], [])
    assert [entry["action"] for entry in told["auditEntries"]] == ["client.exported"]


async def test_only_an_administrator_hands_it_out_and_only_of_the_companys_own(
    office: Office, sofia: Desk, alda: Desk
) -> None:
    elsewhere = await Scene.set_in(office.scene.backend)
    path, same = f"/clients/{office.scene.maria.id}/export", {"x-request-id": "same"}
    assert (await sofia.get(path)).status_code == 403
    absent = [await alda.get(f"/clients/{id}/export", headers=same) for id in (elsewhere.maria.id, uuid4())]
    assert [answer.status_code for answer in absent] == [404, 404]
    assert absent[0].content == absent[1].content
    entries = (await alda.get("/audit", action="client.exported")).json()["items"]
    assert entries == []


async def test_what_was_handed_out_is_in_the_audit_log(office: Office, alda: Desk) -> None:
    await alda.get(f"/clients/{office.scene.maria.id}/export")
    (entry,) = (await alda.get("/audit", action="client.exported")).json()["items"]
    assert entry["subject"] == {"kind": "client", "id": str(office.scene.maria.id)}
