"""What a store of integrations promises, its reads, and the directory that webhooks ask."""

import json
from datetime import timedelta
from typing import Any

import pytest

from jaboti_adapters.contracts.builders import an_integration
from jaboti_adapters.contracts.scene import Scene
from jaboti_adapters.contracts.suite import BackendContract
from jaboti_domain.integration.errors import AccountTaken, IntegrationNotFound
from jaboti_domain.integration.messaging import Platform
from jaboti_domain.integration.model import Integration, IntegrationStatus, News, Secret
from jaboti_domain.kernel.bot import BotSettings
from jaboti_domain.kernel.errors import InvalidCursor
from jaboti_domain.kernel.ids import CompanyId, IntegrationId, new_id
from jaboti_domain.kernel.paging import Cursor


class IntegrationRepositoryContract(BackendContract):
    """Integrations are kept whole, secrets included; an account is connected once, in whichever company."""

    @pytest.mark.parametrize("platform", [*Platform, Platform.introduce("Pombo")])
    async def test_an_integration_comes_back_equal_with_its_secrets(self, scene: Scene, platform: Platform) -> None:
        bot = BotSettings(greeting="Olá! 😀", farewell="Tchau")
        integration = an_integration(scene.company_id, platform=platform, bot=bot)
        integration.reopen_within, integration.quality = timedelta(minutes=30), "GREEN"
        integration.news = [News(topic="account_update", summary="event: ACCOUNT_RESTRICTION", at=scene.now())]
        await scene.keep(integration)
        kept = await _get(scene, integration.id)
        assert kept == integration
        assert {n: s.reveal() for n, s in kept.credentials.items()} == {
            n: s.reveal() for n, s in integration.credentials.items()
        }

    async def test_an_integration_may_change(self, scene: Scene) -> None:
        integration = await _get(scene, scene.integration.id)
        integration.report("190: the token has expired", at=scene.now())
        integration.status, integration.name = IntegrationStatus.INACTIVE, "Antigo"
        integration.credentials = {**integration.credentials, "api_key": Secret("another")}
        await scene.keep(integration)
        assert await _get(scene, integration.id) == integration
        assert (await scene.happened())[-1] == "integration.changed"

    async def test_an_unknown_integration_is_refused(self, scene: Scene) -> None:
        with pytest.raises(IntegrationNotFound):
            await _get(scene, IntegrationId(new_id()))

    async def test_find_gives_those_that_exist(self, scene: Scene) -> None:
        own = scene.integration
        async with scene.uow() as uow:
            assert await uow.integrations.find([own.id, IntegrationId(new_id())]) == {own.id: own}
            assert await uow.integrations.find([]) == {}

    async def test_another_companys_integration_is_not_there(self, scene: Scene) -> None:
        other = await Scene.set_in(scene.backend)
        with pytest.raises(IntegrationNotFound):
            await _get(other, scene.integration.id)
        async with other.uow() as uow:
            assert await uow.integrations.find([scene.integration.id]) == {}

    async def test_an_account_is_connected_once_over_all_companies(self, scene: Scene) -> None:
        other = await Scene.set_in(scene.backend)
        for rival in (scene, other):
            with pytest.raises(AccountTaken):
                await rival.keep(an_integration(rival.company_id, account=scene.integration.account))
        await other.keep(
            an_integration(other.company_id, platform=Platform.CLOUD_API, account=scene.integration.account)
        )

    async def test_an_integration_is_found_by_its_account(self, scene: Scene) -> None:
        own, other = scene.integration, await Scene.set_in(scene.backend)
        async with scene.uow() as uow:
            assert await uow.integrations.find_by_account(own.platform, own.account) == own
            assert await uow.integrations.find_by_account(Platform.CLOUD_API, own.account) is None
        async with other.uow() as uow:
            assert await uow.integrations.find_by_account(own.platform, own.account) is None

    async def test_all_of_a_company_come_in_the_order_in_which_they_were_connected(self, scene: Scene) -> None:
        await Scene.set_in(scene.backend)
        second = await scene.an_integration()
        async with scene.uow() as uow:
            assert await uow.integrations.all() == [scene.integration, second]

    async def test_open_chats_hold_an_integration(self, scene: Scene) -> None:
        second, chat = await scene.an_integration(), await scene.a_chat()
        async with scene.uow() as uow:
            assert await uow.integrations.has_open_chats(scene.integration.id)
            assert not await uow.integrations.has_open_chats(second.id)
        async with scene.change(chat.id) as changed:
            changed.end(None, reason="", at=scene.now())
        async with scene.uow() as uow:
            assert not await uow.integrations.has_open_chats(scene.integration.id)

    async def test_what_was_removed_is_not_there_and_its_account_is_free(self, scene: Scene) -> None:
        own = scene.integration
        await _remove(scene, own)
        with pytest.raises(IntegrationNotFound):
            await _get(scene, own.id)
        async with scene.uow() as uow:
            assert await uow.integrations.find([own.id]) == {}
            assert await uow.integrations.find_by_account(own.platform, own.account) is None
            assert await uow.integrations.all() == []
        other = await Scene.set_in(scene.backend)
        heir = an_integration(other.company_id, account=own.account)
        await other.keep(heir)
        assert await _get(other, heir.id) == heir


