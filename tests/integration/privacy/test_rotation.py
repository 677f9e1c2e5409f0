"""The key of the vault is changed while two processes work: nothing fails, and the old key opens nothing any more."""

import asyncio
import secrets
from base64 import b64decode
from collections.abc import Mapping
from itertools import count
from typing import TYPE_CHECKING

import msgspec
import pytest
from attrs import define, evolve, field

from jaboti_adapters.contracts.scene import Scene
from jaboti_adapters.postgres.engine import Database
from jaboti_domain.integration.messaging import Platform
from jaboti_domain.integration.model import Configuration, Integration, Secret
from jaboti_domain.kernel.errors import Unavailable
from jaboti_entrypoints.application import Application
from tests.integration.postgres.on_postgres import postgres_backend
from tests.unit.rest.office import SETTINGS, application_over

if TYPE_CHECKING:
    import asyncpg

    Connection = asyncpg.Connection[asyncpg.Record]

OLD, NEW = secrets.token_bytes(32), secrets.token_bytes(32)
Keys = Mapping[str, bytes]
BEFORE: Keys = {"old": OLD}
STEPS: list[Keys] = [{"old": OLD, "new": NEW}, {"new": NEW, "old": OLD}]
"""Everybody knows the new key before anybody seals with it."""


@define(eq=False)
class Rotation:
    """Two processes on one database; each is started again with other keys while both go on working."""

    database: Database
    nodes: list[Application] = field(init=False)
    scene: Scene = field(init=False)
    line: Integration = field(init=False)
    turns: "count[int]" = field(factory=count)
    failures: list[str] = field(factory=list)

    async def begin(self) -> None:
        self.nodes = [self.started(BEFORE), self.started(BEFORE)]
        self.scene = await Scene.set_in(postgres_backend(self.database, keys=BEFORE))
        line = await self.scene.an_integration(platform=Platform.CLOUD_API)
        self.line = evolve(line, credentials={**line.credentials, "app_secret": Secret("the first")})
        await self.scene.keep(self.line)

    def started(self, keys: Keys) -> Application:
        settings = SETTINGS.model_copy(update={"vault_keys": keys})
        backend = postgres_backend(self.database, keys=keys)
        application: Application = application_over(backend, settings=settings).application()
        return application

    async def roll_out(self, keys: Keys) -> None:
        """One after the other, and work at both of them in between."""
        for place in range(len(self.nodes)):
            self.nodes[place] = self.started(keys)
            await self.work()

    async def work(self) -> None:
        """Each changes a secret that the other one sealed, and reads it."""
        for node in [*self.nodes, *self.nodes]:
            secret = f"secret {next(self.turns)}"
            wanted = Configuration(name="Loja", settings=self.line.settings, credentials={"app_secret": secret})
            try:
                await node.configure_integration.edit(self.scene.alda, integration_id=self.line.id, wanted=wanted)
                await node.look_at_integration(self.scene.alda, integration_id=self.line.id)
            except Unavailable as refusal:
                self.failures.append(f"{secret}: {refusal.code}")

    async def finding(self) -> object:
        """What is wrong with the audit log."""
        return (await self.nodes[0].verify_audit(self.scene.company_id)).reason or None


@pytest.fixture
async def rotation(database: Database) -> Rotation:
    rotation = Rotation(database)
    await rotation.begin()
    await rotation.work()
    return rotation


async def sealed_with(superuser: "Connection") -> set[str]:
    """The ids of the keys that something is sealed with."""
    rows = await superuser.fetch("SELECT credentials::text AS text FROM integration")
    sealed = [b64decode(each) for row in rows for each in msgspec.json.decode(row["text"]).values()]
    return {each[2 : 2 + each[1]].decode() for each in sealed}


async def test_a_key_is_changed_under_load_and_nothing_fails(rotation: Rotation, superuser: "Connection") -> None:
    for keys in STEPS:
        await rotation.roll_out(keys)
    assert await sealed_with(superuser) == {"old", "new"}
    resealed, _ = await asyncio.gather(rotation.nodes[1].reseal_credentials(rotation.scene.company_id), rotation.work())
    assert resealed == 2
    assert await sealed_with(superuser) == {"new"}
    assert (rotation.failures, await rotation.finding()) == ([], None)


async def test_a_key_that_not_everybody_knows_yet_is_found_out(rotation: Rotation) -> None:
    await rotation.roll_out(STEPS[1])
    assert {failure.partition(": ")[2] for failure in rotation.failures} == {"unavailable"}
