"""/auth/sessions, /auth/password, and guessing."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from jaboti_domain.identity.guard import KNOWN, STRANGE
from jaboti_domain.identity.model import User
from jaboti_domain.kernel.actor import Role
from tests.unit.rest.office import PASSWORD, Desk, Office

OTHER = "quatro tartarugas no telhado"


@pytest.fixture
async def rui(office: Office) -> User:
    """Somebody with a password."""
    person = await office.application.register_user(email="rui@example.com", name="Rui Prado", password=PASSWORD)
    await office.application.enroll(
        company_id=office.scene.company_id, user_id=person.id, name="Rui", role=Role.OPERATOR, primary=True
    )
    return person


async def signed_in(office: Office, device: str = "Firefox", password: str = PASSWORD) -> tuple[Desk, dict[str, Any]]:
    answer = await attempt(office, "rui@example.com", password, device=device)
    assert answer.status_code == 200, answer.text
    return office.with_token(answer.json()["accessToken"]), answer.json()


async def attempt(office: Office, email: str, password: str, *, device: str) -> httpx.Response:
    body = {"email": email, "password": password}
    return await office.stranger.post("/auth/login", body, headers={"user-agent": device})


class TestSessions:
    """Somebody sees where they are signed in, and ends what they want ended."""

    async def test_they_are_listed_last_used_first(self, office: Office, rui: User) -> None:
        await signed_in(office, "Telefone")
        here, _ = await signed_in(office, "Firefox")
        sessions = (await here.get("/auth/sessions")).json()["items"]
        assert [(each["device"], each["current"]) for each in sessions] == [("Firefox", True), ("Telefone", False)]

    async def test_one_that_is_ended_is_over_at_once(self, office: Office, rui: User) -> None:
        phone, _ = await signed_in(office, "Telefone")
        here, _ = await signed_in(office)
        lost = (await here.get("/auth/sessions")).json()["items"][1]["id"]
        assert (await here.delete(f"/auth/sessions/{lost}")).status_code == 204
        assert (await phone.get("/chats")).status_code == 401
        assert (await here.delete(f"/auth/sessions/{lost}")).json()["code"] == "session.not_found"
        assert len((await here.get("/auth/sessions")).json()["items"]) == 1

    async def test_those_of_others_are_not_there(self, office: Office, rui: User, ana: Desk) -> None:
        here, _ = await signed_in(office)
        theirs = (await ana.get("/auth/sessions")).json()["items"][0]["id"]
        answers = [await here.delete(f"/auth/sessions/{each}") for each in (theirs, uuid4())]
        assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(404, "session.not_found")] * 2
        assert (await ana.get("/chats")).status_code == 200


class TestPasswords:
    """A password is changed by whoever knows it, and everybody else is out."""

    async def test_a_change_ends_every_other_session(self, office: Office, rui: User) -> None:
        phone, told = await signed_in(office, "Telefone")
        here, _ = await signed_in(office)
        changed = await here.put("/auth/password", {"currentPassword": PASSWORD, "newPassword": OTHER})
        assert changed.status_code == 204
        assert (await here.get("/chats")).status_code == 200
        assert (await phone.get("/chats")).status_code == 401
        refreshed = await office.stranger.post("/auth/refresh", {"refreshToken": told["refreshToken"]})
        assert refreshed.status_code == 401
        assert (await attempt(office, rui.email, PASSWORD, device="x")).status_code == 401
        await signed_in(office, password=OTHER)

    async def test_the_current_one_must_be_right(self, office: Office, rui: User) -> None:
        here, _ = await signed_in(office)
        refused = await here.put("/auth/password", {"currentPassword": OTHER, "newPassword": OTHER})
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/currentPassword")

    @pytest.mark.parametrize(
        ("password", "code"),
        [
            ("curta demais", "user.weak_password"),
            ("x" * 129, "user.weak_password"),
            ("passwordpassword", "user.common_password"),
            ("123456789012345", "user.common_password"),
            ("aaaaaaaaaaaaaaaaaaaa", "user.common_password"),
            ("ruipradoruiprado", "user.common_password"),
            ("qwertyuiopasdfgh", "user.common_password"),
        ],
    )
    async def test_what_is_guessed_first_is_refused(self, office: Office, rui: User, password: str, code: str) -> None:
        here, _ = await signed_in(office)
        refused = await here.put("/auth/password", {"currentPassword": PASSWORD, "newPassword": password})
        assert (refused.status_code, refused.json()["code"]) == (422, code)
        assert refused.json()["errors"][0]["pointer"] == "/newPassword"


class TestGuessing:
    """It is slow, and locks nobody out."""

    @pytest.mark.parametrize("email", ["rui@example.com", "nobody@example.com"])
    async def test_so_many_guesses_are_taken_and_no_more(self, office: Office, rui: User, email: str) -> None:
        statuses = [(await attempt(office, email, OTHER, device=f"{n}")).status_code for n in range(STRANGE.times + 5)]
        assert statuses == [401] * STRANGE.times + [429] * 5
        told = await attempt(office, email, OTHER, device="one more")
        assert told.json()["code"] == "auth.too_many_attempts"
        assert int(told.headers["retry-after"]) > 3600

    async def test_a_device_that_is_known_still_gets_in(self, office: Office, rui: User) -> None:
        await signed_in(office, "Telefone")
        for n in range(STRANGE.times + 1):
            refused = await attempt(office, rui.email, OTHER, device=f"{n}")
        assert refused.status_code == 429
        assert (await attempt(office, rui.email, PASSWORD, device="new")).status_code == 429
        await signed_in(office, "Telefone")

    async def test_nor_can_a_known_one_be_used_to_guess(self, office: Office, rui: User) -> None:
        await signed_in(office, "Telefone")
        statuses = [
            (await attempt(office, rui.email, OTHER, device="Telefone")).status_code for _ in range(KNOWN.times + 2)
        ]
        assert statuses == [401] * KNOWN.times + [429] * 2

    async def test_who_gets_in_may_err_again(self, office: Office, rui: User) -> None:
        for _ in range(3):
            await signed_in(office, "Telefone")
            for _ in range(KNOWN.times - 1):
                assert (await attempt(office, rui.email, OTHER, device="Telefone")).status_code == 401

    async def test_the_current_password_is_not_to_be_guessed_either(self, office: Office, rui: User) -> None:
        here, _ = await signed_in(office)
        body = {"currentPassword": OTHER, "newPassword": OTHER}
        statuses = [(await here.put("/auth/password", body)).status_code for _ in range(KNOWN.times + 1)]
        assert statuses == [422] * KNOWN.times + [429]
