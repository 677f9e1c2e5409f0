"""Where the platforms come in, over the real endpoint and PostgreSQL."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx
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
from tests.unit.channels.test_cloudapi_signature import SECRET
from tests.unit.rest.office import Office, open_office

Headers = list[tuple[bytes, bytes]]
NEIGHBOURS = "secret-of-another-company"


@frozen
class Doors:
    """Those of one company's two accounts."""

    office: Office
    http: httpx.AsyncClient
    cloud: Integration
    evolution: Integration

    async def bring(self, line: Integration, headers: Headers, body: bytes) -> int:
        """How it is answered."""
        answer = await self.http.post(webhook_path(line.platform, line.id), content=body, headers=headers)
        return answer.status_code

    async def drain(self) -> None:
        """What was brought takes effect."""
        drain = evolve(self.office.application.drain_journal, first_wait=timedelta(0))
        while await drain(self.office.scene.company_id):
            pass


async def _an_account(scene: Scene, platform: Platform, account: str, **secrets: str) -> Integration:
    line = await scene.an_integration(platform=platform)
    named = {name: Secret(value) for name, value in secrets.items()}
    line = evolve(line, account=account, credentials={**line.credentials, **named})
    await scene.keep(line)
    return line


@asynccontextmanager
async def open_doors(database: Database) -> AsyncIterator[Doors]:
    """A company with an account on each platform, and another that has such accounts too."""
    async with HttpPool() as pool:
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
            yield Doors(office, http, cloud, evolution)
