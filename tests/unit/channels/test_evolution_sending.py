"""Over real HTTP on this machine: what the server's behaviour means for a message."""

import asyncio
import logging
import socket
import traceback
from collections.abc import AsyncIterator

import pytest
from attrs import evolve

from jaboti_adapters.channels import HttpPool
from jaboti_adapters.channels.evolutionapi import EvolutionApiChannel
from jaboti_domain.integration.content import (
    Choice,
    ContactCard,
    Contacts,
    Content,
    Interactive,
    Location,
    Media,
    MediaFile,
    Reaction,
    Text,
)
from jaboti_domain.integration.errors import (
    GiveUp,
    MendSettings,
    NotTried,
    OutcomeUnknown,
    SendingFailed,
    SlowDown,
    TryAgain,
)
from jaboti_domain.integration.messaging import Peer
from jaboti_entrypoints.sandbox.evolutionapi import Version
from tests.unit.channels.evolution import INSTANCE, KEY, LID, PHONE, integration
from tests.unit.channels.evolution_shop import MARINA, Shop, a_shop, outbound

LINK = "https://shelf.example/x"


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    async with a_shop() as opened:
        yield opened


def media(kind: str, **facts: object) -> Media:
    return Media(media=MediaFile(type=kind, link=LINK, **facts))  # type: ignore[arg-type]  # facts of a file


KINDS: list[tuple[Content, str]] = [
    (Text(body="Olá"), "conversation"),
    (Interactive(body="Qual?", choices=(Choice(id="1", title="Esta"),)), "conversation"),
    (media("image"), "imageMessage"),
    (media("video"), "videoMessage"),
    (media("audio"), "audioMessage"),
    (media("audio", voice=True), "audioMessage"),
    (media("document", filename="boleto.pdf"), "documentMessage"),
    (media("sticker"), "stickerMessage"),
    (Media(media=MediaFile(type="image", link="data:image/png;base64,bWFkZS11cA==")), "imageMessage"),
    (Location(latitude=-25.4, longitude=-49.2), "locationMessage"),
    (Contacts(cards=(ContactCard(name="Rui", phones=("+55 62 95550-0108",)),)), "contactMessage"),
    (Reaction(target="3A01", emoji="👍"), "reactionMessage"),
]


@pytest.mark.parametrize(("content", "kind"), KINDS, ids=[f"{kind} {content.kind}" for content, kind in KINDS])
async def test_the_server_takes_each_kind_and_names_the_message(shop: Shop, content: Content, kind: str) -> None:
    name = await shop.send(outbound(content))
    (send,) = shop.server.ledger.sends
    assert (send.id, send.type, send.jid) == (name, kind, f"{PHONE}@s.whatsapp.net")


async def test_what_comes_too_late_never_leaves(shop: Shop) -> None:
    def late() -> None:
        raise NotTried(error_code="too_late", title="?")

    with pytest.raises(NotTried):
        await shop.send(evolve(outbound(), fence=late))
    assert shop.server.ledger.sends == []


async def test_a_reply_quotes(shop: Shop) -> None:
    asked = shop.server.client_writes(INSTANCE, PHONE, "Tem?")
    name = await shop.send(outbound("Tem", reply_to=asked))
    record = shop.server.platform.records.get(INSTANCE, name)
    assert record.data["contextInfo"]["stanzaId"] == asked


async def test_no_previews_of_links_are_asked_for_and_nothing_is_typed_slowly(shop: Shop) -> None:
    await shop.send(outbound("https://loja.example"))
    (send,) = shop.server.ledger.sends
    assert send.body["linkPreview"] is False
    assert "delay" not in send.body


async def test_how_the_server_names_the_receiver_is_told(shop: Shop) -> None:
    shop.server.knobs.turn(ninth_digit_rewritten=True)
    accepted = await shop.channel.send(shop.integration, outbound())
    assert accepted.peer == Peer(phone="5541990011223")


@pytest.mark.parametrize("version", [Version.V2_3_6, Version.V2_3_7])
async def test_who_is_known_by_a_hidden_id_alone_is_written_to_there(shop: Shop, version: Version) -> None:
    shop.server.knobs.turn(version=version)
    accepted = await shop.channel.send(shop.integration, outbound(to=Peer(lid=LID)))
    assert accepted.peer == Peer(lid=LID)


async def test_an_old_server_knows_nobody_by_a_hidden_id(shop: Shop) -> None:
    shop.server.knobs.turn(version=Version.V2_2_3)
    with pytest.raises(GiveUp) as refused:
        await shop.send(outbound(to=Peer(lid=LID)))
    assert refused.value.error_code == "not_on_whatsapp"


async def test_a_number_that_is_not_on_whatsapp_is_tried_in_its_other_spelling(shop: Shop) -> None:
    shop.server.knobs.turn(not_on_whatsapp=["5541990011223"])
    await shop.send(outbound(to=Peer(phone="5541990011223")))
    assert [send.to for send in shop.server.ledger.sends] == [PHONE]


async def test_who_has_no_spelling_on_whatsapp_is_given_up(shop: Shop) -> None:
    shop.server.knobs.turn(not_on_whatsapp=[PHONE, "5541990011223"])
    with pytest.raises(GiveUp) as refused:
        await shop.send(outbound())
    assert refused.value.error_code == "not_on_whatsapp"
    assert not shop.server.ledger.sends


async def test_another_refusal_is_not_tried_elsewhere(shop: Shop) -> None:
    shop.server.knobs.fail_next(400, words="Owned media must be a url or base64")
    with pytest.raises(GiveUp):
        await shop.send(outbound())
    assert len(shop.server.ledger.refused) == 1