class IntegrationReadsContract(BackendContract):
    """Integrations are shown without their secrets."""

    async def test_an_integration_is_shown_with_the_hints_of_its_secrets(self, scene: Scene) -> None:
        integration = an_integration(
            scene.company_id, platform=Platform.CLOUD_API, owner="77", bot=BotSettings(greeting="Olá", farewell="Tchau")
        )
        integration.reopen_within = timedelta(minutes=30)
        await scene.keep(integration)
        shown = json.loads(await scene.backend.integration_reads.one(scene.company_id, integration.id))
        assert shown == {
            "id": str(integration.id),
            "platform": "CloudAPI",
            "account": integration.account,
            "name": "Atendimento",
            "status": "ACTIVE",
            "settings": {"baseUrl": "https://channel.example", "wabaId": "77"},
            "credentials": {
                "accessToken": integration.credentials["access_token"].hint(),
                "appSecret": integration.credentials["app_secret"].hint(),
                "verifyToken": integration.credentials["verify_token"].hint(),
            },
            "bot": {"greeting": "Olá", "farewell": "Tchau"},
            "reopenWithinSeconds": 1800,
            "trouble": None,
            "version": 1,
        }

    async def test_pages_follow_one_another(self, scene: Scene) -> None:
        ids = [scene.integration.id, *[(await scene.an_integration()).id for _ in range(4)]]
        seen, after = [], None
        for _ in range(3):
            page = await scene.backend.integration_reads.page(scene.company_id, after=after, limit=2)
            seen += [each["id"] for each in json.loads(page.items)]
            after = page.next
        assert (seen, after) == ([str(each) for each in ids], None)

    async def test_what_was_removed_or_is_anothers_is_not_shown(self, scene: Scene) -> None:
        own, other = scene.integration, await Scene.set_in(scene.backend)
        await _remove(scene, own)
        assert await _shown(scene, scene.company_id) == []
        for company_id in (scene.company_id, other.company_id):
            with pytest.raises(IntegrationNotFound):
                await scene.backend.integration_reads.one(company_id, own.id)

    @pytest.mark.parametrize("key", [[], ["x"], ["1", "2"]])
    async def test_a_cursor_of_another_list_is_refused(self, scene: Scene, key: list[str]) -> None:
        with pytest.raises(InvalidCursor):
            await scene.backend.integration_reads.page(scene.company_id, after=Cursor(key), limit=2)

    async def test_the_companys_bot_is_in_effect_where_there_is_none_of_its_own(self, scene: Scene) -> None:
        own = an_integration(scene.company_id, bot=BotSettings(greeting="Aqui é a loja"))
        await scene.keep(own)
        await _give_the_company_a_bot(scene, BotSettings(greeting="Olá!"))
        async with scene.uow() as uow:
            found = await uow.integrations.find([scene.integration.id, own.id])
        bots = [found[each.id].bot_in_effect for each in (scene.integration, own)]
        assert bots == [BotSettings(greeting="Olá!"), BotSettings(greeting="Aqui é a loja")]
        assert (await _get(scene, scene.integration.id)).bot_in_effect == bots[0]

    async def test_the_companys_bot_is_not_kept_with_the_integration(self, scene: Scene) -> None:
        await _give_the_company_a_bot(scene, BotSettings(greeting="Olá!"))
        await scene.keep(await _get(scene, scene.integration.id))
        await _give_the_company_a_bot(scene, None)
        assert (await _get(scene, scene.integration.id)).bot_in_effect is None


