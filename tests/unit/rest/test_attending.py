"""What an attendant does with a chat."""

import asyncio
from uuid import uuid4

import pytest

from jaboti_adapters.contracts.builders import a_membership, a_user, an_inbound
from jaboti_adapters.contracts.scene import keep_people
from jaboti_domain.chat.model import Chat
from tests.unit.rest.office import Desk, Office


@pytest.fixture
async def waiting(office: Office) -> Chat:
    """A chat that waits for anybody."""
    return await office.scene.a_chat(office.scene.maria)


@pytest.fixture
async def hers(office: Office) -> Chat:
    """Ana's chat, in which the client wrote twice."""
    chat = await office.scene.a_chat(attendant=office.scene.ana)
    async with office.scene.change(chat.id) as changed:
        for text in ("Oi", "Tudo bem?"):
            changed.receive(an_inbound(text), at=office.scene.now())
    return chat


async def test_whoever_starts_a_chat_has_it(ana: Desk, waiting: Chat) -> None:
    answer = await ana.post(f"/chats/{waiting.id}/start")
    assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["attendant"]["name"]) == ("ACTIVE", "Ana")
    assert answer.headers["etag"] == f'W/"{answer.json()["version"]}"'


async def test_of_two_who_start_at_once_one_gets_it(office: Office, ana: Desk, waiting: Chat) -> None:
    bia = await office.desk(office.scene.bia)
    answers = await asyncio.gather(*(desk.post(f"/chats/{waiting.id}/start") for desk in (ana, bia)))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert {answer.json().get("code") for answer in answers} == {None, "chat.already_assigned"}


async def test_reading_counts_down_what_is_unread(ana: Desk, hers: Chat) -> None:
    assert (await ana.get(f"/chats/{hers.id}")).json()["unreadCount"] == 2
    assert (await ana.post(f"/chats/{hers.id}/read", {"seq": 1})).json()["unreadCount"] == 1
    assert (await ana.post(f"/chats/{hers.id}/read", {"seq": 2**31 - 1})).json()["unreadCount"] == 0
    assert (await ana.post(f"/chats/{hers.id}/read", {"seq": 1})).json()["unreadCount"] == 0


@pytest.mark.parametrize("seq", [0, -1, 2**31, 2**64, 1.0, True, "1", None, {"$gt": 0}, [1]])
async def test_a_place_is_a_number_that_may_be_one(ana: Desk, hers: Chat, seq: object) -> None:
    answer = await ana.post(f"/chats/{hers.id}/read", {"seq": seq})
    assert answer.status_code in (400, 422)
    assert (await ana.get(f"/chats/{hers.id}")).json()["unreadCount"] == 2


async def test_a_chat_is_handed_to_a_colleague(office: Office, ana: Desk, hers: Chat) -> None:
    bia = office.scene.bia
    answer = await ana.post(f"/chats/{hers.id}/transfer", {"toAttendantId": str(bia.user_id), "reason": "folga"})
    assert (answer.json()["status"], answer.json()["attendant"]["name"]) == ("ACTIVE", "Bia")
    again = await ana.post(f"/chats/{hers.id}/transfer", {"toAttendantId": str(bia.user_id)})
    assert (again.status_code, again.json()["code"]) == (403, "chat.not_yours")


async def test_a_chat_is_handed_to_a_department(office: Office, ana: Desk, hers: Chat) -> None:
    answer = await ana.post(f"/chats/{hers.id}/transfer", {"toDepartmentId": str(office.scene.support.id)})
    told = answer.json()
    assert (told["status"], told["attendant"], told["department"]["name"]) == ("PENDING", None, "Suporte")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"reason": "x"},
        {"toAttendantId": None, "toDepartmentId": None},
        {"toAttendantId": str(uuid4()), "toDepartmentId": str(uuid4())},
    ],
)
async def test_a_transfer_goes_to_exactly_one(ana: Desk, hers: Chat, body: object) -> None:
    answer = await ana.post(f"/chats/{hers.id}/transfer", body)
    assert answer.status_code == 422
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [("", "exactly_one")]


