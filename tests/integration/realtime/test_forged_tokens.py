"""Tokens can't be confused: whatever is forged is 401 over REST and 4401 at the WebSocket's door."""

from collections.abc import AsyncIterator, Mapping
from typing import Any
from unittest.mock import patch

import httpx
import jwt
import pytest

from jaboti_adapters.contracts.scene import Scene
from jaboti_adapters.memory import identity
from jaboti_adapters.security import tokens
from jaboti_domain.identity.use_cases.signing import LogOut
from jaboti_entrypoints.rest.app import create_app
from tests.integration.realtime.house import House
from tests.unit.rest.office import KEYS
from tests.unit.security.forgeries import CLAIMS, COMPANIES, FORGERIES, HEADERS, SIGNATURES, TEXTS, Forge, Material


@pytest.fixture
async def http(house: House) -> AsyncIterator[httpx.AsyncClient]:
    """The application itself: what no HTTP client would put into a header gets there, too."""
    transport = httpx.ASGITransport(app=create_app(house.application), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://jaboti.test") as opened:
        yield opened


@pytest.fixture
async def material(house: House) -> Material:
    """What a forger has."""
    scene, at = house.scene, house.scene.now()
    session = await house.session(scene.ana.user_id, scene.ana.company_id)
    ended = await house.session(scene.ana.user_id, scene.ana.company_id)
    log_out: LogOut = house.application.log_out
    await log_out(ended.id)
    dismissed = await house.token(scene.bia)
    await house.application.remove_member(scene.alda, user_id=scene.bia.user_id)
    elsewhere = await Scene.set_in(scene.backend)
    kid, key = next(iter(KEYS.items()))
    return Material(
        good=house.tokens.access_token(session, at=at)[0],
        key=key,
        kid=kid,
        refresh=house.tokens.refresh_token(session.id, session.counter),
        neighbour=await house.token(elsewhere.ana),
        colleague=await house.token(scene.sofia),
        signed_out=house.token_of(ended),
        dismissed=dismissed,
    )


async def over_rest(http: httpx.AsyncClient, token: str, path: str = "/chats") -> httpx.Response:
    return await http.get(path, headers=[(b"authorization", f"Bearer {token}".encode())])


async def at_the_socket(house: House, token: str) -> int | None:
    """How the server closes; None when it lets somebody in."""
    async with house.bare() as tab:
        await tab.send(type="auth", token=token)
        frame: dict[str, Any] = {}
        try:
            frame = await tab.frame()
        except Exception:
            return await tab.close_code()
        assert frame["type"] == "ready"
        return None


async def let_in(http: httpx.AsyncClient, house: House, material: Material, table: Mapping[str, Forge]) -> set[str]:
    """Those forgeries that get in somewhere, or are answered with anything but a plain no."""
    taken = set()
    for name, forge in table.items():
        token = forge(material)
        answers = [await over_rest(http, token)]
        if name not in COMPANIES:
            answers.append(await over_rest(http, token, "/auth/me"))
        if {answer.status_code for answer in answers} != {401} or await at_the_socket(house, token) != 4401:
            taken.add(name)
    return taken


async def test_what_they_are_made_from_is_let_in(http: httpx.AsyncClient, house: House, material: Material) -> None:
    for token in (material.good, material.sign(), material.neighbour, material.colleague):
        assert (await over_rest(http, token)).status_code == 200
        assert await at_the_socket(house, token) is None


@pytest.mark.parametrize(
    "table",
    [SIGNATURES, HEADERS, CLAIMS, COMPANIES, TEXTS],
    ids=["signatures", "headers", "claims", "companies", "texts"],
)
async def test_no_forgery_gets_in(
    http: httpx.AsyncClient, house: House, material: Material, table: Mapping[str, Forge]
) -> None:
    assert await let_in(http, house, material, table) == set()
    assert (await over_rest(http, material.good)).status_code == 200


def test_there_are_forty_at_least() -> None:
    assert len(FORGERIES) >= 40


async def test_a_signature_that_nobody_checks_is_found(
    http: httpx.AsyncClient, house: House, material: Material
) -> None:
    decode = jwt.decode

    def unchecked(token: str, *_: object, **__: object) -> Any:
        return decode(token, options={"verify_signature": False})

    with patch.object(jwt, "decode", unchecked):
        assert {"no signature", "one bit of the signature", "another key"} <= await let_in(
            http, house, material, SIGNATURES
        )


async def test_a_type_that_nobody_checks_is_found(http: httpx.AsyncClient, house: House, material: Material) -> None:
    with patch.object(tokens, "TYPE", "JWT"):
        assert "the type of any JWT" in await let_in(http, house, material, HEADERS)


async def test_a_company_that_nobody_checks_is_found(http: httpx.AsyncClient, house: House, material: Material) -> None:
    with patch.object(identity, "_works", lambda _: True):
        assert await let_in(http, house, material, COMPANIES) == {"somebody who was dismissed"}
