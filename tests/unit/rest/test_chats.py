"""GET and POST /chats, one chat, its timeline."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from jaboti_adapters.contracts.builders import a_chat, an_inbound
from jaboti_domain.integration.messaging import Platform
from jaboti_domain.integration.templates import TemplateInfo
from tests.unit.rest.office import Desk, Office

RETURN = TemplateInfo(name="retorno", language="pt_BR", category="UTILITY", status="APPROVED", body="Podemos falar?")


async def test_a_list_holds_what_waits_in_the_callers_queues(office: Office, ana: Desk) -> None:
    chat = await office.scene.a_chat(office.scene.maria)
    answer = await ana.get("/chats", category="pending")
    assert answer.status_code == 200
    [shown] = answer.json()["items"]
    assert (shown["id"], shown["status"], shown["client"]["name"]) == (str(chat.id), "PENDING", "Maria")
    assert answer.json()["nextCursor"] is None


async def test_pages_follow_one_another_without_gap_or_repetition(office: Office, ana: Desk) -> None:
    opened = {str((await office.scene.a_chat()).id) for _ in range(5)}
    seen: list[str] = []
    query: dict[str, Any] = {"limit": 2}
    while True:
        page = (await ana.get("/chats", **query)).json()
        seen += [chat["id"] for chat in page["items"]]
        if page["nextCursor"] is None:
            break
        query["cursor"] = page["nextCursor"]
    assert len(seen) == 5
    assert set(seen) == opened


async def test_the_conditions_of_a_list_all_hold(office: Office, ana: Desk) -> None:
    mine = await office.scene.a_chat(office.scene.maria, attendant=office.scene.ana)
    await office.scene.a_chat()
    conditions: list[dict[str, Any]] = [
        {"mine": "true"},
        {"clientId": str(office.scene.maria.id)},
        {"search": "mari"},
        {"category": "active"},
    ]
    for query in conditions:
        items = (await ana.get("/chats", **query)).json()["items"]
        assert [item["id"] for item in items] == [str(mine.id)], query
    assert (await ana.get("/chats", departmentId=str(uuid4()))).json()["items"] == []


async def test_a_blank_search_asks_for_nothing(office: Office, ana: Desk) -> None:
    await office.scene.a_chat()
    assert len((await ana.get("/chats", search=" ")).json()["items"]) == 1


async def test_the_active_company_may_be_named_and_no_other(office: Office, ana: Desk) -> None:
    assert (await ana.get("/chats", companyId=str(office.scene.company_id))).status_code == 200
    refused = await ana.get("/chats", companyId=str(uuid4()))
    assert (refused.status_code, refused.json()["code"]) == (403, "auth.other_company")


async def test_counts(office: Office, ana: Desk) -> None:
    await office.scene.a_chat()
    await office.scene.a_chat(attendant=office.scene.ana)
    await office.scene.a_chat(with_bot=True)
    answer = await ana.get("/chats/counts")
    assert answer.json() == {"bot": 1, "pending": 1, "active": 1, "mine": 1}


async def test_the_own_history_holds_the_chats_that_the_caller_ended(office: Office, ana: Desk, sofia: Desk) -> None:
    ended = [await office.scene.a_chat(attendant=who) for who in (office.scene.ana, office.scene.ana, office.scene.bia)]
    await office.scene.a_chat(attendant=office.scene.ana)
    for chat in ended:
        assert (await sofia.post(f"/chats/{chat.id}/end")).status_code == 200
    first = (await ana.get("/chats/history", limit=1)).json()
    second = (await ana.get("/chats/history", limit=1, cursor=first["nextCursor"])).json()
    assert [page["items"][0]["id"] for page in (first, second)] == [str(chat.id) for chat in ended[1::-1]]
    assert second["nextCursor"] is None
    assert (await sofia.get("/chats/history")).json()["items"] == []
    assert (await ana.get("/chats", cursor=first["nextCursor"])).json()["code"] == "invalid.cursor"


async def test_a_chat_is_shown_with_its_version_as_etag(office: Office, ana: Desk) -> None:
    chat = await office.scene.a_chat()
    answer = await ana.get(f"/chats/{chat.id}")
    assert answer.status_code == 200
    assert answer.headers["etag"] == f'W/"{answer.json()["version"]}"'


async def test_a_foreign_and_an_absent_chat_are_the_same_answer(office: Office, ana: Desk) -> None:
    elsewhere = await (await type(office.scene).set_in(office.scene.backend)).a_chat()
    answers = [
        (await ana.get(f"/chats/{chat_id}", headers={"x-request-id": "same"})) for chat_id in (elsewhere.id, uuid4())
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].content == answers[1].content
    assert answers[0].json()["code"] == "chat.not_found"


async def test_the_timeline_tells_messages_and_turns_as_one(office: Office, ana: Desk) -> None:
    chat = await office.scene.a_chat(attendant=office.scene.ana)
    async with office.scene.change(chat.id) as changed:
        changed.receive(an_inbound("Oi"), at=office.scene.now())
    await ana.post(f"/chats/{chat.id}/end", {"reason": "resolvido"})
    answer = await ana.get(f"/chats/{chat.id}/timeline")
    assert [item["type"] for item in answer.json()["items"]] == ["chat.opened", "message", "chat.ended"]
    assert answer.json()["items"][-1]["data"]["reason"] == "resolvido"


async def test_we_write_first_and_have_the_chat(office: Office, ana: Desk) -> None:
    scene = office.scene
    answer = await ana.post(
        "/chats", {"clientId": str(scene.maria.id), "integrationId": str(scene.integration.id), "content": "Bom dia"}
    )
    assert answer.status_code == 201
    shown = answer.json()
    assert answer.headers["location"] == f"/chats/{shown['id']}"
    assert (shown["status"], shown["attendant"]["name"], shown["lastMessage"]["content"]) == (
        "ACTIVE",
        "Ana",
        "Bom dia",
    )


async def test_whoever_has_an_open_chat_is_not_written_to_in_another(office: Office, ana: Desk) -> None:
    scene = office.scene
    await scene.a_chat(scene.maria)
    answer = await ana.post(
        "/chats", {"clientId": str(scene.maria.id), "integrationId": str(scene.integration.id), "content": "Bom dia"}
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "chat.already_open")


async def test_outside_the_window_only_a_template_opens_a_chat(office: Office, ana: Desk) -> None:
    cloud = await office.scene.an_integration(platform=Platform.CLOUD_API)
    office.channels[Platform.CLOUD_API].approved = lambda: [RETURN]
    pair = {"clientId": str(office.scene.maria.id), "integrationId": str(cloud.id)}
    refused = await ana.post("/chats", pair | {"content": "Bom dia"})
    assert (refused.status_code, refused.json()["code"]) == (409, "channel.window_closed")
    assert (refused.json()["closesAt"], refused.json()["templates"]) == (None, [])
    template = {"name": "retorno", "language": "pt_BR", "components": [{"type": "body"}]}
    assert (await ana.post("/chats", pair | {"template": template})).status_code == 201


async def test_the_windows_that_close_soon_are_listed(office: Office, ana: Desk) -> None:
    cloud = await office.scene.an_integration(platform=Platform.CLOUD_API)
    at = office.scene.now() - timedelta(hours=23)
    chat = a_chat(await office.scene.a_client(), cloud, at=at)
    chat.receive(an_inbound(at=at), at=at)
    await office.scene.keep(chat)
    assert [(await ana.get("/chats/windows", within=n)).json()["items"] for n in (30, 90)] == [
        [],
        [(await ana.get(f"/chats/{chat.id}")).json()],
    ]
    assert (await ana.get("/chats/windows", within=0)).json()["errors"][0]["pointer"] == "?within"


async def test_strangers_to_the_company_are_not_written_to(office: Office, ana: Desk) -> None:
    scene = office.scene
    for pair, code in (
        ({"clientId": str(uuid4()), "integrationId": str(scene.integration.id)}, "client.not_found"),
        ({"clientId": str(scene.maria.id), "integrationId": str(uuid4())}, "integration.not_found"),
    ):
        answer = await ana.post("/chats", pair | {"content": "Bom dia"})
        assert (answer.status_code, answer.json()["code"]) == (404, code)
