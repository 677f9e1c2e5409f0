"""Whoever wants to be forgotten is: what identifies them goes, what is counted stays."""

from uuid import uuid4

import pytest

from jaboti_adapters.contracts.builders import an_arrival
from jaboti_adapters.contracts.merges import keep_merge
from jaboti_adapters.contracts.scene import Scene
from jaboti_domain.chat.model import Chat
from jaboti_domain.integration.content import Text
from tests.unit.rest.office import Desk, Office

PATH = "/clients/{}/anonymize"


@pytest.fixture
async def ended(office: Office) -> Chat:
    """An ended one, in which Maria and Ana wrote."""
    scene = office.scene
    chat = await scene.a_chat(scene.maria, attendant=scene.ana)
    async with scene.change(chat.id) as changed:
        changed.send(scene.ana, Text(body="Olá, Maria"), at=scene.now())
        changed.end(scene.ana, reason="Maria desistiu", at=scene.now())
    return chat


async def test_a_person_is_forgotten_and_a_receipt_says_so(office: Office, alda: Desk, ended: Chat) -> None:
    maria = office.scene.maria
    answer = await alda.post(PATH.format(maria.id))
    receipt = answer.json()
    assert answer.status_code == 200, receipt
    assert (receipt["clientId"], receipt["by"]["name"]) == (str(maria.id), "Alda")
    assert (receipt["erased"]["clients"], receipt["erased"]["messages"], receipt["erased"]["chats"]) == (1, 1, 1)
    assert (await alda.get(f"/clients/{maria.id}")).status_code == 404


async def test_chats_stay_without_words(office: Office, alda: Desk, ended: Chat) -> None:
    await alda.post(PATH.format(office.scene.maria.id))
    shown = (await alda.get(f"/chats/{ended.id}")).json()
    assert (shown["client"]["name"], shown["client"]["phone"]) == ("—", None)
    assert (shown["lastMessage"]["content"], shown["status"]) == ("", "CLOSED")
    assert shown["endedAt"] is not None
    (message,) = (await alda.get(f"/chats/{ended.id}/messages")).json()["items"]
    assert (message["content"], message["metadata"]) == ("", {"anonymized": True, "kind": "text"})
    assert "desistiu" not in (await alda.get(f"/chats/{ended.id}/timeline")).text


async def test_a_second_time_answers_the_first_receipt(office: Office, alda: Desk) -> None:
    path = PATH.format(office.scene.maria.id)
    first = await alda.post(path)
    assert (await alda.post(path)).json() == first.json()
    assert len((await alda.get("/audit", action="client.anonymized")).json()["items"]) == 1


async def test_a_repeated_command_is_answered_the_same(office: Office, alda: Desk) -> None:
    path, key = PATH.format(office.scene.maria.id), {"idempotency-key": "forget"}
    first, second = [await alda.post(path, headers=key) for _ in range(2)]
    assert second.headers["idempotency-replayed"] == "true"
    assert second.json() == first.json()


async def test_an_open_chat_forbids_it(office: Office, alda: Desk) -> None:
    await office.scene.a_chat(office.scene.maria)
    answer = await alda.post(PATH.format(office.scene.maria.id))
    assert (answer.status_code, answer.json()["code"]) == (409, "client.has_open_chats")


async def test_a_message_on_its_way_forbids_it(office: Office, alda: Desk, ended: Chat) -> None:
    assert await office.scene.claim()
    answer = await alda.post(PATH.format(office.scene.maria.id))
    assert (answer.status_code, answer.json()["code"]) == (409, "client.being_written_to")


async def test_what_waited_to_be_sent_is_not_sent(office: Office, alda: Desk, ended: Chat) -> None:
    await alda.post(PATH.format(office.scene.maria.id))
    assert await office.scene.claim() == []
    (message,) = (await alda.get(f"/chats/{ended.id}/messages")).json()["items"]
    assert message["status"] == "FAILED"


async def test_whoever_was_merged_into_them_is_forgotten_with_them(office: Office, alda: Desk) -> None:
    scene = office.scene
    zoe = await scene.a_client("Zoé")
    await keep_merge(scene, scene.maria, zoe)
    assert (await alda.post(PATH.format(zoe.id))).status_code == 404
    receipt = (await alda.post(PATH.format(scene.maria.id))).json()
    assert (receipt["erased"]["clients"], receipt["erased"]["merges"]) == (2, 1)
    async with scene.uow() as uow:
        assert {one.name for one in (await uow.clients.find([scene.maria.id, zoe.id])).values()} == {"—"}


async def test_who_was_removed_can_still_be_forgotten(office: Office, alda: Desk) -> None:
    await alda.delete(f"/clients/{office.scene.maria.id}")
    assert (await alda.post(PATH.format(office.scene.maria.id))).status_code == 200


async def test_notes_and_live_events_about_them_are_gone(office: Office, alda: Desk) -> None:
    scene = office.scene
    await alda.post("/notes", {"clientId": str(scene.maria.id), "text": "Mora ao lado"})
    before = len(await scene.recorded())
    receipt = (await alda.post(PATH.format(scene.maria.id))).json()
    assert (receipt["erased"]["notes"], receipt["erased"]["events"]) == (1, before)
    assert await scene.backend.stream.after(scene.company_id, before - 1, limit=9) is None
    assert [event.name for event in await scene.recorded(after=before)] == ["client.updated", "client.removed"]


async def test_what_was_told_before_has_no_effect_when_it_is_told_again(office: Office, alda: Desk) -> None:
    scene, journal = office.scene, office.scene.backend.journal
    digits = scene.maria.identities[0].key
    told = an_arrival(scene.company_id, scene.integration.id, lane=f"p:{digits}", raw=digits.encode())
    await journal.append([told])
    receipt = (await alda.post(PATH.format(scene.maria.id))).json()
    assert receipt["erased"]["journal"] == 1
    assert await journal.append([told]) == 0


async def test_only_an_administrator_may_and_only_of_the_companys_own(office: Office, sofia: Desk, alda: Desk) -> None:
    elsewhere, same = await Scene.set_in(office.scene.backend), {"x-request-id": "same"}
    assert (await sofia.post(PATH.format(office.scene.maria.id))).status_code == 403
    absent = [await alda.post(PATH.format(id), headers=same) for id in (elsewhere.maria.id, uuid4())]
    assert [answer.status_code for answer in absent] == [404, 404]
    assert absent[0].content == absent[1].content


async def test_the_audit_log_forgets_what_was_said_of_them(office: Office, alda: Desk) -> None:
    maria = office.scene.maria
    await alda.post(f"/clients/{maria.id}/block", {"reason": "Maria insultou"})
    await alda.post(PATH.format(maria.id))
    entries = (await alda.get("/audit")).json()["items"]
    assert [(entry["action"], entry["forgotten"]) for entry in entries] == [
        ("client.anonymized", False),
        ("client.blocked", True),
    ]
