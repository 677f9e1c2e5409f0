"""What a store of integrations promises, and the directory that webhooks ask."""

from datetime import timedelta

import pytest

from jaboti_adapters.contracts.builders import an_integration
from jaboti_adapters.contracts.scene import Scene
from jaboti_adapters.contracts.suite import BackendContract
from jaboti_domain.integration.errors import AccountTaken, IntegrationNotFound
from jaboti_domain.integration.messaging import Platform
from jaboti_domain.integration.model import BotSettings, Integration, IntegrationStatus, Secret
from jaboti_domain.kernel.ids import IntegrationId, new_id


class IntegrationRepositoryContract(BackendContract):
    """Integrations are kept whole, secrets included; an account is connected once, in whichever company."""

    @pytest.mark.parametrize("platform", [*Platform, Platform.introduce("Pombo")])
    async def test_an_integration_comes_back_equal_with_its_secrets(self, scene: Scene, platform: Platform) -> None:
        bot = BotSettings(greeting="Olá! 😀", farewell="Tchau")
        integration = an_integration(scene.company_id, platform=platform, bot=bot)
        integration.reopen_within = timedelta(minutes=30)
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

    async def test_what_nobody_connected_is_not_found(self, scene: Scene) -> None:
        directory = scene.backend.directory
        assert await directory.by_id(IntegrationId(new_id())) is None
        assert await directory.by_account(Platform.EVOLUTION_API, "nobody's") is None
        assert await directory.by_owner(Platform.CLOUD_API, "nobody's") is None


async def _get(scene: Scene, integration_id: IntegrationId) -> Integration:
    async with scene.uow() as uow:
        return await uow.integrations.get(integration_id)
