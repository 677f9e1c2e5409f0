"""What the server has: asked for after silence, and before anything is sent again."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from attrs import evolve

from jaboti_adapters.channels import HttpPool
from jaboti_adapters.channels.evolutionapi import EvolutionApiChannel
from jaboti_adapters.channels.evolutionapi.inbound import read
from jaboti_adapters.channels.evolutionapi.records import PAGE
from jaboti_domain.integration.content import Choice, Interactive, Media, MediaFile, Reaction
from jaboti_domain.integration.errors import OutcomeUnknown, SendingFailed, TryAgain
from jaboti_domain.integration.messaging import Inbound, Peer, Receipt
from jaboti_entrypoints.sandbox.evolutionapi import Person, Version
from tests.unit.channels.evolution import INSTANCE, PHONE, integration
from tests.unit.channels.evolution_shop import MARINA, Shop, a_shop, outbound

NOW = datetime.now(UTC)
LONG_AGO = NOW - timedelta(hours=3)


def streamed(body: bytes) -> httpx.Response:
    return httpx.Response(200, stream=httpx.ByteStream(body))


def answered(body: object) -> httpx.Response:
    return streamed(json.dumps(body).encode())


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    async with a_shop() as opened:
        yield opened


async def test_messages_are_found_under_the_keys_of_their_webhooks_oldest_first(shop: Shop) -> None:
    names = [shop.server.client_writes(INSTANCE, PHONE, f"{n}", at=NOW.timestamp() + n) for n in range(3)]
    found = await shop.channel.find_messages(shop.integration, since=NOW)
    assert [item.event_key for item in found] == [f"m:{name}" for name in names]


@pytest.mark.parametrize("version", list(Version))
async def test_what_is_found_means_what_the_webhook_would_have_meant(shop: Shop, version: Version) -> None:
    shop.server.knobs.turn(version=version, lids=version is not Version.V2_2_3)
    marina = Person(phone=PHONE, name="Marina")
    shop.server.client_writes(INSTANCE, marina, "Oi", at=NOW.timestamp())
    (item,) = await shop.channel.find_messages(shop.integration, since=NOW)
    update = read(item.raw)
    assert isinstance(update, Inbound)
    assert (update.content.text, update.peer.phone, update.peer.name) == ("Oi", PHONE, "Marina")


async def test_what_became_of_our_own_messages_is_found_with_them(shop: Shop) -> None:
    name = await shop.send(outbound())
    assert await shop.server.settled()
    found = [read(item.raw) for item in await shop.channel.find_messages(shop.integration, since=NOW)]
    receipts = [update.status.value for update in found if isinstance(update, Receipt)]
    assert receipts == ["sent", "delivered", "read"]
    assert {update.provider_id for update in found if isinstance(update, Inbound | Receipt)} == {name}


async def test_what_is_older_is_left_alone(shop: Shop) -> None:
    shop.server.client_writes(INSTANCE, PHONE, "ontem", at=LONG_AGO.timestamp())
    assert list(await shop.channel.find_messages(shop.integration, since=NOW)) == []


async def test_all_pages_are_read(shop: Shop) -> None:
    for n in range(PAGE * 2 + 1):
        shop.server.client_writes(INSTANCE, PHONE, f"{n}", at=NOW.timestamp() + n)
    assert len(await shop.channel.find_messages(shop.integration, since=NOW)) == PAGE * 2 + 1


async def test_a_server_that_does_not_filter_is_not_read_to_the_end() -> None:
    asked = 0
    old = {"key": {"id": "3A01", "fromMe": False, "remoteJid": "1@s.whatsapp.net"}, "messageTimestamp": 1700000000}

    def answer(request: httpx.Request) -> httpx.Response:
        nonlocal asked
        asked += 1
        return answered({"messages": {"records": [old] * PAGE}})

    async with HttpPool(transport=httpx.MockTransport(answer)) as http:
        found = await EvolutionApiChannel(http).find_messages(integration("https://evolution.example"), since=NOW)
    assert (list(found), asked) == ([], 1)


async def test_more_than_can_be_looked_through_is_not_taken_for_nothing() -> None:
    record = {"key": {"id": "3A01", "fromMe": False}, "messageTimestamp": NOW.timestamp() + 1}

    def answer(request: httpx.Request) -> httpx.Response:
        return answered({"messages": {"records": [record] * PAGE}})

    async with HttpPool(transport=httpx.MockTransport(answer)) as http:
        with pytest.raises(TryAgain):
            await EvolutionApiChannel(http).find_messages(integration("https://evolution.example"), since=NOW)


@pytest.mark.parametrize("body", [b"", b"{}", b'{"messages":{}}', b'{"messages":{"records":7}}', b"[" * 9, b'"x"'])
async def test_an_answer_that_is_no_list_is_not_taken_for_nothing(body: bytes) -> None:
    async with HttpPool(transport=httpx.MockTransport(lambda _: streamed(body))) as http:
        with pytest.raises(OutcomeUnknown):
            await EvolutionApiChannel(http).find_sent(integration("https://evolution.example"), outbound())


async def test_a_server_that_cannot_be_asked_is_not_taken_for_one_that_has_nothing(shop: Shop) -> None:
    nobody = integration(shop.integration.settings["base_url"], api_key="another-key")
    with pytest.raises(SendingFailed):
        await shop.channel.find_sent(nobody, outbound())


async def test_a_message_whose_answer_was_lost_is_found_by_what_it_says_and_to_whom(shop: Shop) -> None:
    message = evolve(outbound("Até logo!"), at=NOW)
    shop.server.knobs.reset_next()
    with pytest.raises(OutcomeUnknown):
        await shop.send(message)
    await shop.send(outbound("Bom dia!"))
    await shop.send(outbound("Até logo!", to=Peer(phone="5562955500108")))
    shop.server.client_writes(INSTANCE, PHONE, "Até logo!")
    (found,) = await shop.channel.find_sent(shop.integration, message)
    assert found.provider_id == shop.server.ledger.sends[0].id


async def test_what_became_of_it_meanwhile_is_told_with_it(shop: Shop) -> None:
    await shop.send(outbound("Oi"))
    assert await shop.server.settled()
    (found,) = await shop.channel.find_sent(shop.integration, evolve(outbound("Oi"), at=NOW))
    assert [status.value for status in found.since] == ["sent", "delivered", "read"]


async def test_equal_messages_are_all_named_oldest_first(shop: Shop) -> None:
    names = [await shop.send(outbound("ok")) for _ in range(2)]
    found = await shop.channel.find_sent(shop.integration, evolve(outbound("ok"), at=NOW))
    assert [each.provider_id for each in found] == names


async def test_what_was_never_taken_is_not_found(shop: Shop) -> None:
    shop.server.knobs.fail_next(400)
    with pytest.raises(TryAgain):
        await shop.send(outbound())
    assert list(await shop.channel.find_sent(shop.integration, evolve(outbound(), at=NOW))) == []


@pytest.mark.parametrize(
    "content",
    [
        Interactive(body="Qual?", choices=(Choice(id="1", title="Esta"), Choice(id="2", title="Aquela"))),
        Media(media=MediaFile(type="image", link="https://shelf.example/x"), caption="o portão"),
        Media(media=MediaFile(type="audio", link="https://shelf.example/x", voice=True)),
        Reaction(target="3A01", emoji="👍"),
    ],
    ids=lambda content: content.kind,
)
async def test_other_kinds_are_found_too(shop: Shop, content: Media | Interactive | Reaction) -> None:
    name = await shop.send(outbound(content))
    found = await shop.channel.find_sent(shop.integration, evolve(outbound(content), at=NOW))
    assert [each.provider_id for each in found] == [name]


@pytest.mark.parametrize("spelling", [PHONE, "5541990011223"])
async def test_it_is_found_however_the_receiver_is_spelled(shop: Shop, spelling: str) -> None:
    shop.server.knobs.turn(ninth_digit_rewritten=True)
    name = await shop.send(outbound("Oi", to=Peer(phone=spelling)))
    found = await shop.channel.find_sent(shop.integration, evolve(outbound("Oi", to=MARINA), at=NOW))
    assert [each.provider_id for each in found] == [name]
