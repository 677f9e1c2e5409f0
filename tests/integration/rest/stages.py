"""Fresh companies for whoever asks at random: somebody in each role, and one of everything that has an id."""

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from jaboti_adapters.contracts.dead_letters import died
from jaboti_adapters.contracts.media import PNG
from jaboti_adapters.contracts.scene import Scene, keep_people
from jaboti_domain.identity.model import Session
from jaboti_domain.integration.letters import letter_id
from jaboti_domain.kernel.actor import Actor, Role
from tests.unit.rest.office import PASSWORD, Office

LETTER = b'{"id": "a", "from": "5541988887777", "text": "Oi"}'
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

    def ids_for(self, who: Who) -> Mapping[str, str]:
        """What this person may name."""
        return {**self.ids, "sessionId": self.sessions[who], "password": PASSWORD}


async def set_stage(office: Office) -> Stage:
    """One more company in the office's store."""
    scene = await Scene.set_in(office.scene.backend)
    people = {actor.role: actor for actor in (scene.ana, scene.sofia, scene.alda)}
    headers: dict[Who, dict[str, str]] = {None: {}}
    sessions: dict[Who, str] = {None: str(scene.company_id)}
    for role, actor in people.items():
        session = await _session(scene, actor)
        headers[role] = {"authorization": f"Bearer {office.tokens.access_token(session, at=scene.now())[0]}"}
        sessions[role] = str((await _session(scene, actor)).id)
    media = await office.http.post("/media", files={"file": ("conta.png", PNG)}, headers=headers[Role.OPERATOR])
    return Stage(headers, {**await _ids(office, scene), "mediaId": media.json()["id"]}, sessions)


async def _session(scene: Scene, actor: Actor) -> Session:
    session = Session.open(user_id=actor.user_id, company_id=actor.company_id, at=scene.now())
    await keep_people(scene.backend, session)
    return session


async def _ids(office: Office, scene: Scene) -> Mapping[str, str]:
    other = await scene.a_client("Joana")
    chat = await scene.a_chat(other, attendant=scene.ana)
    note = await office.application.write_note.on_client(scene.ana, client_id=scene.maria.id, text="Alérgica")
    letter = letter_id(scene.company_id, (await died(scene, LETTER)).id)
    found: dict[str, Any] = {
        "chatId": chat.id,
        "clientId": scene.maria.id,
        "otherId": other.id,
        "noteId": note.id,
        "deadLetterId": letter,
        "companyId": scene.company_id,
        "departmentId": scene.support.id,
        "toDepartmentId": scene.support.id,
        "integrationId": scene.integration.id,
        "userId": scene.bia.user_id,
        "actorId": scene.alda.user_id,
        "toAttendantId": scene.sofia.user_id,
    }
    return {name: str(value) for name, value in found.items()}
