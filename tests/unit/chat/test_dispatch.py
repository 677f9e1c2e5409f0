"""What goes out."""

from datetime import timedelta
from functools import partial

import pytest
from attrs import evolve

from jaboti_domain.chat.ports import ErrandKind
from jaboti_domain.chat.use_cases.dispatch import ClaimErrands
from jaboti_domain.chat.use_cases.parcels import Delivery
from jaboti_domain.chat.use_cases.settle import backoff
from jaboti_domain.integration.content import Text
from jaboti_domain.integration.errors import GiveUp, MendSettings, OutcomeUnknown, SendingFailed, SlowDown, TryAgain
from jaboti_domain.integration.messaging import Outbound, ReceiptStatus
from tests.unit.chat.shop import Shop, a_shop, receipt


async def a_message_to_send(text: str = "Oi, Marina") -> Shop:
    shop = await a_shop()
    chat_id = await shop.taken()
    await shop.jaboti.send_message(shop.ana, chat_id=chat_id, content=Text(body=text))
    return shop


def refuse(shop: Shop, failure: SendingFailed) -> None:
    def refused(outbound: Outbound) -> None:
        raise failure

    shop.phone.refuse = refused


async def test_messages_of_a_chat_go_out_in_order_one_at_a_time() -> None:
    shop = await a_message_to_send("um")
    for text in ("dois", "três"):
        await shop.jaboti.send_message(shop.ana, chat_id=await shop.only_chat(), content=Text(body=text))
    assert [await shop.dispatch() for _ in range(4)] == [1, 1, 1, 0]
    assert shop.sent() == ["um", "dois", "três"]


async def test_an_accepted_message_is_sent_under_the_platform_s_id() -> None:
    shop = await a_message_to_send()
    await shop.dispatch()
    assert [m["status"] for m in await shop.messages()] == ["RECEIVED", "SENT"]


@pytest.mark.parametrize(
    "failure",
    [
        TryAgain(error_code="131016", title="busy"),
        SlowDown(error_code="130429", title="rate", retry_after=30),
        MendSettings(error_code="190", title="token"),
    ],
)
async def test_a_passing_refusal_puts_the_message_back_and_what_follows_waits(failure: SendingFailed) -> None:
    shop = await a_message_to_send("um")
    await shop.jaboti.send_message(shop.ana, chat_id=await shop.only_chat(), content=Text(body="dois"))
    refuse(shop, failure)
    assert [await shop.dispatch(), await shop.dispatch()] == [1, 0]
    assert [m["status"] for m in await shop.messages()] == ["RECEIVED", "SENDING", "QUEUED"]
    assert (await shop.jaboti.accounts()).outbox.waiting == 2


async def test_a_final_refusal_fails_the_message_and_its_lane_goes_on() -> None:
    shop = await a_message_to_send("um")
    refuse(shop, GiveUp(error_code="131026", title="Message undeliverable"))
    await shop.dispatch()
    shop.phone.refuse = lambda outbound: None
    await shop.jaboti.send_message(shop.ana, chat_id=await shop.only_chat(), content=Text(body="dois"))
    await shop.dispatch()
    _, failed, sent = await shop.messages()
    assert (failed["status"], failed["error"]) == ("FAILED", {"code": "131026", "title": "Message undeliverable"})
    assert sent["status"] == "SENT"


async def test_what_is_worth_three_tries_fails_after_them() -> None:
    shop = await a_message_to_send()
    refuse(shop, TryAgain(error_code="131053", title="Media upload error", at_most=1))
    await shop.dispatch()
    assert (await shop.messages())[1]["status"] == "FAILED"


async def test_what_could_not_go_out_for_too_long_fails_and_says_so() -> None:
    shop = await a_message_to_send()
    impatient = evolve(shop.jaboti.claim_errands, give_up_after=timedelta(seconds=-1))
    assert await impatient(shop.company.id, errands=1) == []
    _, failed = await shop.messages()
    assert (failed["status"], failed["error"]["code"]) == ("FAILED", "message.expired")
    assert (await shop.jaboti.accounts()).outbox.waiting == 0


async def test_a_message_waits_its_turn_when_its_client_had_too_many() -> None:
    shop = await a_message_to_send()
    (parcel,) = await shop.jaboti.claim_errands(shop.company.id, errands=1)
    await shop.jaboti.settle_deliveries(shop.company.id, [await shop.jaboti.deliver(parcel)])
    traffic = shop.jaboti.claim_errands.traffic
    for n in range(60):
        traffic.book(-n, shop.line, parcel.errand.client_id, shop.jaboti.clock())
    await shop.jaboti.send_message(shop.ana, chat_id=await shop.only_chat(), content=Text(body="mais uma"))
    assert await shop.dispatch() == 0
    account = (await shop.jaboti.accounts()).outbox
    assert (account.waiting, account.sending) == (1, 0)
    assert (await shop.messages())[2]["status"] == "QUEUED"


