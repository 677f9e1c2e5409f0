"""Who writes is who we think: entered by hand, blocked, or two who turn out to be one, and not."""

from typing import Any

import msgspec

from jaboti_domain.client.details import Details
from jaboti_domain.client.phone import Phone
from jaboti_domain.client.queries import ClientFilter
from jaboti_domain.integration.content import Reaction, Text
from jaboti_domain.integration.messaging import Edit, Peer
from jaboti_domain.integration.ports.journal import Outcome
from jaboti_domain.kernel.actor import Role
from jaboti_domain.kernel.ids import ClientId
from tests.unit.chat.shop import MARINA, Shop, a_shop, message, now

HIDDEN = Peer(cloud_user_id="BR.123", name="Marina")
BOTH = Peer(phone=MARINA.phone, cloud_user_id="BR.123")
IGNORED = (Outcome.IGNORED, "the client is blocked")


async def clients(shop: Shop) -> dict[ClientId, dict[str, Any]]:
    """All that are there."""
    page = await shop.jaboti.client_reads.page(shop.company.id, where=ClientFilter(), after=None, limit=50)
    return {msgspec.convert(each["id"], ClientId, strict=False): each for each in msgspec.json.decode(page.items)}


async def test_who_was_entered_with_this_phone_is_who_writes_from_it() -> None:
    shop = await a_shop()
    details = Details(name="Marina Prado", phone=Phone.parse("(11) 98880-0101"))
    entered = await shop.jaboti.enter_client(shop.ana, details=details)
    await shop.receive(message("Oi", peer=Peer(phone="551188800101", name="Mari")))
    (chat,) = await shop.chats()
    assert (chat["client"]["id"], chat["client"]["name"]) == (str(entered.id), "Marina Prado")


async def test_what_a_blocked_client_writes_leads_to_nothing() -> None:
    shop = await a_shop(bot=True)
    await shop.receive(message("Oi", provider_id="a"))
    boss = shop.somebody("Sofia", role=Role.SUPERVISOR)
    (client_id,) = await clients(shop)
    await shop.jaboti.end_chat(boss, chat_id=await shop.only_chat())
    await shop.jaboti.block_client(boss, client_id=client_id)
    edit = Edit(provider_id="e", target="a", peer=MARINA, content=Text(body="!"), at=now())
    results = await shop.receive(message("Ei!"), message(Reaction(target="a", emoji="x")), edit)
    assert [(r.outcome, r.reason) for r in results] == [IGNORED] * 3
    assert [chat["status"] for chat in await shop.chats()] == ["CLOSED"]
    await shop.jaboti.unblock_client(boss, client_id=client_id)
    assert [r.outcome for r in await shop.receive(message("Desculpe"))] == [Outcome.APPLIED]


async def test_whoever_was_blocked_stays_so_under_another_name() -> None:
    shop = await a_shop()
    await shop.receive(message("Oi"))
    (client_id,) = await clients(shop)
    await shop.jaboti.block_client(shop.somebody("Sofia", role=Role.SUPERVISOR), client_id=client_id)
    (result,) = await shop.receive(message("Oi", peer=BOTH))
    assert (result.outcome, result.reason) == IGNORED
    (result,) = await shop.receive(message("Oi", peer=HIDDEN))
    assert (result.outcome, result.reason) == IGNORED


async def test_a_merge_of_our_own_making_can_be_undone() -> None:
    shop = await a_shop()
    await shop.receive(message("do telefone"))
    await shop.receive(message("sem telefone", peer=HIDDEN))
    known, boss = await clients(shop), shop.somebody("Sofia", role=Role.SUPERVISOR)
    first, second = sorted(known)
    before = {chat["client"]["id"]: chat["id"] for chat in await shop.chats()}
    await shop.receive(message("os dois", peer=BOTH))
    assert set(await clients(shop)) == {first}
    await shop.jaboti.unmerge_clients(boss, client_id=first, other_id=second)
    parted = await clients(shop)
    assert [parted[each]["identities"] for each in (first, second)] == [
        known[each]["identities"] for each in (first, second)
    ]
    assert {chat["client"]["id"]: chat["id"] for chat in await shop.chats()} == before


async def test_whoever_writes_after_they_were_removed_is_somebody_new() -> None:
    shop = await a_shop()
    await shop.receive(message("Oi"))
    (old,), boss = await clients(shop), shop.somebody("Sofia", role=Role.SUPERVISOR)
    await shop.jaboti.end_chat(boss, chat_id=await shop.only_chat())
    await shop.jaboti.remove_client(boss, client_id=old)
    await shop.receive(message("Voltei"))
    (new,) = await clients(shop)
    assert new != old
    assert {chat["client"]["id"] for chat in await shop.chats()} == {str(old), str(new)}
