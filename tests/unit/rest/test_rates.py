"""Who asks too often is told so, and everybody is told how often they may."""

import re

import pytest

from jaboti_adapters.memory.store import MemoryStore
from tests.unit.memory.on_memory import memory_backend
from tests.unit.rest.office import SETTINGS, Desk, Office, open_office


@pytest.fixture
async def office() -> Office:
    """In which three requests a minute are enough."""
    few = SETTINGS.model_copy(update={"requests_per_minute": 3, "sign_ins_per_minute": 2})
    return await open_office(memory_backend(MemoryStore()), settings=few)


async def test_every_answer_says_what_is_left(ana: Desk) -> None:
    answers = [await ana.get("/chats/counts") for _ in range(3)]
    assert {answer.headers["ratelimit-policy"] for answer in answers} == {'"user";q=3;w=60'}
    told = [re.fullmatch(r'"user";r=(\d);t=(\d+)', answer.headers["ratelimit"]) for answer in answers]
    assert [int(each[1]) for each in told if each] == [2, 1, 0]
    assert all(0 < int(each[2]) <= 60 for each in told if each)


async def test_one_too_many_is_refused_until_later(ana: Desk, sofia: Desk) -> None:
    statuses = [(await ana.get("/chats/counts")).status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
    refused = await ana.get("/chats/counts")
    assert refused.json()["code"] == "too_many"
    assert 0 < int(refused.headers["retry-after"]) <= 60
    assert refused.headers["ratelimit"].startswith('"user";r=0;')
    assert (await sofia.get("/chats/counts")).status_code == 200


async def test_all_sessions_of_a_user_count_together(office: Office, ana: Desk) -> None:
    other = await office.desk(office.scene.ana)
    assert [(await desk.get("/chats/counts")).status_code for desk in (ana, other, ana, other)] == [200] * 3 + [429]


async def test_without_a_token_the_address_counts(office: Office) -> None:
    body = {"email": "nobody@example.com", "password": "cavalo bateria grampo correto"}
    assert [(await office.stranger.post("/auth/login", body)).status_code for _ in range(3)] == [401, 401, 429]


async def test_an_address_that_somebody_made_up_counts_for_nothing(office: Office) -> None:
    body = {"email": "nobody@example.com", "password": "cavalo bateria grampo correto"}
    made_up = [{"x-forwarded-for": f"203.0.113.{n}", "forwarded": f"for=203.0.113.{n}"} for n in range(3)]
    answers = [await office.stranger.post("/auth/login", body, headers=each) for each in made_up]
    assert [answer.status_code for answer in answers] == [401, 401, 429]


async def test_health_and_documentation_are_free(office: Office) -> None:
    statuses = [(await office.stranger.get(path)).status_code for path in ("/health/live", "/openapi.json") * 3]
    assert statuses == [200] * 6
