"""/auth: in, out, who, and for which company."""

from datetime import timedelta

import pytest

from jaboti_adapters.contracts.builders import a_company, a_membership
from jaboti_adapters.contracts.scene import keep, keep_people
from jaboti_domain.company.model import Company
from jaboti_domain.identity.model import User
from jaboti_domain.kernel.actor import Role
from tests.unit.rest.office import PASSWORD, Desk, Office


@pytest.fixture
async def rui(office: Office) -> User:
    """Somebody with a password, and a supervisor of the company."""
    person = await office.application.register_user(email="rui@example.com", name="Rui", password=PASSWORD)
    await office.application.enroll(
        company_id=office.scene.company_id, user_id=person.id, name="Rui", role=Role.SUPERVISOR, primary=True
    )
    return person


async def a_second_company(office: Office, person: User) -> Company:
    company = a_company("Oficina Sol")
    await keep(office.scene.backend, company.id, company, a_membership(company.id, person, role=Role.ADMIN))
    return company


async def test_signing_in_opens_a_session_on_the_primary_company(office: Office, rui: User) -> None:
    answer = await office.stranger.post("/auth/login", {"email": "Rui@Example.com ", "password": PASSWORD})
    assert answer.status_code == 200
    told = answer.json()
    assert told["user"] == {"id": str(rui.id), "name": "Rui", "email": "rui@example.com"}
    assert told["activeCompany"] == told["companies"][0]
    assert (told["activeCompany"]["role"], told["activeCompany"]["primary"]) == ("SUPERVISOR", True)
    assert told["tokenType"] == "Bearer"
    assert told["expiresIn"] in (599, 600)
    assert (await office.with_token(told["accessToken"]).get("/chats")).status_code == 200


async def test_signing_in_may_name_the_company(office: Office, rui: User) -> None:
    second = await a_second_company(office, rui)
    body = {"email": rui.email, "password": PASSWORD}
    answer = await office.stranger.post("/auth/login", body | {"companyId": str(second.id)})
    assert answer.json()["activeCompany"]["name"] == "Oficina Sol"
    refused = await office.stranger.post("/auth/login", body | {"companyId": "0190a8f0-0000-7000-8000-000000000000"})
    assert (refused.status_code, refused.json()["code"]) == (403, "auth.not_a_member")


