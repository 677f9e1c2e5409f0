"""/notes."""

from typing import Any
from uuid import uuid4

import pytest

from jaboti_adapters.contracts.scene import Scene
from tests.unit.rest.office import Desk, Office


async def written(desk: Desk, **about: Any) -> dict[str, Any]:
    """A note that somebody wrote."""
    answer = await desk.post("/notes", {"text": " Prefere à tarde ", **{name: str(id) for name, id in about.items()}})
    assert answer.status_code == 201, answer.text
    note: dict[str, Any] = answer.json()
    assert answer.headers["location"] == f"/notes/{note['id']}"
    return note


async def test_a_note_has_author_and_times(office: Office, ana: Desk) -> None:
    note = await written(ana, clientId=office.scene.maria.id)
    assert (note["text"], note["author"]["name"], note["chatId"]) == ("Prefere à tarde", "Ana", None)
    assert note["createdAt"] == note["updatedAt"]
    assert (await ana.get(f"/notes/{note['id']}")).json() == note


async def test_lists_are_of_a_client_a_chat_or_both(office: Office, ana: Desk) -> None:
    scene = office.scene
    chat = await scene.a_chat(scene.maria)
    on_client, on_chat = await written(ana, clientId=scene.maria.id), await written(ana, chatId=chat.id)
    assert (await ana.get("/notes", clientId=str(scene.maria.id))).json()["items"] == [on_client]
    assert (await ana.get("/notes", chatId=str(chat.id))).json()["items"] == [on_chat]
    both = (await ana.get(f"/clients/{scene.maria.id}/notes", limit=1)).json()
    rest = (await ana.get(f"/clients/{scene.maria.id}/notes", limit=1, cursor=both["nextCursor"])).json()
    assert {note["id"] for note in both["items"] + rest["items"]} == {on_client["id"], on_chat["id"]}
    timeline = (await ana.get(f"/chats/{chat.id}/timeline")).json()["items"]
    assert timeline[-1] == {"type": "note", "at": on_chat["createdAt"], "note": on_chat}


@pytest.mark.parametrize("names", [(), ("clientId", "chatId")])
async def test_a_note_is_about_exactly_one_thing(ana: Desk, names: tuple[str, ...]) -> None:
    about: dict[str, Any] = {name: str(uuid4()) for name in names}
    for refused in (await ana.get("/notes", **about), await ana.post("/notes", {"text": "x", **about})):
        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "exactly_one")


@pytest.mark.parametrize("text", ["", "  ", "x" * 10_001, None])
async def test_a_note_says_something_of_bearable_length(office: Office, ana: Desk, text: str | None) -> None:
    assert (await ana.post("/notes", {"clientId": str(office.scene.maria.id), "text": text})).status_code == 422


async def test_only_its_author_or_a_supervisor_changes_or_deletes_it(office: Office, ana: Desk, sofia: Desk) -> None:
    bia = await office.desk(office.scene.bia)
    path = f"/notes/{(await written(ana, clientId=office.scene.maria.id))['id']}"
    for refused in (await bia.put(path, {"text": "x"}), await bia.delete(path)):
        assert (refused.status_code, refused.json()["code"]) == (403, "note.not_yours")
    assert (await ana.put(path, {"text": "Outra"}, headers={"if-match": 'W/"9"'})).status_code == 412
    changed = (await ana.put(path, {"text": "Outra"})).json()
    assert (changed["text"], changed["version"], changed["author"]["name"]) == ("Outra", 2, "Ana")
    assert (await sofia.delete(path)).status_code == 204
    assert (await ana.get(path)).status_code == 404


async def test_a_note_about_what_is_not_there_is_refused_in_the_same_way(office: Office, ana: Desk) -> None:
    elsewhere = await Scene.set_in(office.scene.backend)
    foreign_chat = await elsewhere.a_chat()
    same = {"x-request-id": "same"}
    for name, foreign in (("clientId", elsewhere.maria.id), ("chatId", foreign_chat.id)):
        answers = [
            await ana.post("/notes", {"text": "x", name: str(each)}, headers=same) for each in (foreign, uuid4())
        ]
        assert {(answer.status_code, answer.content) for answer in answers} == {(404, answers[0].content)}
