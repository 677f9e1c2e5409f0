"""What the EvolutionAPI sandbox can be asked."""

import pytest

from tests.integration.sandbox.evolution_shop import MARINA, PATH, EvolutionShop

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_numbers_are_looked_up_with_their_hidden_ids(evolution: EvolutionShop) -> None:
    evolution.knobs.turn(lids=True, not_on_whatsapp=["5511900000000"])
    evolution.hears()
    asked = {"numbers": [MARINA.phone, "5511900000000"]}
    answer = (await evolution.server.post(f"/chat/whatsappNumbers/{PATH}", json=asked)).json()
    assert [each["exists"] for each in answer] == [True, False]
    assert answer[0]["lid"] == f"{MARINA.hidden().lid}@lid"


async def test_its_messages_are_found_by_time_only_between_two_ends(evolution: EvolutionShop) -> None:
    for at in (1_700_000_000, 1_780_000_000):
        evolution.hears(at=at)
    gte, lte = "2026-01-01T00:00:00.000Z", "2037-01-01T00:00:00.000Z"

    async def total(span: dict[str, str]) -> int:
        asked = {"where": {"messageTimestamp": span}, "page": 1, "offset": 1}
        answer = await evolution.server.post(f"/chat/findMessages/{PATH}", json=asked)
        return int(answer.json()["messages"]["total"])

    assert (await total({"gte": gte, "lte": lte}), await total({"gte": gte})) == (1, 2)
