"""Two companies with the same things in them, and what one of them has removed."""

import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeAlias

import asyncpg
from attrs import evolve, field, frozen

from jaboti_adapters.contracts.builders import a_department, a_membership, a_user
from jaboti_adapters.contracts.dead_letters import died
from jaboti_adapters.contracts.media import PNG
from jaboti_adapters.contracts.notes import write_note
from jaboti_adapters.contracts.scene import Scene, keep_people
from jaboti_adapters.postgres.engine import Database
from jaboti_adapters.postgres.tables import metadata
from jaboti_domain.integration.content import Text
from jaboti_domain.integration.letters import letter_id
from jaboti_domain.kernel.actor import Role
from tests.integration.postgres.on_postgres import postgres_backend
from tests.unit.rest.office import Desk, Office, open_office

Superuser: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
PATHS: Mapping[str, str] = {
    "client": "/clients/{}",
    "department": "/departments/{}",
    "user": "/users/{}",
    "note": "/notes/{}",
    "integration": "/integrations/config/{}",
    "session": "/auth/sessions/{}",
}
"""Where each kind of what can be removed is removed."""


@frozen
class Things:
    """What a company can make one more of, by kind; each gives its id."""

    office: Office
    scene: Scene

    async def make(self, kind: str) -> str:
        """One more, in this company."""
        makers: Mapping[str, Callable[[], Awaitable[object]]] = {
            "company": self._company,
            "client": self._client,
            "chat": self._chat,
            "pending chat": self._pending,
            "message": self._message,
            "department": self._department,
            "user": self._user,
            "integration": self._integration,
            "note": self._note,
            "dead letter": self._letter,
            "session": self._session,
            "media": self._media,
        }
        return str(await makers[kind]())

    async def _company(self) -> object:
        return self.scene.company_id

    async def _client(self) -> object:
        return (await self.scene.a_client()).id

    async def _chat(self) -> object:
        return (await self.scene.a_chat(attendant=self.scene.alda)).id

    async def _pending(self) -> object:
        return (await self.scene.a_chat()).id

    async def _message(self) -> object:
        return await self.message_in(await self._chat())

    async def message_in(self, chat_id: object) -> str:
        """One more message, in this chat."""
        async with self.scene.uow() as uow:
            chat = await uow.chats.get(chat_id)  # type: ignore[arg-type]  # as it was made
            message = chat.send(self.scene.alda, Text(body="Olá"), at=self.scene.now())
            await uow.chats.save(chat)
            await uow.commit()
        return str(message.id)

    async def _department(self) -> object:
        department = a_department(self.scene.company_id, f"Setor {len(await self._departments())}")
        await self.scene.keep(department)
        return department.id

    async def _departments(self) -> Sequence[object]:
        async with self.scene.uow() as uow:
            return list(await uow.departments.all())

    async def _user(self) -> object:
        user = a_user("Rui")
        await keep_people(self.scene.backend, user)
        member = a_membership(self.scene.company_id, user, role=Role.OPERATOR, departments=[self.scene.sales.id])
        await self.scene.keep(member)
        return user.id

    async def _integration(self) -> object:
        return (await self.scene.an_integration()).id

    async def _note(self) -> object:
        return (await write_note(self.scene, self.scene.maria.id)).id

    async def _letter(self) -> object:
        return letter_id(self.scene.company_id, (await died(self.scene, b'{"id":"1"}')).id)

    async def _media(self) -> object:
        desk = await self.office.desk(self.scene.alda)
        answer = await desk.http.post("/media", files={"file": ("a.png", PNG, "image/png")}, headers=desk.headers)
        return answer.json()["id"]

    async def _session(self) -> object:
        return (await self.office.session(self.scene.alda.user_id, self.scene.company_id))[0].id


@frozen(kw_only=True)
class World:
    """Ours, theirs, and who asks: an admin of ours."""

    office: Office
    ours: Things
    theirs: Things
    alda: Desk
    superuser: Superuser
    foreign: dict[str, str] = field(factory=dict)
    removed: dict[str, str] = field(factory=dict)

    @classmethod
    async def made(cls, database: Database, superuser: Superuser) -> "World":
        """With everything in it."""
        backend = postgres_backend(database)
        office = await open_office(backend)
        office.http.event_hooks = {}
        other = evolve(office, scene=await Scene.set_in(backend))
        ours, theirs = Things(office, office.scene), Things(other, other.scene)
        alda = await office.desk(office.scene.alda)
        world = cls(office=office, ours=ours, theirs=theirs, alda=alda, superuser=superuser)
        for kind in ("company", "chat", "message", "dead letter", "media", *PATHS):
            world.foreign[kind] = await theirs.make(kind)
        for kind, path in PATHS.items():
            world.removed[kind] = await ours.make(kind)
            answer = await alda.delete(path.format(world.removed[kind]))
            assert answer.is_success, answer.text
        return world

    async def of_theirs(self) -> Mapping[str, str]:
        """A fingerprint of all that belongs to the other company, by table."""
        company_id = self.theirs.scene.company_id
        found = {}
        for table in metadata.tables.values():
            key = "id" if table.name == "company" else "company_id"
            if key in table.c:
                sql = f"SELECT t::text FROM {table.name} t WHERE t.{key} = $1 ORDER BY 1"
                rows = await self.superuser.fetch(sql, company_id)
                found[table.name] = hashlib.sha256("\n".join(row[0] for row in rows).encode()).hexdigest()
        return found
