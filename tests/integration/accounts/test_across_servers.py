"""What is over at one server is over at the other, in time; a refresh token has one successor, wherever it is used."""

import asyncio
from typing import Any

from jaboti_domain.kernel.actor import Role
from jaboti_entrypoints.rehearsal.people import PASSWORD
from tests.integration.accounts.pair import Pair, bearer, closed
from tests.integration.walk.walker import EMAILS

NEW_PASSWORD = "outro cavalo bateria grampo"
REFUSED = {401, 403}


async def test_a_refresh_token_has_one_successor_and_a_stolen_one_is_found_out_within_a_second(pair: Pair) -> None:
    await _is_exchanged_once_by_fifty_at_once(pair)
    await _is_answered_again_when_the_answer_was_lost(pair)
    await _is_found_out_when_it_was_stolen(pair)


async def _is_exchanged_once_by_fifty_at_once(pair: Pair) -> None:
    token = (await pair.sign_in(EMAILS[Role.OPERATOR]))["refreshToken"]
    answers = await asyncio.gather(*(pair.refresh(token, at=n % 2) for n in range(50)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["refreshToken"] for answer in answers}) == 1


async def _is_answered_again_when_the_answer_was_lost(pair: Pair) -> None:
    token = (await pair.sign_in(EMAILS[Role.OPERATOR]))["refreshToken"]
    answers = [await pair.refresh(token, at=each) for each in (0, 1, 1, 0)]
    assert len({answer.json()["refreshToken"] for answer in answers}) == 1


async def _is_found_out_when_it_was_stolen(pair: Pair) -> None:
    stolen = (await pair.sign_in(EMAILS[Role.OPERATOR]))["refreshToken"]
    successor = (await pair.refresh(stolen, at=0)).json()["refreshToken"]
    used = (await pair.refresh(successor, at=1)).json()
    assert {await pair.ask(used["accessToken"], "/chats", at=each) for each in (0, 1)} == {200}
    assert (await pair.refresh(stolen, at=1)).status_code == 401
    await pair.refused(used["accessToken"], {401}, within=1)
    assert (await pair.refresh(used["refreshToken"], at=0)).status_code == 401


async def test_whoever_is_out_is_refused_in_five_seconds_at_both_servers_and_off_their_sockets_in_two(
    pair: Pair,
) -> None:
    admin = (await pair.sign_in(EMAILS[Role.ADMIN]))["accessToken"]
    for way in ("signed out", "disabled", "removed", "password changed"):
        member = await _hired(pair, admin, way.replace(" ", "."))
        token = member["accessToken"]
        async with pair.listening(token, at=1) as socket:
            assert {await pair.ask(token, "/chats", at=each) for each in (0, 1)} == {200}
            await _end(pair, way, member, admin)
            async with asyncio.timeout(2):
                assert await closed(socket) == 4409, way
        await pair.refused(token, REFUSED, within=5)
    await _is_lower_by_now(pair, admin)


async def _hired(pair: Pair, admin: str, name: str) -> dict[str, Any]:
    email = f"{name}@aurora.example"
    body = {"email": email, "name": name, "password": PASSWORD, "role": "SUPERVISOR"}
    answer = await pair.servers[0].post("/users", json=body, headers=bearer(admin))
    assert answer.status_code == 201, answer.text
    return await pair.sign_in(email, at=1)


async def _end(pair: Pair, way: str, member: dict[str, Any], admin: str) -> None:
    first, user, by = pair.servers[0], member["user"], bearer(admin)
    path, as_is = f"/users/{user['id']}", {"name": user["name"], "role": "SUPERVISOR", "departments": []}
    match way:
        case "signed out":
            answer = await first.post("/auth/logout", headers=bearer(member["accessToken"]))
        case "disabled":
            answer = await first.put(path, json={**as_is, "enabled": False}, headers=by)
        case "removed":
            answer = await first.delete(path, headers=by)
        case _:
            answer = await first.put(path, json={**as_is, "password": NEW_PASSWORD}, headers=by)
    assert answer.is_success, answer.text


async def _is_lower_by_now(pair: Pair, admin: str) -> None:
    """A role that was taken away is gone too."""
    member = await _hired(pair, admin, "lower")
    token, path = member["accessToken"], "/integrations/config"
    assert {await pair.ask(token, path, at=each) for each in (0, 1)} == {200}
    lower = {"name": "Lower", "role": "OPERATOR", "departments": []}
    answer = await pair.servers[0].put(f"/users/{member['user']['id']}", json=lower, headers=bearer(admin))
    assert answer.is_success, answer.text
    await pair.refused(token, {403}, within=5, path=path)
