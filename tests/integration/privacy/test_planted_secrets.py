"""Fifty secrets are brought in, and stand in no log, metric or answer, in no dump, in no WAL and not in Redis."""

from collections.abc import AsyncIterator, Iterator
from io import StringIO
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest
from pydantic import SecretStr
from redis.asyncio import Redis

from jaboti_adapters.channels import HttpPool
from jaboti_adapters.channels.cloudapi import CloudApiChannel
from jaboti_adapters.channels.evolutionapi import EvolutionApiChannel
from jaboti_adapters.contracts.scene import Scene
from jaboti_adapters.postgres.engine import Database
from jaboti_adapters.security.vault import AesVault
from jaboti_domain.identity.use_cases.access import Identify
from jaboti_domain.integration.messaging import Platform
from jaboti_domain.integration.model import Secret
from jaboti_domain.kernel.errors import Unavailable
from jaboti_entrypoints import logs
from jaboti_entrypoints.container.neighbours import neighbours
from tests.integration.postgres.on_postgres import postgres_backend
from tests.integration.privacy import in_redis
from tests.integration.privacy.secrets_planted import (
    Planter,
    a_planter,
    everything_logged,
    found_in,
    kept,
    place_in_wal,
    written_ahead,
)
from tests.integration.redis_server import RedisServer
from tests.unit.rest.office import SETTINGS, open_office

if TYPE_CHECKING:
    import asyncpg

    Connection = asyncpg.Connection[asyncpg.Record]


@pytest.fixture
async def planter(database: Database, redis: RedisServer) -> AsyncIterator[Planter]:
    settings = SETTINGS.model_copy(update={"redis_url": SecretStr(redis.url)})
    async with HttpPool() as pool, neighbours(settings) as around:
        channels = {Platform.CLOUD_API: CloudApiChannel(pool), Platform.EVOLUTION_API: EvolutionApiChannel(pool)}
        backend = postgres_backend(database, notifier=around.notifier)
        office = await open_office(backend, settings=settings, channels=channels, around=around)
        made = await a_planter(office)
        async with made.http:
            yield made


@pytest.fixture(autouse=True)
def lines() -> Iterator[StringIO]:
    """The log."""
    with everything_logged() as lines:
        yield lines


async def test_secrets_are_nowhere(
    planter: Planter, superuser: "Connection", redis: RedisServer, lines: StringIO, caplog: pytest.LogCaptureFixture
) -> None:
    since = await place_in_wal(superuser)
    with caplog.at_level("DEBUG"):
        await planter.plant()
        await planter.office.scene.backend.call_log.flush()
    libraries = [line for line in caplog.messages if str(planter.http.base_url) not in line]
    said = "\n".join([lines.getvalue(), *libraries])
    assert len(planter.planted) >= 50
    assert "webhook.bad_signature" in said
    assert found_in("\n".join(planter.told), planter.planted) == []
    assert found_in(said, planter.planted) == []
    assert found_in(await kept(superuser), planter.planted) == []
    assert found_in(await written_ahead(superuser, since), planter.planted) == []
    async with Redis.from_url(redis.url) as client:
        held = await in_redis.kept(client)
    assert any("user" in name for name in held), "rates are counted there"
    assert found_in(str(held), planter.planted) == []


async def test_what_is_kept_unsealed_is_found(planter: Planter, superuser: "Connection") -> None:
    def sealed(_: AesVault, secret: Secret, **__: object) -> bytes:
        return secret.reveal().encode()

    def opened(_: AesVault, sealed: bytes, **__: object) -> Secret:
        return Secret(sealed.decode("latin-1"))

    since = await place_in_wal(superuser)
    with patch.object(AesVault, "seal", sealed), patch.object(AesVault, "open", opened):
        await planter.credentials()
    assert len(found_in(await kept(superuser), planter.planted)) >= 6
    assert len(found_in(await written_ahead(superuser, since), planter.planted)) >= 6


async def test_what_is_logged_as_it_came_is_found(planter: Planter, lines: StringIO) -> None:
    secret = planter.new()
    failing = patch.object(Identify, "__call__", side_effect=RuntimeError(f"token={secret}"))
    with failing, patch.object(logs, "scrubbed", lambda text: text):
        await planter.ask("GET", "/auth/me")
    assert found_in(lines.getvalue(), [secret]) == [secret]


async def test_a_secret_in_the_text_of_an_error_is_not_logged(planter: Planter, lines: StringIO) -> None:
    secret = planter.new()
    for said in (
        f"token={secret}",
        f"Bearer {secret}",
        f"postgresql://jaboti:{secret}@db/x",
        f"'password': '{secret}'",
    ):
        with patch.object(Identify, "__call__", side_effect=RuntimeError(said)):
            await planter.ask("GET", "/auth/me")
    assert lines.getvalue().count("request.failed") == 4
    assert found_in(lines.getvalue() + "".join(planter.told), [secret]) == []


async def test_what_is_sealed_for_one_company_opens_for_no_other(planter: Planter, superuser: "Connection") -> None:
    await planter.credentials()
    elsewhere = await Scene.set_in(planter.office.scene.backend)
    move = """UPDATE integration SET credentials = ours.credentials FROM integration AS ours
              WHERE integration.id = $1 AND ours.company_id = $2 AND ours.account = 'l'"""
    moved = await superuser.execute(move, elsewhere.integration.id, planter.office.scene.company_id)
    assert moved == "UPDATE 1"
    with pytest.raises(Unavailable):
        async with elsewhere.uow() as uow:
            await uow.integrations.get(elsewhere.integration.id)
