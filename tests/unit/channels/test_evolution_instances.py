"""A phone's session on the server: made, tied to the phone, closed, ended."""

from collections.abc import AsyncIterator

import pytest

from jaboti_adapters.channels.evolutionapi.instances import EVENTS
from jaboti_domain.integration.errors import MendSettings
from jaboti_domain.integration.messaging import Connection
from jaboti_domain.integration.ports.channels import ConnectionStatus
from tests.unit.channels.evolution import INSTANCE, KEY, OWN, SECRET, integration
from tests.unit.channels.evolution_shop import Shop, a_shop

URL = "https://jaboti.example/webhooks/evolution/1"


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    async with a_shop() as opened:
        yield opened


@pytest.fixture
async def new() -> AsyncIterator[Shop]:
    async with a_shop(tied=False) as opened:
        yield opened


async def test_a_new_instance_waits_for_a_phone(new: Shop) -> None:
    pairing = await new.channel.create(new.integration, webhook_url=URL)
    assert pairing.connection is Connection.PAIRING
    assert (pairing.qr_image or "").startswith("data:image/png;base64,")
    assert await new.channel.state(new.integration) is Connection.CONNECTING
    new.server.scan(INSTANCE, OWN)
    assert await new.channel.state(new.integration) is Connection.OPEN


async def test_who_looks_at_a_session_that_waits_is_shown_the_qr_code(new: Shop) -> None:
    await new.channel.create(new.integration, webhook_url=URL)
    waiting = await new.channel.connection(new.integration)
    assert waiting is not None
    assert (waiting.state, (waiting.qr_code or "")[:22]) == (Connection.PAIRING, "data:image/png;base64,")
    new.server.scan(INSTANCE, OWN)
    assert await new.channel.connection(new.integration) == ConnectionStatus(state=Connection.OPEN)


async def test_nothing_is_known_of_a_session_that_is_not_there(new: Shop) -> None:
    assert await new.channel.connection(new.integration) is None
    health = await new.channel.test(new.integration)
    assert not health.ok
    assert health.trouble is not None


async def test_all_is_well_while_the_session_is_open(shop: Shop) -> None:
    health = await shop.channel.test(shop.integration)
    assert (health.ok, health.detail, health.trouble) == (True, "open", None)
    shop.server.drop(INSTANCE, 401)
    health = await shop.channel.test(shop.integration)
    assert (health.ok, health.detail, health.trouble) == (False, "closed", "the session is closed")


async def test_what_ties_a_phone_to_us_is_not_shown(new: Shop) -> None:
    pairing = await new.channel.create(new.integration, webhook_url=URL)
    assert (pairing.qr_image or "?") not in repr(pairing)


async def test_its_events_come_to_us_with_our_secret_and_without_files_or_groups(new: Shop) -> None:
    await new.channel.create(new.integration, webhook_url=URL)
    instance = new.server.platform.instances.get(INSTANCE)
    hook = instance.webhook
    assert (hook.url, hook.headers, hook.byEvents, hook.base64) == (
        URL,
        {"authorization": f"Bearer {SECRET}"},
        False,
        False,
    )
    assert hook.events == tuple(EVENTS)
    assert instance.settings["groupsIgnore"] is True


async def test_making_it_again_connects_what_is_there_and_moves_its_webhook(shop: Shop) -> None:
    opener = integration(shop.integration.settings["base_url"], api_key=KEY)
    pairing = await shop.channel.create(opener, webhook_url=URL)
    assert (pairing.connection, pairing.qr_image, pairing.code) == (Connection.OPEN, None, None)
    assert shop.server.platform.instances.get(INSTANCE).webhook.url == URL


async def test_a_session_that_was_closed_shows_a_qr_code_again(shop: Shop) -> None:
    shop.server.drop(INSTANCE, 401)
    assert await shop.channel.state(shop.integration) is Connection.CLOSED
    pairing = await shop.channel.connect(shop.integration)
    assert pairing.connection is Connection.PAIRING


async def test_a_restart_connects_anew_with_the_same_phone(shop: Shop) -> None:
    assert await shop.channel.restart(shop.integration) is Connection.CONNECTING
    assert await shop.server.settled()
    assert await shop.channel.state(shop.integration) is Connection.OPEN


async def test_logging_out_twice_is_logging_out(shop: Shop) -> None:
    for _ in range(2):
        await shop.channel.log_out(shop.integration)
        assert await shop.channel.state(shop.integration) is Connection.CLOSED


async def test_deleting_twice_is_deleting(shop: Shop) -> None:
    await shop.channel.delete(shop.integration)
    assert await shop.server.settled()
    await shop.channel.delete(shop.integration)
    with pytest.raises(MendSettings):
        await shop.channel.state(shop.integration)


async def test_only_the_global_key_makes_instances(new: Shop) -> None:
    stranger = integration(new.integration.settings["base_url"], api_key="another-key")
    with pytest.raises(MendSettings):
        await new.channel.create(stranger, webhook_url=URL)
    assert list(new.server.platform.instances) == []
