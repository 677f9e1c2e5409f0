"""A forged webhook is 401 and leaves no row, whoever it is forged by; over the real endpoint and PostgreSQL."""

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING
from unittest.mock import patch

import httpx
import pytest
from attrs import evolve, frozen

from jaboti_adapters.channels import HttpPool
from jaboti_adapters.channels.cloudapi import CloudApiChannel
from jaboti_adapters.channels.evolutionapi import EvolutionApiChannel
from jaboti_adapters.contracts.scene import Scene
from jaboti_adapters.postgres.engine import Database
from jaboti_domain.integration.messaging import Platform
from jaboti_domain.integration.model import Integration, Secret
from jaboti_entrypoints.rest.app import create_app
from jaboti_entrypoints.webhooks import Webhooks, webhook_path
from tests.integration.postgres.on_postgres import postgres_backend
from tests.unit.channels.evolution import SECRET as PHONES_SECRET
from tests.unit.channels.evolution import body as event
from tests.unit.channels.test_cloudapi_signature import BODY, FORGED, SECRET, signed
from tests.unit.rest.office import open_office

if TYPE_CHECKING:
    import asyncpg

    Connection = asyncpg.Connection[asyncpg.Record]

Headers = list[tuple[bytes, bytes]]
NEIGHBOURS = "secret-of-another-company"
EVENT = event("v2_2_3__text")
STRANGERS = ["", "Bearer", "Bearer ", PHONES_SECRET, f"bearer {PHONES_SECRET}", f"Bearer {PHONES_SECRET[:-1]}",
             f"Bearer {PHONES_SECRET} ", f"Bearer {NEIGHBOURS}", "Bearer \u0661", "Basic YTpi"]  # fmt: skip


def _signature(header: str | None) -> Headers:
    return [] if header is None else [(b"x-hub-signature-256", header.encode("utf-8", "surrogatepass"))]


def _authorization(header: str) -> Headers:
    return [(b"authorization", header.encode())]


META: list[tuple[Headers, bytes]] = [
    *((_signature(header), content) for header, content in FORGED),
    (_signature(signed(secret=NEIGHBOURS)), BODY),
    (_signature(signed(secret="of-the-year-before-last")), BODY),
    (_signature(signed()) * 2, BODY),
    ([(b"x-hub-signature", signed(algorithm="sha1").encode())], BODY),
]
PHONES: list[tuple[Headers, bytes]] = [
    ([], EVENT),
    (_authorization(f"Bearer {PHONES_SECRET}") * 2, EVENT),
    *((_authorization(each), EVENT) for each in STRANGERS),
]


@frozen
class Doors:
    """Where the platforms come in, for one company's two accounts."""

    http: httpx.AsyncClient
    cloud: Integration
    evolution: Integration

    async def bring(self, line: Integration, headers: Headers, body: bytes) -> int:
        """How it is answered."""
        answer = await self.http.post(webhook_path(line.platform, line.id), content=body, headers=headers)
        return answer.status_code

    async def forged(self) -> list[int]:
        """Everything, in turn."""
        answers = [await self.bring(self.cloud, *each) for each in META]
        return answers + [await self.bring(self.evolution, *each) for each in PHONES]


async def _an_account(scene: Scene, platform: Platform, account: str, **secrets: str) -> Integration:
    line = await scene.an_integration(platform=platform)
    named = {name: Secret(value) for name, value in secrets.items()}
    line = evolve(line, account=account, credentials={**line.credentials, **named})
    await scene.keep(line)
    return line


@pytest.fixture
async def doors(database: Database) -> AsyncIterator[Doors]:
    pool = HttpPool()
    channels = {Platform.CLOUD_API: CloudApiChannel(pool), Platform.EVOLUTION_API: EvolutionApiChannel(pool)}
    office = await open_office(postgres_backend(database), channels=channels)
    neighbours = await Scene.set_in(office.scene.backend)
    await _an_account(neighbours, Platform.CLOUD_API, "1", app_secret=NEIGHBOURS)
    await _an_account(neighbours, Platform.EVOLUTION_API, "one", webhook_secret=NEIGHBOURS)
    cloud = await _an_account(office.scene, Platform.CLOUD_API, "700000000000001", app_secret=SECRET)
    evolution = await _an_account(office.scene, Platform.EVOLUTION_API, "loja-aurora", webhook_secret=PHONES_SECRET)
    app = create_app(office.application, extra_routes=Webhooks(application=office.application).routes())
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://jaboti.test") as http:
        yield Doors(http, cloud, evolution)


async def rows(superuser: "Connection") -> dict[str, int]:
    """How many there are in each table."""
    tables = await superuser.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    return {name: await superuser.fetchval(f'SELECT count(*) FROM "{name}"') for (name,) in tables}


def test_there_are_thirty_at_least() -> None:
    assert (len(META), len(PHONES)) >= (30, 10)


async def test_forgeries_are_refused_and_leave_no_row(doors: Doors, superuser: "Connection") -> None:
    before = await rows(superuser)
    assert set(await doors.forged()) == {401}
    assert await rows(superuser) == before


async def test_the_platforms_themselves_leave_rows(doors: Doors, superuser: "Connection") -> None:
    before = await rows(superuser)
    assert await doors.bring(doors.cloud, _signature(signed()), BODY) == 200
    assert await doors.bring(doors.evolution, _authorization(f"Bearer {PHONES_SECRET}"), EVENT) == 200
    after = await rows(superuser)
    assert {name for name in after if after[name] > before[name]} == {"journal", "journal_lane"}


@pytest.mark.parametrize("channel", [CloudApiChannel, EvolutionApiChannel])
async def test_a_channel_that_believes_everybody_is_found(
    doors: Doors, superuser: "Connection", channel: type[CloudApiChannel] | type[EvolutionApiChannel]
) -> None:
    before = await rows(superuser)
    with patch.object(channel, "verify", lambda *_: None):
        assert 200 in await doors.forged()
    assert await rows(superuser) != before
