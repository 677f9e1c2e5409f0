"""What people may ask for about their own data."""

from uuid import uuid4

from jaboti_adapters.contracts.builders import a_call, a_charge
from jaboti_adapters.contracts.persons import written
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


async def test_who_was_removed_gets_what_is_still_held_too(office: Office, alda: Desk) -> None:
    path = f"/clients/{office.scene.maria.id}"
    before = (await alda.get(path)).json()
    await alda.delete(path)
    told = (await alda.get(f"{path}/export")).json()
    assert (told["client"]["name"], told["client"]["phone"]) == (before["name"], before["phone"])
    assert [entry["action"] for entry in told["auditEntries"]] == ["client.exported", "client.removed"]


async def test_costs_merges_and_calls_are_in_it(office: Office, alda: Desk) -> None:
    scene = office.scene
    joao = await scene.a_client(phone="+5541988887777")
    other = await scene.a_client("Zé")
    chat = await written(scene, "wamid.1", client=joao)
    async with scene.uow() as uow:
        await uow.usage.add(a_charge(chat, "0.0068", provider_id="wamid.1"))
        await uow.commit()
    scene.backend.call_log.note(a_call(scene.integration))
    scene.backend.call_log.note(a_call(await scene.an_integration()))
    await scene.backend.call_log.flush()
    await alda.post(f"/clients/{joao.id}/merge", {"otherId": str(other.id)})
    told = (await alda.get(f"/clients/{joao.id}/export")).json()
    assert [charge["cost"] for charge in told["chats"][0]["charges"]] == [{"amount": "0.006800", "currency": "USD"}]
    assert [merge["absorbed"]["name"] for merge in told["merges"]] == ["Zé"]
    assert [call["integrationId"] for call in told["calls"]] == [str(scene.integration.id)]


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