async def test_a_transfer_to_nobody_is_refused(office: Office, ana: Desk, hers: Chat) -> None:
    scene, gone = office.scene, a_user("Davi")
    await keep_people(scene.backend, gone)
    await scene.keep(a_membership(scene.company_id, gone, enabled=False))
    for body, status, code in (
        ({"toAttendantId": str(uuid4())}, 404, "member.not_found"),
        ({"toDepartmentId": str(uuid4())}, 404, "department.not_found"),
        ({"toAttendantId": str(gone.id)}, 409, "chat.attendant_disabled"),
        ({"toAttendantId": str(scene.ana.user_id)}, 409, "chat.already_there"),
    ):
        answer = await ana.post(f"/chats/{hers.id}/transfer", body)
        assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_a_chat_ends_with_a_last_word(ana: Desk, hers: Chat) -> None:
    answer = await ana.post(f"/chats/{hers.id}/end", {"reason": "resolvido", "farewell": "Até logo!"})
    told = answer.json()
    assert (told["status"], told["lastMessage"]["content"]) == ("CLOSED", "Até logo!")
    again = await ana.post(f"/chats/{hers.id}/end")
    assert (again.status_code, again.json()["code"]) == (409, "chat.already_closed")


@pytest.mark.parametrize("body", [b"", b"{}", b'{"reason": null, "farewell": null}'])
async def test_a_chat_ends_without_a_word(ana: Desk, hers: Chat, body: bytes) -> None:
    assert (await ana.post(f"/chats/{hers.id}/end", body)).json()["status"] == "CLOSED"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"farewell": " "}, "/farewell"),
        ({"farewell": "x" * 4097}, "/farewell"),
        ({"reason": "x" * 501}, "/reason"),
        ({"reason": 1}, "/reason"),
        ({"status": "CLOSED"}, "/status"),
    ],
)
async def test_an_odd_end_is_no_end(ana: Desk, hers: Chat, body: object, pointer: str) -> None:
    answer = await ana.post(f"/chats/{hers.id}/end", body)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert (await ana.get(f"/chats/{hers.id}")).json()["status"] == "ACTIVE"


@pytest.mark.parametrize(
    ("verb", "body"), [("start", None), ("end", {}), ("read", {"seq": 1}), ("transfer", {"toDepartmentId": "?"})]
)
async def test_a_command_that_names_another_version_does_nothing(
    office: Office, ana: Desk, hers: Chat, verb: str, body: dict[str, object] | None
) -> None:
    if verb == "transfer":
        body = {"toDepartmentId": str(office.scene.sales.id)}
    before = await ana.get(f"/chats/{hers.id}")
    version = before.json()["version"]
    for stale in (f'W/"{version - 1}"', '"nonsense"', "nonsense", f"W/{version}", '"' + "9" * 5000 + '"'):
        refused = await ana.post(f"/chats/{hers.id}/{verb}", body, headers={"if-match": stale})
        assert (refused.status_code, refused.json()["code"]) == (412, "conflict.stale_version")
    assert (await ana.get(f"/chats/{hers.id}")).json() == before.json()
    named = {"if-match": f'W/"7777", {before.headers["etag"]}'}
    assert (await ana.post(f"/chats/{hers.id}/{verb}", body, headers=named)).status_code == 200


@pytest.mark.parametrize("verb", ["start", "end", "read", "transfer"])
async def test_a_chat_that_is_not_there_is_not_found(office: Office, ana: Desk, verb: str) -> None:
    elsewhere = await (await type(office.scene).set_in(office.scene.backend)).a_chat()
    body = {"read": {"seq": 1}, "transfer": {"toDepartmentId": str(office.scene.sales.id)}}.get(verb)
    for chat_id in (uuid4(), elsewhere.id):
        for headers in ({}, {"if-match": '"1"'}):
            answer = await ana.post(f"/chats/{chat_id}/{verb}", body, headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (404, "chat.not_found")