class IntegrationDirectoryContract(BackendContract):
    """Webhooks find their integration without knowing the company."""

    async def test_an_integration_is_found_by_its_id_with_its_secrets(self, scene: Scene) -> None:
        assert await scene.backend.directory.by_id(scene.integration.id) == scene.integration

    async def test_an_integration_is_found_by_its_account(self, scene: Scene) -> None:
        own, directory = scene.integration, scene.backend.directory
        assert await directory.by_account(own.platform, own.account) == own
        assert await directory.by_account(Platform.CLOUD_API, own.account) is None

    async def test_an_integration_is_found_by_the_owner_of_its_account(self, scene: Scene) -> None:
        owner = f"waba-{new_id().hex}"
        integration = an_integration(scene.company_id, platform=Platform.CLOUD_API, owner=owner)
        await scene.keep(integration)
        assert await scene.backend.directory.by_owner(Platform.CLOUD_API, owner) == integration

    async def test_what_is_found_knows_the_bot_in_effect(self, scene: Scene) -> None:
        bot = BotSettings(greeting="Olá!", farewell="Tchau")
        await _give_the_company_a_bot(scene, bot)
        found = await scene.backend.directory.by_account(scene.integration.platform, scene.integration.account)
        assert found is not None
        assert (found.bot, found.bot_in_effect) == (None, bot)

    async def test_what_nobody_connected_is_not_found(self, scene: Scene) -> None:
        directory = scene.backend.directory
        assert await directory.by_id(IntegrationId(new_id())) is None
        assert await directory.by_account(Platform.EVOLUTION_API, "nobody's") is None
        assert await directory.by_owner(Platform.CLOUD_API, "nobody's") is None

    async def test_what_was_removed_is_not_found(self, scene: Scene) -> None:
        integration = an_integration(scene.company_id, platform=Platform.CLOUD_API, owner=f"waba-{new_id().hex}")
        await scene.keep(integration)
        await _remove(scene, integration)
        directory = scene.backend.directory
        assert await directory.by_id(integration.id) is None
        assert await directory.by_account(Platform.CLOUD_API, integration.account) is None
        assert await directory.by_owner(Platform.CLOUD_API, integration.settings["waba_id"]) is None

    async def test_active_integrations_of_all_companies_are_listed_by_platform(self, scene: Scene) -> None:
        other = await Scene.set_in(scene.backend)
        cloud = await scene.an_integration(platform=Platform.CLOUD_API)
        await _remove(scene, removed := await scene.an_integration())
        listed = await scene.backend.directory.active_on([Platform.EVOLUTION_API])
        assert [
            each for each in listed if each in (scene.integration.id, other.integration.id, cloud.id, removed.id)
        ] == [
            scene.integration.id,
            other.integration.id,
        ]
        assert cloud.id in await scene.backend.directory.active_on([Platform.CLOUD_API, Platform.EVOLUTION_API])
        assert await scene.backend.directory.active_on([]) == []


async def _remove(scene: Scene, integration: Integration) -> None:
    async with scene.uow() as uow:
        found = await uow.integrations.get(integration.id)
        found.remove(at=scene.now())
        await uow.integrations.save(found)
        await uow.commit()


async def _shown(scene: Scene, company_id: CompanyId) -> list[dict[str, Any]]:
    page = await scene.backend.integration_reads.page(company_id, after=None, limit=50)
    shown: list[dict[str, Any]] = json.loads(page.items)
    return shown


async def _get(scene: Scene, integration_id: IntegrationId) -> Integration:
    async with scene.uow() as uow:
        return await uow.integrations.get(integration_id)


async def _give_the_company_a_bot(scene: Scene, bot: BotSettings | None) -> None:
    async with scene.uow() as uow:
        company = await uow.companies.get()
        company.bot = bot
        await uow.companies.save(company)
        await uow.commit()
