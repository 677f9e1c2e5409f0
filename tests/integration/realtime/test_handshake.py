"""Who is let in, and from where they go on."""

import pytest

from jaboti_domain.identity.use_cases.signing import LogOut
from jaboti_domain.kernel.errors import Unavailable
from jaboti_entrypoints.realtime import endpoint
from tests.integration.realtime.house import ORIGIN, House

AUTH = {"type": "auth", "token": "nonsense"}


async def test_a_token_opens_the_connection(house: House) -> None:
    ana = house.scene.ana
    async with house.tab(ana) as tab:
        assert tab.ready == {
            "type": "ready",
            "userId": str(ana.user_id),
            "companyId": str(ana.company_id),
            "cursor": tab.ready["cursor"],
            "resumed": False,
            "heartbeatSeconds": 25.0,
        }
        assert tab.ready["cursor"].endswith("-2"), "the scene's two events are behind it"


@pytest.mark.parametrize("first", ["", "x", "null", "[]", '{"type":"ping","ref":"1"}', '{"type":"auth","token":"x"}'])
async def test_anything_but_a_good_token_is_turned_away(house: House, first: str) -> None:
    async with house.bare() as tab:
        await tab.socket.send(first)
        assert await tab.close_code() == 4401


async def test_a_first_frame_that_is_no_text_is_turned_away(house: House) -> None:
    async with house.bare() as tab:
        await tab.socket.send(b'{"type":"auth"}')
        assert await tab.close_code() == 4401


async def test_whoever_says_nothing_is_turned_away(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoint, "AUTH_WITHIN", 0.05)
    async with house.bare() as tab:
        assert await tab.close_code(within=1) == 4401


async def test_whoever_has_no_company_is_turned_away(house: House) -> None:
    session = await house.session(house.scene.ana.user_id, None)
    async with house.bare() as tab:
        await tab.send(type="auth", token=house.token_of(session))
        assert await tab.close_code() == 4403


async def test_whoever_signed_out_is_turned_away(house: House) -> None:
    ana = house.scene.ana
    session = await house.session(ana.user_id, ana.company_id)
    log_out: LogOut = house.application.log_out
    await log_out(session.id)
    async with house.bare() as tab:
        await tab.send(type="auth", token=house.token_of(session))
        assert await tab.close_code() == 4401


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://painel.example", ORIGIN + ".evil.example"])
async def test_browsers_elsewhere_are_turned_away(house: House, origin: str) -> None:
    async with house.bare(origin=origin) as tab:
        assert await tab.close_code() == 4403


@pytest.mark.parametrize("origin", [ORIGIN, ORIGIN.upper(), None])
async def test_browsers_at_home_and_programs_are_let_in(house: House, origin: str | None) -> None:
    async with house.bare(origin=origin) as tab:
        await tab.send(type="auth", token=await house.token(house.scene.ana))
        assert (await tab.frame())["type"] == "ready"


async def test_while_the_store_is_away_one_is_asked_to_try_again(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_: object, **__: object) -> None:
        raise Unavailable()

    token = await house.token(house.scene.ana)
    monkeypatch.setattr(type(house.application.stream), "head", away)
    async with house.bare() as tab:
        await tab.send(type="auth", token=token)
        assert await tab.close_code() == 1013


async def test_with_a_cursor_one_goes_on_where_one_left_off(house: House) -> None:
    scene = house.scene
    async with house.tab(scene.ana) as tab:
        chat = await scene.a_chat(scene.maria, attendant=scene.ana)
        first = await tab.event("chat.created")
    await house.client_writes(chat, "um", "dois")
    async with house.tab(scene.ana, resume=first["cursor"]) as tab:
        assert (tab.ready["resumed"], tab.ready["cursor"]) == (True, first["cursor"])
        texts = [(await tab.event("message.created"))["data"]["message"]["content"] for _ in range(2)]
        await house.client_writes(chat, "três")
        texts.append((await tab.event("message.created"))["data"]["message"]["content"])
    assert texts == ["um", "dois", "três"]


@pytest.mark.parametrize("cursor", ["", "nonsense", "1-1", "{epoch}-999"])
async def test_with_a_cursor_that_leads_nowhere_one_begins_anew(house: House, cursor: str) -> None:
    async with house.tab(house.scene.ana) as tab:
        epoch = tab.ready["cursor"].partition("-")[0]
    async with house.tab(house.scene.ana, resume=cursor.format(epoch=epoch)) as tab:
        assert tab.ready["resumed"] is False


async def test_the_protocol_is_documented(house: House) -> None:
    import httpx

    async with httpx.AsyncClient(trust_env=False) as http:
        answer = await http.get(house.base.replace("ws:", "http:") + "/asyncapi.json")
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["asyncapi"] == "3.0.0"
