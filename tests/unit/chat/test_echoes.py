"""What our side wrote, as the platform tells it: on the phone itself, or by us."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from jaboti_domain.chat.use_cases.parcels import Delivery
from jaboti_domain.integration.content import Choice, Content, Interactive, Location, Media, MediaFile, Reaction, Text
from jaboti_domain.integration.errors import TryAgain
from jaboti_domain.integration.messaging import Accepted, Edit, Inbound, Peer, ReceiptStatus
from jaboti_domain.integration.ports.journal import Outcome
from jaboti_domain.kernel.ids import ChatId
from tests.unit.chat.shop import MARINA, Shop, a_shop, message, now, receipt

WORDS = "Oi, Marina"


def echo(text: str | Content = WORDS, **more: Any) -> Inbound:
    return message(text, from_phone=True, **more)


async def a_shop_that_sends(content: Content | str = WORDS) -> Shop:
    shop = await a_shop()
    said = Text(body=content) if isinstance(content, str) else content
    await shop.jaboti.send_message(shop.ana, chat_id=await shop.taken(), content=said)
    return shop


async def ours(shop: Shop) -> list[tuple[str, str, bool]]:
    """What our side said: the words, how far they came, and whether they were typed on the phone."""
    shown = [m for m in await shop.messages() if m["senderType"] == "ATTENDANT"]
    return [(m["content"], m["status"], m["metadata"].get("fromPhone", False)) for m in shown]


async def test_what_was_typed_on_the_phone_is_shown_so() -> None:
    shop = await a_shop()
    await shop.taken()
    await shop.receive(echo("Já vou"))
    assert await ours(shop) == [("Já vou", "SENT", True)]


async def test_an_echo_of_what_was_sent_is_no_other_message() -> None:
    shop = await a_shop_that_sends()
    await shop.dispatch()
    (result,) = await shop.receive(echo(provider_id="memory-1"))
    assert result.outcome is Outcome.DUPLICATE
    assert await ours(shop) == [(WORDS, "SENT", False)]


async def test_an_echo_that_overtakes_the_answer_is_no_other_message_either() -> None:
    shop = await a_shop_that_sends()
    (parcel,) = await shop.claimed()
    (result,) = await shop.receive(echo(provider_id="x1"))
    assert result.outcome is Outcome.APPLIED
    await shop.settle(Delivery(parcel=parcel, accepted=Accepted(provider_id="x1")))
    await shop.receive(receipt("x1", ReceiptStatus.READ))
    assert await ours(shop) == [(WORDS, "READ", False)]


async def test_an_echo_tells_that_a_message_of_unknown_outcome_was_taken() -> None:
    shop = await a_shop_that_sends()
    await shop.claimed(unsure_after=timedelta(0))
    await shop.receive(echo(provider_id="x1"))
    assert await shop.dispatch() == 0
    assert shop.sent() == []
    assert await ours(shop) == [(WORDS, "SENT", False)]


async def test_an_echo_is_recognised_by_the_other_spelling_of_the_phone_and_after_the_chat_has_ended() -> None:
    shop = await a_shop_that_sends()
    await shop.jaboti.end_chat(shop.ana, chat_id=await shop.only_chat())
    await shop.claimed()
    await shop.receive(echo(provider_id="x1", peer=Peer(phone="551188800101")))
    assert [chat["status"] for chat in await shop.chats()] == ["CLOSED"]
    assert await ours(shop) == [(WORDS, "SENT", False)]


async def test_something_else_typed_meanwhile_waits_until_it_is_known_not_to_be_ours() -> None:
    shop = await a_shop_that_sends()
    (parcel,) = await shop.claimed()
    typed = echo("Já vou", provider_id="phone-1")
    (result,) = await shop.receive(typed)
    assert (result.outcome, await ours(shop)) == (Outcome.PENDING, [(WORDS, "SENDING", False)])
    await shop.settle(Delivery(parcel=parcel, accepted=Accepted(provider_id="x1")))
    (result,) = await shop.receive(typed, waited=1)
    assert result.outcome is Outcome.APPLIED
    assert await ours(shop) == [(WORDS, "SENT", False), ("Já vou", "SENT", True)]


async def test_what_was_refused_is_not_waited_for() -> None:
    shop = await a_shop_that_sends()
    (parcel,) = await shop.claimed()
    await shop.settle(Delivery(parcel=parcel, failure=TryAgain(error_code="1", title="busy")))
    (result,) = await shop.receive(echo("Já vou"))
    assert result.outcome is Outcome.APPLIED


async def test_the_same_words_typed_and_sent_at_once_are_two_messages() -> None:
    shop = await a_shop_that_sends()
    (parcel,) = await shop.claimed()
    await shop.receive(echo(provider_id="phone-1"))
    await shop.settle(Delivery(parcel=parcel, accepted=Accepted(provider_id="x1")))
    await shop.receive(echo(provider_id="x1"), echo(provider_id="phone-1"))
    assert sorted(await ours(shop)) == [(WORDS, "SENT", False), (WORDS, "SENT", True)]


async def test_an_echo_that_is_not_recognised_in_time_spoils_nobodys_settlement() -> None:
    shop = await a_shop_that_sends()
    other = Peer(phone="5562955500108", name="Rui")
    await shop.receive(message(peer=other))
    ruis = next(ChatId(UUID(c["id"])) for c in await shop.chats() if c["client"]["name"] == "Rui")
    await shop.jaboti.start_chat(shop.ana, chat_id=ruis)
    await shop.jaboti.send_message(shop.ana, chat_id=ruis, content=Text(body="Oi, Rui"))
    first, second = await shop.claimed()
    await shop.receive(echo("…", provider_id="x1"), waited=6)
    await shop.settle(
        Delivery(parcel=first, accepted=Accepted(provider_id="x1")),
        Delivery(parcel=second, accepted=Accepted(provider_id="x2")),
    )
    sent = [parcel.errand.message_id for parcel in (first, second)]
    async with shop.jaboti.deliver.new_uow(shop.company.id) as uow:
        found = await uow.messages.find(sent)
    assert [(found[i].status.value, found[i].provider_id) for i in sent] == [("SENT", None), ("SENT", "x2")]
    assert (await shop.jaboti.accounts()).outbox.sending == 0


MENU = Interactive(body="Qual?", choices=(Choice(id="a", title="Esta"), Choice(id="b", title="Aquela")))
PICTURE = Media(media=MediaFile(type="image", link="https://x.example/1"), caption="o portão")
PLACE = Location(latitude=-25.4284, longitude=-49.2733)


@pytest.mark.parametrize(
    ("sent", "seen"),
    [
        (Text(body=" Oi\n"), Text(body="Oi")),
        (MENU, Text(body="Qual?\n\n1. Esta\n2. Aquela")),
        (PICTURE, Media(media=MediaFile(type="image", provider_id="x1"), caption="o portão")),
        (PLACE, Location(latitude=-25.428400001, longitude=-49.2733, label="aqui", address="aqui")),
    ],
    ids=["text", "menu", "picture", "place"],
)
async def test_an_echo_is_recognised_though_the_platform_words_it_otherwise(sent: Content, seen: Content) -> None:
    shop = await a_shop_that_sends(sent)
    await shop.claimed()
    (result,) = await shop.receive(echo(seen, provider_id="x1"))
    assert result.outcome is Outcome.APPLIED
    assert [status for _, status, _ in await ours(shop)] == ["SENT"]


@pytest.mark.parametrize(
    "seen",
    [
        Text(body="Qual?"),
        Media(media=MediaFile(type="video", provider_id="x1"), caption="o portão"),
        Media(media=MediaFile(type="image", provider_id="x1")),
    ],
    ids=["other words", "another type of file", "no caption"],
)
async def test_what_only_resembles_it_is_not_taken_for_it(seen: Content) -> None:
    shop = await a_shop_that_sends(PICTURE)
    await shop.claimed()
    (result,) = await shop.receive(echo(seen))
    assert result.outcome is Outcome.PENDING


async def test_an_emoji_put_on_a_message_on_the_phone_is_ours() -> None:
    shop = await a_shop()
    await shop.receive(message("Oi", provider_id="a"))
    await shop.receive(echo(Reaction(target="a", emoji="👍")))
    (shown,) = await shop.messages()
    assert shown["metadata"]["reactions"] == {"ATTENDANT": "👍"}


async def test_an_edit_on_the_phone_changes_our_message_and_never_becomes_the_clients() -> None:
    shop = await a_shop()
    await shop.taken()
    await shop.receive(echo("Já vou", provider_id="p"))
    late = Edit(provider_id="q", target="q", peer=MARINA, content=Text(body="agora"), at=now(), from_phone=True)
    known = Edit(provider_id="p", target="p", peer=MARINA, content=Text(body="Já fui"), at=now(), from_phone=True)
    await shop.receive(known, late, waited=6)
    assert await ours(shop) == [("Já fui", "SENT", True), ("agora", "SENT", True)]


async def test_an_edit_of_a_caption_leaves_the_file() -> None:
    shop = await a_shop()
    await shop.receive(message(PICTURE, provider_id="a"))
    edit = Edit(provider_id="e", target="a", peer=MARINA, content=Text(body="o portão azul"), at=now())
    await shop.receive(edit)
    (shown,) = await shop.messages()
    assert (shown["content"], shown["media"]["url"]) == ("o portão azul", f"/media/{shown['media']['id']}")
