"""After silence the server is asked what it has, and nothing takes effect twice."""

from datetime import timedelta

import pytest

from jaboti_domain.company.model import Company
from jaboti_domain.integration.errors import IntegrationNotFound, MendSettings, NothingToAsk
from jaboti_domain.integration.messaging import Platform
from jaboti_domain.integration.model import Integration
from jaboti_domain.integration.ports.journal import Outcome
from jaboti_domain.kernel.actor import Actor, Role
from jaboti_domain.kernel.ids import IntegrationId, UserId, new_id
from jaboti_entrypoints.application import Application
from jaboti_entrypoints.container import in_memory
from tests.unit.channels.evolution import INSTANCE, KEY, PHONE
from tests.unit.channels.evolution_shop import Shop, a_shop

HOUR = timedelta(hours=1)


async def connected(shop: Shop, *, key: str = KEY) -> tuple[Application, Company, Integration]:
    """Jaboti with the shop's instance."""
    jaboti, _ = in_memory(more=[shop.channel])
    company, _ = await jaboti.found_company(name="Padaria Aurora")
    line = await jaboti.connect_integration(
        Actor(user_id=UserId(new_id()), company_id=company.id, role=Role.ADMIN, name="jaboti"),
        platform=Platform.EVOLUTION_API,
        account=INSTANCE,
        name="Celular",
        settings=shop.integration.settings,
        credentials={"api_key": key, "webhook_secret": "s"},
    )
    return jaboti, company, line


async def test_what_nobody_told_us_is_asked_for_once() -> None:
    async with a_shop() as shop:
        jaboti, company, line = await connected(shop)
        for words in ("Oi", "tem alguém aí?"):
            shop.server.client_writes(INSTANCE, PHONE, words)
        since = jaboti.clock() - HOUR
        assert [await jaboti.catch_up(line.id, since=since) for _ in range(2)] == [2, 0]
        await jaboti.drain_journal(company.id)
        assert (await jaboti.journal.account()).counts == {Outcome.APPLIED: 2}


async def test_who_cannot_be_asked_is_said() -> None:
    async with a_shop() as shop:
        jaboti, _, line = await connected(shop, key="another-key")
        with pytest.raises(MendSettings):
            await jaboti.catch_up(line.id, since=jaboti.clock())
        with pytest.raises(IntegrationNotFound):
            await jaboti.catch_up(IntegrationId(new_id()), since=jaboti.clock())


async def test_a_platform_that_answers_no_such_questions_is_not_asked() -> None:
    async with a_shop() as shop:
        jaboti, company, _ = await connected(shop)
        cloud = await jaboti.connect_integration(
            Actor(user_id=UserId(new_id()), company_id=company.id, role=Role.ADMIN, name="jaboti"),
            platform=Platform.CLOUD_API,
            account="1",
            name="WhatsApp",
            settings={"base_url": "memory:", "waba_id": "1"},
            credentials={"access_token": "t", "app_secret": "s", "verify_token": "v"},
        )
        with pytest.raises(NothingToAsk):
            await jaboti.catch_up(cloud.id, since=jaboti.clock())