async def test_an_integration_whose_platform_is_away_says_so_until_it_is_back() -> None:
    shop = await a_message_to_send()
    (parcel,) = await shop.jaboti.claim_errands(shop.company.id, errands=1)
    away = TryAgain(error_code="unreachable", title="ConnectError", is_outage=True)
    for _ in range(5):
        await shop.jaboti.settle_deliveries(shop.company.id, [Delivery(parcel=parcel, failure=away)])
    assert await trouble(shop) == "unreachable: ConnectError"
    sent = await shop.jaboti.deliver(parcel)
    await shop.jaboti.settle_deliveries(
        shop.company.id, [evolve(sent, parcel=evolve(parcel, integration=evolve(parcel.integration, trouble="seen")))]
    )
    assert await trouble(shop) is None


async def test_broken_settings_show_on_the_integration_until_they_are_mended() -> None:
    shop = await a_message_to_send()
    refuse(shop, MendSettings(error_code="190", title="token expired"))
    await shop.dispatch()
    assert (await trouble(shop)) == "190: token expired"


async def test_an_unknown_outcome_is_waited_for_and_then_sent_once_more_and_flagged() -> None:
    shop = await a_message_to_send()
    at_once = ClaimErrands(
        new_uow=shop.jaboti.claim_errands.new_uow,
        clock=shop.jaboti.clock,
        directory=shop.jaboti.directory,
        channels=shop.jaboti.channels,
        traffic=shop.jaboti.claim_errands.traffic,
        unsure_after=timedelta(0),
    )
    (first,) = await at_once(shop.company.id, errands=1)
    lost = Delivery(parcel=first, failure=OutcomeUnknown(error_code="cut_off", title="reset"))
    await shop.jaboti.settle_deliveries(shop.company.id, [lost])
    assert await shop.dispatch() == 1
    _, sent = await shop.messages()
    assert (sent["status"], sent["metadata"]["possiblyDoubled"]) == ("SENT", True)


async def test_nothing_is_sent_again_while_the_platform_s_word_is_waited_for() -> None:
    shop = await a_message_to_send()
    refuse(shop, OutcomeUnknown(error_code="cut_off", title="reset"))
    assert [await shop.dispatch(), await shop.dispatch()] == [1, 0]


async def test_the_platform_s_word_ends_an_unknown_outcome() -> None:
    shop = await a_message_to_send()
    refuse(shop, OutcomeUnknown(error_code="cut_off", title="reset"))
    await shop.dispatch()
    message_id = (await shop.messages())[1]["id"]
    await shop.receive(receipt("wamid.1", ReceiptStatus.SENT, callback=message_id))
    account = (await shop.jaboti.accounts()).outbox
    assert (account.waiting, account.sending) == (0, 0)
    assert (await shop.messages())[1]["metadata"].get("possiblyDoubled") is None


async def test_who_was_fenced_off_settles_nothing() -> None:
    shop = await a_message_to_send()
    at_once = ClaimErrands(
        new_uow=shop.jaboti.claim_errands.new_uow,
        clock=shop.jaboti.clock,
        directory=shop.jaboti.directory,
        channels=shop.jaboti.channels,
        traffic=shop.jaboti.claim_errands.traffic,
        unsure_after=timedelta(0),
    )
    (stale,) = await at_once(shop.company.id, errands=1)
    (again,) = await shop.jaboti.claim_errands(shop.company.id, errands=1)
    late = Delivery(parcel=stale, failure=TryAgain(error_code="1", title="late"))
    await shop.jaboti.settle_deliveries(shop.company.id, [late])
    assert again.errand.attempt == stale.errand.attempt + 1
    assert (await shop.jaboti.accounts()).outbox.sending == 1


async def test_what_the_attendant_read_is_told_to_the_client() -> None:
    shop = await a_shop()
    chat_id = await shop.taken()
    await shop.jaboti.mark_read(shop.ana, chat_id=chat_id, up_to=1)
    (parcel,) = await shop.jaboti.claim_errands(shop.company.id, errands=1)
    assert parcel.errand.kind is ErrandKind.READ
    await shop.jaboti.settle_deliveries(shop.company.id, [await shop.jaboti.deliver(parcel)])
    assert shop.phone.read_up_to == [parcel.provider_id]
    assert [c["unreadCount"] for c in await shop.chats()] == [0]


async def test_nobody_knows_the_outcome_of_what_nobody_foresaw() -> None:
    shop = await a_message_to_send()

    def broken(outbound: Outbound) -> None:
        raise RuntimeError("a bug")

    shop.phone.refuse = broken
    (parcel,) = await shop.jaboti.claim_errands(shop.company.id, errands=1)
    assert isinstance((await shop.jaboti.deliver(parcel)).failure, OutcomeUnknown)


@pytest.mark.parametrize(("attempt", "low", "high"), [(1, 1, 2), (5, 16, 32), (9, 150, 300), (500, 150, 300)])
def test_the_pause_doubles_up_to_five_minutes(attempt: int, low: float, high: float) -> None:
    pauses = [backoff(attempt, chance=partial(float, c)).total_seconds() for c in (0, 1)]
    assert pauses == [low, high]


async def trouble(shop: Shop) -> str | None:
    async with shop.jaboti.connect_integration.new_uow(shop.company.id) as uow:
        return (await uow.integrations.get(shop.line.id)).trouble
