"""Whoever is forgotten stands neither in Redis nor in what a sheet left behind."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from attrs import frozen
from pydantic import SecretStr
from redis.asyncio import Redis

from jaboti_adapters.media.disk import DiskMediaFiles
from jaboti_adapters.postgres.engine import Database
from jaboti_domain.integration.messaging import Platform
from jaboti_domain.kernel.ports import Rate
from jaboti_entrypoints.container.neighbours import Neighbours, neighbours
from tests.integration.postgres.on_postgres import postgres_backend
from tests.integration.privacy.in_redis import kept
from tests.integration.privacy.planted import DOCUMENT, MARK, PHONE, SECRETS, Site, channels, leaks, plant
from tests.integration.redis_server import RedisServer
from tests.unit.rest.office import SETTINGS, open_office

if TYPE_CHECKING:
    import asyncpg

    Connection = asyncpg.Connection[asyncpg.Record]

SHEET = f"""name,document,phone,email,{MARK}column
{MARK}name,{DOCUMENT},+{PHONE},{MARK}mail@example.com,{MARK}cell
{MARK}odd,111.444.777-99,{PHONE},{MARK}@,{MARK}more
"""


@frozen
class Two:
    """Two processes of an installation on one Redis, the second of which listens."""

    site: Site
    around: Neighbours
    redis: Redis


@pytest.fixture
async def two(database: Database, redis: RedisServer, tmp_path: Path) -> AsyncIterator[Two]:
    settings = SETTINGS.model_copy(update={"redis_url": SecretStr(redis.url)})
    async with neighbours(settings) as here, neighbours(settings) as there, Redis.from_url(redis.url) as client:
        backend = postgres_backend(database, notifier=here.notifier)
        office = await open_office(
            backend, settings=settings, channels=channels(), around=here, files=DiskMediaFiles(tmp_path)
        )
        line = await office.scene.an_integration(platform=Platform.CLOUD_API)
        site = Site(office=office, desk=await office.desk(office.scene.alda), line=line, media=tmp_path)
        ana = office.scene.ana
        async with here.presence.connected(ana.company_id, ana.user_id), there.notifier.listen():
            await there.presence.say(ana.company_id, ana.user_id, online=True)
            yield Two(site, here, client)
        await office.http.aclose()


def secrets_in(found: dict[str, str]) -> set[str]:
    return {name for name, value in found.items() if any(secret in (name + value).lower() for secret in SECRETS)}


async def test_a_person_is_never_kept_in_redis(two: Two) -> None:
    client_id, _ = await plant(two.site)
    before = await kept(two.redis)
    assert {name.split(":")[0] for name in before} >= {"jaboti", "slowlog"}
    assert any("presence" in name for name in before)
    assert any("user" in name for name in before), "rates are counted there"
    assert secrets_in(before) == set()
    answer = await two.site.desk.post(f"/clients/{client_id}/anonymize")
    assert answer.status_code == 200, answer.text
    assert secrets_in(await kept(two.redis)) == set()


async def test_a_rate_that_were_counted_by_phone_would_be_found(two: Two) -> None:
    await two.around.limiter.use(Rate(name="careless", times=1, per=timedelta(minutes=1)), PHONE)
    assert len(secrets_in(await kept(two.redis))) == 1


async def test_who_came_in_with_a_sheet_is_forgotten_with_its_odd_lines(two: Two, superuser: "Connection") -> None:
    site = two.site
    sent = await site.office.http.post(
        "/clients/import", content=SHEET.encode(), headers=site.desk.headers | {"content-type": "text/csv"}
    )
    told = sent.json()
    assert (told["rows"], told["created"], {error["line"] for error in told["errors"]}) == (2, 1, {3})
    assert not [secret for secret in SECRETS if secret in sent.text.lower()], "errors name columns, and quote nothing"
    assert {each.split(".")[0] for each in await leaks(superuser)} >= {"client", "client_term", "client_identity"}
    client = await site.client()
    assert (await site.desk.post(f"/clients/{client.id}/anonymize")).status_code == 200
    assert await leaks(superuser) == set()
    assert secrets_in(await kept(two.redis)) == set()