REFUSALS: list[tuple[int, str, type[SendingFailed]]] = [
    (400, "Error: Connection Closed", TryAgain),
    (400, "Error: Timed Out", TryAgain),
    (400, "rate-overlimit", SlowDown),
    (400, "instance requires property", GiveUp),
    (400, "Invalid `prisma.message.create()` invocation", OutcomeUnknown),
    (401, "", MendSettings),
    (403, "", MendSettings),
    (404, "", MendSettings),
    (429, "", SlowDown),
    (500, "", TryAgain),
    (502, "", OutcomeUnknown),
    (504, "", OutcomeUnknown),
]


@pytest.mark.parametrize(("status", "words", "fate"), REFUSALS)
async def test_a_refusal_tells_what_to_do_next(shop: Shop, status: int, words: str, fate: type[SendingFailed]) -> None:
    shop.server.knobs.fail_next(status, words=words)
    with pytest.raises(SendingFailed) as refused:
        await shop.send(outbound())
    assert type(refused.value) is fate


async def test_too_many_messages_mean_to_slow_down_for_as_long_as_told(shop: Shop) -> None:
    shop.server.knobs.fail_next(429, retry_after=7)
    with pytest.raises(SlowDown) as refused:
        await shop.send(outbound())
    assert refused.value.retry_after == 7.0


async def test_a_session_that_is_closed_means_to_try_again(shop: Shop) -> None:
    shop.server.drop(INSTANCE, 401)
    with pytest.raises(TryAgain) as refused:
        await shop.send(outbound())
    assert refused.value.error_code == "connection_closed"


async def test_an_instance_that_is_not_there_is_to_be_mended_whoever_asks(shop: Shop) -> None:
    shop.server.platform.instances.remove(INSTANCE)
    with pytest.raises(MendSettings) as refused:
        await shop.send(outbound())
    assert refused.value.error_code == "http_404"


@pytest.mark.parametrize("key", ["another-key", "com espaço\n", "ação", "\ud83d"])
async def test_a_wrong_key_means_to_mend_the_settings_and_is_nowhere_to_be_seen(
    shop: Shop, key: str, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = integration(shop.integration.settings["base_url"], api_key=key)
    with caplog.at_level(logging.DEBUG), pytest.raises(MendSettings) as refused:
        await shop.channel.send(wrong, outbound())
    shown = "".join(traceback.format_exception(refused.value)) + repr(vars(refused.value)) + caplog.text
    assert key not in shown


async def test_an_integration_without_a_key_is_to_be_mended(shop: Shop) -> None:
    with pytest.raises(MendSettings) as refused:
        await shop.channel.send(integration(shop.integration.settings["base_url"], api_key=""), outbound())
    assert refused.value.error_code == "missing_setting"


async def test_a_server_that_hangs_leaves_the_outcome_unknown_in_time(shop: Shop) -> None:
    shop.server.knobs.hang_next()
    async with HttpPool(total=0.5, allowed_hosts=["127.0.0.1"]) as http:
        with pytest.raises(OutcomeUnknown):
            async with asyncio.timeout(20):
                await EvolutionApiChannel(http).send(shop.integration, outbound())


async def test_a_connection_that_is_cut_leaves_the_outcome_unknown(shop: Shop) -> None:
    shop.server.knobs.reset_next()
    with pytest.raises(OutcomeUnknown):
        await shop.send(outbound())


async def test_a_refused_connection_means_to_try_again(shop: Shop) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        nobody = integration(f"http://127.0.0.1:{taken.getsockname()[1]}")
        with pytest.raises(TryAgain):
            await shop.channel.send(nobody, outbound())


async def test_an_instances_name_cannot_lead_to_another_path(shop: Shop) -> None:
    sly = integration(shop.integration.settings["base_url"])
    object.__setattr__(sly, "account", "../../instance/logout/x?")
    with pytest.raises(MendSettings) as refused:
        await shop.channel.send(sly, outbound())
    assert "does not exist" in refused.value.title or "Cannot POST" in refused.value.title


async def test_an_address_that_nobody_allowed_is_not_called(shop: Shop) -> None:
    async with HttpPool(total=0.5) as http:
        with pytest.raises(MendSettings) as refused:
            await EvolutionApiChannel(http).send(shop.integration, outbound())
    assert refused.value.error_code == "address_not_allowed"
    assert not shop.server.ledger.sends


async def test_clients_messages_are_marked_as_read(shop: Shop) -> None:
    name = shop.server.client_writes(INSTANCE, PHONE, "Oi")
    await shop.channel.mark_read(shop.integration, name, peer=MARINA)
    assert [each.message_id for each in shop.server.ledger.reads] == [name]


async def test_a_read_receipt_that_is_refused_tells_what_to_do_next(shop: Shop) -> None:
    wrong = integration(shop.integration.settings["base_url"], api_key="another-key")
    with pytest.raises(MendSettings):
        await shop.channel.mark_read(wrong, "3A01", peer=MARINA)
    with pytest.raises(GiveUp):
        await shop.channel.mark_read(shop.integration, "3A01", peer=None)


async def test_the_key_is_sent_and_shown_to_nobody_else(shop: Shop) -> None:
    assert KEY not in repr(shop.integration)
    shop.server.knobs.fail_next(400, words=f"your key is {KEY}")
    with pytest.raises(GiveUp) as refused:
        await shop.send(outbound())
    assert refused.value.title == "your key is ***"