async def test_nobody_learns_who_exists(office: Office, rui: User) -> None:
    same = {"x-request-id": "same"}
    answers = [
        await office.stranger.post("/auth/login", {"email": email, "password": password}, headers=same)
        for email, password in (
            (rui.email, "another password here"),
            ("nobody@example.com", PASSWORD),
            (rui.email, "short"),
            ("not an address", PASSWORD),
        )
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1
    assert answers[0].headers["www-authenticate"].startswith("Bearer")


async def test_a_refresh_token_is_exchanged_once(office: Office, rui: User) -> None:
    first = (await office.stranger.post("/auth/login", {"email": rui.email, "password": PASSWORD})).json()
    old = first["refreshToken"]
    for _ in range(2):
        first = (await office.stranger.post("/auth/refresh", {"refreshToken": first["refreshToken"]})).json()
        assert (await office.with_token(first["accessToken"]).get("/chats")).status_code == 200
    reused = await office.stranger.post("/auth/refresh", {"refreshToken": old})
    assert (reused.status_code, reused.json()["code"]) == (401, "auth.refresh_reused")
    assert (await office.with_token(first["accessToken"]).get("/chats")).status_code == 401
    ended = await office.stranger.post("/auth/refresh", {"refreshToken": first["refreshToken"]})
    assert (ended.status_code, ended.json()["code"]) == (401, "auth.session_ended")


@pytest.mark.parametrize("token", ["", "nonsense", "á", "AAAA" * 14, "x" * 1024])
async def test_what_is_no_refresh_token_is_refused(office: Office, token: str) -> None:
    answer = await office.stranger.post("/auth/refresh", {"refreshToken": token})
    assert (answer.status_code, answer.json()["code"]) == (401, "auth.invalid_token")


async def test_after_signing_out_the_token_is_dead_everywhere(office: Office, ana: Desk) -> None:
    assert (await ana.get("/chats")).status_code == 200
    assert (await ana.post("/auth/logout")).status_code == 204
    assert (await ana.get("/chats")).status_code == 401
    for path in ("/auth/me", "/auth/companies"):
        assert (await ana.get(path)).json()["code"] == "auth.session_ended"
    for path, body in (("/auth/logout", None), ("/auth/company", {"companyId": str(office.scene.company_id)})):
        assert (await ana.post(path, body)).json()["code"] == "auth.session_ended"


async def test_who_am_i(office: Office, ana: Desk) -> None:
    told = (await ana.get("/auth/me")).json()
    assert told["user"]["name"] == "Ana"
    assert told["activeCompany"]["id"] == str(office.scene.company_id)


async def test_selecting_a_company_gives_a_token_for_it(office: Office, rui: User) -> None:
    second = await a_second_company(office, rui)
    told = (await office.stranger.post("/auth/login", {"email": rui.email, "password": PASSWORD})).json()
    desk = office.with_token(told["accessToken"])
    listed = (await desk.get("/auth/companies")).json()
    assert [company["name"] for company in listed["items"]] == ["Padaria Aurora", "Oficina Sol"]
    selected = (await desk.post("/auth/company", {"companyId": str(second.id)})).json()
    assert selected["activeCompany"]["id"] == str(second.id)
    assert selected["refreshToken"] == told["refreshToken"]
    named = await office.with_token(selected["accessToken"]).get("/chats", companyId=str(second.id))
    assert named.status_code == 200


async def test_a_foreign_company_is_not_selected(ana: Desk) -> None:
    answer = await ana.post("/auth/company", {"companyId": "0190a8f0-0000-7000-8000-000000000000"})
    assert (answer.status_code, answer.json()["code"]) == (403, "auth.not_a_member")


async def test_without_a_company_one_may_still_look_and_leave(office: Office) -> None:
    _, token = await office.session(office.scene.ana.user_id, None)
    desk = office.with_token(token)
    assert (await desk.get("/auth/me")).json()["activeCompany"] is None
    assert len((await desk.get("/auth/companies")).json()["items"]) == 1
    refused = await desk.get("/chats")
    assert (refused.status_code, refused.json()["code"]) == (403, "auth.not_a_member")
    assert (await desk.post("/auth/logout")).status_code == 204


async def test_a_disabled_user_is_nobody(office: Office, rui: User) -> None:
    _, token = await office.session(rui.id, office.scene.company_id)
    rui.enabled = False
    await keep_people(office.scene.backend, rui)
    for path in ("/auth/me", "/auth/companies", "/chats"):
        assert (await office.with_token(token).get(path)).json()["code"] == "auth.invalid_token"


async def test_a_session_that_was_left_alone_is_over(office: Office) -> None:
    ana = office.scene.ana
    session, token = await office.session(ana.user_id, ana.company_id)
    session.used_at -= timedelta(days=8)
    await keep_people(office.scene.backend, session)
    assert (await office.with_token(token).get("/auth/me")).json()["code"] == "auth.session_ended"
    assert (await office.with_token(token).get("/chats")).status_code == 401


async def test_somebody_elses_session_is_not_theirs(office: Office) -> None:
    ana, bia = office.scene.ana, office.scene.bia
    session, _ = await office.session(ana.user_id, ana.company_id)
    session = type(session)(
        id=session.id,
        user_id=bia.user_id,
        company_id=ana.company_id,
        opened_at=session.opened_at,
        used_at=session.used_at,
    )
    token, _ = office.tokens.access_token(session, at=office.scene.now())
    assert (await office.with_token(token).get("/auth/me")).json()["code"] == "auth.invalid_token"
