"""Fresh companies for whoever asks at random: somebody in each role, and one of everything that has an id."""

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from jaboti_adapters.contracts.dead_letters import died
from jaboti_adapters.contracts.media import PNG
from jaboti_adapters.contracts.scene import Scene, keep_people
from jaboti_adapters.security.passwords import Argon2Passwords
from jaboti_domain.identity.model import Session
from jaboti_domain.integration.letters import letter_id
from jaboti_domain.kernel.actor import Actor, Role
from jaboti_domain.kernel.ids import new_id
from tests.unit.rest.office import PASSWORD, SETTINGS, Office

LETTER = b'{"id": "a", "from": "5541988887777", "text": "Oi"}'
OTHER_PASSWORD = "tarde azul no mirante"
HASHER = Argon2Passwords(memory_kib=SETTINGS.password_memory_kib)
LINE = {
    "platform": "EvolutionAPI",
    "name": "Loja",
    "settings": {"baseUrl": "https://evolution.example"},
    "credentials": {"apiKey": "uma chave qualquer", "webhookSecret": "um segredo qualquer"},
}
SHEET = "name,phone\nJoana,11988887777\n"
Who = Role | None
"""None: nobody, without a token."""


@frozen
class Stage:
    """One company, and how to ask there."""

    headers: Mapping[Who, dict[str, str]]
    ids: Mapping[str, str]
    """Of what there is, by the name of the parameter or field."""
    sessions: Mapping[Who, str]
    """A second session of each, which may be ended."""
    refresh: Mapping[Who, str]
    """What prolongs it."""
    emails: Mapping[Who, str]

    def ids_for(self, operation: str, who: Who) -> Mapping[str, str]:
        """What this person may name."""
        known = {**self.ids, "sessionId": self.sessions[who], "password": PASSWORD}
        if operation == "DELETE /integrations/config/{integrationId}":
            known["integrationId"] = known["quietId"]
        return known

    def body_for(self, operation: str, who: Who) -> Any:
        """What this person would send, where chance alone hardly ever finds it; else None."""
        return {
            "POST /auth/login": {"email": self.emails[who], "password": PASSWORD},
            "POST /auth/refresh": {"refreshToken": self.refresh[who]},
            "PUT /auth/password": {"currentPassword": PASSWORD, "newPassword": OTHER_PASSWORD},
            "POST /users": {
                "email": f"{new_id().hex}@example.com", "name": "Rui", "password": OTHER_PASSWORD, "role": "OPERATOR"
            },
            "POST /integrations/config": {**LINE, "account": new_id().hex},
            "PUT /integrations/budget": {"amount": "9.5", "currency": "BRL"},
            "PUT /integrations/config/{integrationId}": {**LINE, "name": "Balcão"},
            "POST /clients/{clientId}/unmerge": {"otherId": self.ids["mergedId"]},
            "POST /clients/import": SHEET,
        }.get(operation)  # fmt: skip


async def set_stage(office: Office) -> Stage:
    """One more company in the office's store."""
    scene = await Scene.set_in(office.scene.backend)
    people = {actor.role: actor for actor in (scene.ana, scene.sofia, scene.alda)}
    headers: dict[Who, dict[str, str]] = {None: {}}
    sessions: dict[Who, str] = {None: str(scene.company_id)}
    refresh: dict[Who, str] = {None: "no token"}
    emails: dict[Who, str] = {None: "nobody@example.com"}
    for role, actor in people.items():
        session, other = await _session(scene, actor), await _session(scene, actor)
        headers[role] = {"authorization": f"Bearer {office.tokens.access_token(session, at=scene.now())[0]}"}
        sessions[role], refresh[role] = str(other.id), office.tokens.refresh_token(other.id, other.counter)
        emails[role] = await _given_a_password(scene, actor)
    media = await office.http.post("/media", files={"file": ("conta.png", PNG)}, headers=headers[Role.OPERATOR])
    await office.http.put("/integrations/budget", json={"amount": "9", "currency": "BRL"}, headers=headers[Role.ADMIN])
    ids = {**await _ids(office, scene), "mediaId": media.json()["id"]}
    return Stage(headers, ids, sessions, refresh, emails)


async def _session(scene: Scene, actor: Actor) -> Session:
    session = Session.open(user_id=actor.user_id, company_id=actor.company_id, at=scene.now())
    await keep_people(scene.backend, session)
    return session


async def _given_a_password(scene: Scene, actor: Actor) -> str:
    """Their address."""
    async with scene.backend.identity_uow() as uow:
        user = await uow.users.get(actor.user_id)
        user.password_hash = await HASHER.hash(PASSWORD)
        await uow.users.save(user)
        await uow.commit()
    return user.email


async def _ids(office: Office, scene: Scene) -> Mapping[str, str]:
    other = await scene.a_client("Joana")
    chat = await scene.a_chat(other, attendant=scene.ana)
    merged = await scene.a_client("Maria do Carmo")
    await office.application.merge_clients(scene.sofia, client_id=scene.maria.id, other_id=merged.id)
    note = await office.application.write_note.on_client(scene.ana, client_id=scene.maria.id, text="Alérgica")
    letter = letter_id(scene.company_id, (await died(scene, LETTER)).id)
    found: dict[str, Any] = {
        "chatId": chat.id,
        "clientId": scene.maria.id,
        "otherId": other.id,
        "mergedId": merged.id,
        "noteId": note.id,
        "deadLetterId": letter,
        "companyId": scene.company_id,
        "departmentId": scene.support.id,
        "toDepartmentId": scene.support.id,
        "integrationId": scene.integration.id,
        "quietId": (await scene.an_integration()).id,
        "userId": scene.bia.user_id,
        "actorId": scene.alda.user_id,
        "toAttendantId": scene.sofia.user_id,
    }
    return {name: str(value) for name, value in found.items()}
