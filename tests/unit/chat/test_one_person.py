"""One person is one client, on whichever platform they write, and by whichever of their names."""

import json
from itertools import permutations

import pytest

from jaboti_domain.audit.queries import AuditFilter
from jaboti_domain.chat.use_cases.receive import Arrived
from jaboti_domain.integration.messaging import Inbound, Platform, Update
from jaboti_domain.kernel.actor import Role
from tests.unit.channels import evolution, payloads
from tests.unit.chat.shop import Shop, a_shop

CLOUD = ("text", "text_by_user_id")
EVOLUTION = ("v2_2_3__text_ninth_digit", "v2_3_6__text_by_hidden_id_and_phone", "v2_2_3__text_by_hidden_id")


def inbound(updates: list[Update]) -> Inbound:
    (found,) = [update for update in updates if isinstance(update, Inbound)]
    return found


async def on_both_platforms() -> tuple[Shop, dict[str, Arrived]]:
    """A shop with an account on each, and what Marina writes to them."""
    shop = await a_shop()
    phone = await shop.jaboti.connect_integration(
        shop.somebody("Bruno", role=Role.ADMIN),
        platform=Platform.EVOLUTION_API,
        account=evolution.INSTANCE,
        name="Celular",
        settings={"base_url": "https://evolution.example"},
        credentials={"api_key": "k", "webhook_secret": "s"},
    )
    written = {name: (shop.line.id, inbound(payloads.updates(name))) for name in CLOUD}
    written |= {name: (phone.id, inbound(evolution.updates(name))) for name in EVOLUTION}
    return shop, {name: Arrived(integration_id=line, update=update) for name, (line, update) in written.items()}


@pytest.mark.parametrize("first", [*CLOUD, *EVOLUTION])
async def test_whichever_name_comes_first_all_of_them_are_one_client(first: str) -> None:
    for order in permutations([name for name in (*CLOUD, *EVOLUTION) if name != first]):
        shop, written = await on_both_platforms()
        for name in (first, *order):
            await shop.jaboti.receive_inbound(shop.company.id, [written[name]])
        chats = await shop.chats()
        assert len({chat["client"]["id"] for chat in chats}) == 1
        assert {chat["platform"] for chat in chats if chat["status"] != "CLOSED"} == {"CloudAPI", "EvolutionAPI"}


async def test_that_two_were_taken_for_one_is_in_the_audit_log() -> None:
    shop, written = await on_both_platforms()
    for name in ("v2_2_3__text_by_hidden_id", "text", "v2_3_6__text_by_hidden_id_and_phone"):
        await shop.jaboti.receive_inbound(shop.company.id, [written[name]])
    page = await shop.jaboti.audit_reads.page(
        shop.company.id, where=AuditFilter(action="client.merged"), after=None, limit=9
    )
    (merge,) = json.loads(page.items)
    assert (merge["actor"]["name"], [*merge["after"]]) == ("jaboti", ["otherId"])


async def test_all_at_once_are_one_client_with_a_chat_on_each_platform() -> None:
    shop, written = await on_both_platforms()
    await shop.jaboti.receive_inbound(shop.company.id, list(written.values()))
    assert sorted(chat["platform"] for chat in await shop.chats() if chat["status"] != "CLOSED") == [
        "CloudAPI",
        "EvolutionAPI",
    ]
