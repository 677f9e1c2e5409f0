"""Templates are asked for now and then, and known in between."""

import asyncio
from collections.abc import Sequence

import pytest
from attrs import define, evolve, field

from jaboti_adapters.channels.remembered import MOST, REMEMBERED, RememberedTemplates
from jaboti_domain.integration.errors import TryAgain
from jaboti_domain.integration.messaging import Platform
from jaboti_domain.integration.model import Integration
from jaboti_domain.integration.ports.channels import TemplateCatalogue
from jaboti_domain.integration.templates import TemplateInfo
from jaboti_domain.kernel.ids import IntegrationId, new_id
from tests.unit.channels.integrations import integration

SHOP = integration("https://graph.example")
HELLO = TemplateInfo(name="ola", language="pt_BR", category="UTILITY", status="APPROVED", body="Olá")


@define
class Platforms(TemplateCatalogue):
    """Counts how often it is asked, and may be away."""

    found: Sequence[TemplateInfo] = (HELLO,)
    is_away: bool = False
    asked: int = field(default=0, init=False)

    async def templates(self, integration: Integration) -> Sequence[TemplateInfo]:
        self.asked += 1
        await asyncio.sleep(0)
        if self.is_away:
            raise TryAgain(error_code="unreachable", title="ConnectError")
        return self.found


@define
class Time:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def platform() -> Platforms:
    return Platforms()


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def remembered(platform: Platforms, time: Time) -> RememberedTemplates:
    return RememberedTemplates({Platform.CLOUD_API: platform}, time)


async def test_the_platform_is_asked_once_in_five_minutes(
    remembered: RememberedTemplates, platform: Platforms, time: Time
) -> None:
    answers = await asyncio.gather(*(remembered.templates(SHOP) for _ in range(5)))
    assert (answers, platform.asked) == ([(HELLO,)] * 5, 1)
    time.now = REMEMBERED
    await remembered.templates(SHOP)
    assert platform.asked == 2


async def test_only_what_was_asked_for_lately_is_known(remembered: RememberedTemplates, time: Time) -> None:
    assert remembered.known(SHOP.id) is None
    await remembered.templates(SHOP)
    assert remembered.known(SHOP.id) == (HELLO,)
    time.now = REMEMBERED
    assert remembered.known(SHOP.id) is None


async def test_while_the_platform_is_away_what_it_said_last_is_true(
    remembered: RememberedTemplates, platform: Platforms, time: Time
) -> None:
    platform.is_away = True
    with pytest.raises(TryAgain):
        await remembered.templates(SHOP)
    platform.is_away = False
    await remembered.templates(SHOP)
    platform.is_away, time.now = True, 10 * REMEMBERED
    assert await remembered.templates(SHOP) == (HELLO,)


async def test_what_is_being_learnt_is_not_asked_for_again(
    remembered: RememberedTemplates, platform: Platforms
) -> None:
    for _ in range(3):
        remembered.learn(SHOP)
    await asyncio.sleep(0.01)
    assert (remembered.known(SHOP.id), platform.asked) == ((HELLO,), 1)


async def test_what_could_not_be_learnt_is_asked_for_anew(remembered: RememberedTemplates, platform: Platforms) -> None:
    for is_away in (True, False):
        platform.is_away = is_away
        remembered.learn(SHOP)
        await asyncio.sleep(0.01)
    assert (remembered.known(SHOP.id), platform.asked) == ((HELLO,), 2)


async def test_other_settings_mean_other_templates(remembered: RememberedTemplates, platform: Platforms) -> None:
    await remembered.templates(SHOP)
    platform.found = ()
    assert await remembered.templates(evolve(SHOP, name="Outro nome")) == (HELLO,)
    assert await remembered.templates(evolve(SHOP, settings={**SHOP.settings, "waba_id": "1"})) == ()


async def test_platforms_without_a_catalogue_have_no_templates(remembered: RememberedTemplates) -> None:
    assert await remembered.templates(evolve(SHOP, platform=Platform.EVOLUTION_API)) == ()


async def test_not_more_than_so_many_are_remembered(remembered: RememberedTemplates) -> None:
    for _ in range(MOST + 1):
        await remembered.templates(evolve(SHOP, id=IntegrationId(new_id())))
    await remembered.templates(SHOP)
    assert len(remembered._kept) == MOST
    assert len(remembered._turns) <= MOST
