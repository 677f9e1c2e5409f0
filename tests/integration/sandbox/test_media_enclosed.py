"""Files that come along with the webhook that tells of them."""

import random

import pytest

from jaboti_domain.integration.errors import TryAgain
from jaboti_domain.integration.ports.channels import Enclosing
from jaboti_entrypoints.sandbox.evolutionapi import Version
from tests.integration.sandbox.evolution_shop import EvolutionShop
from tests.integration.sandbox.shop import Shop
from tests.integration.sandbox.sides import cloud_side, evolution_side

pytestmark = pytest.mark.asyncio(loop_scope="module")
BYTES = random.Random(7).randbytes(300_001)


@pytest.mark.parametrize("version", list(Version))
async def test_a_webhook_may_bring_the_file_with_it(evolution: EvolutionShop, version: Version) -> None:
    evolution.knobs.turn(version=version)
    async with evolution_side(evolution, base64=True) as side:
        raw, _ = await side.hears_item("image", BYTES)
        assert await side.enclosed(raw) == BYTES
        evolution.knobs.turn(media_manner="altered")
        raw, _ = await side.hears_item("image", BYTES)
        with pytest.raises(TryAgain):
            await side.enclosed(raw)
        evolution.instance.webhook = type(evolution.instance.webhook)(url=evolution.url)
        raw, _ = await side.hears_item("image", BYTES)
        assert await side.enclosed(raw) is None


async def test_only_evolution_has_webhooks_that_bring_files(shop: Shop) -> None:
    async with cloud_side(shop) as side:
        assert not isinstance(side.channel, Enclosing)
