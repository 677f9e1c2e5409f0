"""Where a platform can be asked what it has, it is asked before anything is sent again."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from attrs import define, field

from jaboti_adapters.memory.channel import MemoryChannel
from jaboti_domain.chat.use_cases.parcels import Delivery
from jaboti_domain.integration.content import Text
from jaboti_domain.integration.errors import GiveUp, MendSettings, NotTried, OutcomeUnknown, SendingFailed
from jaboti_domain.integration.messaging import Accepted, Items, Outbound, ReceiptStatus
from jaboti_domain.integration.model import Integration
from jaboti_domain.integration.ports.channels import Reconciling
from tests.unit.chat.shop import Shop, a_shop

AT_ONCE = timedelta(0)


@define
class OpenBook(MemoryChannel, Reconciling):
    """A platform that answers what it is asked: by default, that it has what it was sent."""

    asked: list[Outbound] = field(factory=list, init=False)
    mute: SendingFailed | None = None
    since: Sequence[ReceiptStatus] = ()

    async def find_messages(self, integration: Integration, *, since: datetime) -> Items:
        return []

    async def find_sent(self, integration: Integration, outbound: Outbound) -> Sequence[Accepted]:
        self.asked.append(outbound)
        if self.mute is not None:
            raise self.mute
        return [
            Accepted(provider_id=f"memory-{number}", since=self.since)
            for number, sent in enumerate(self.sent, 1)
            if sent.content == outbound.content
        ]


async def a_doubtful_message(book: OpenBook, *, taken: bool) -> Shop:
    """One whose answer was lost, after the platform took it or before."""
    shop = await a_shop(phone=book)
    await shop.jaboti.send_message(shop.ana, chat_id=await shop.taken(), content=Text(body="Oi, Marina"))
    for parcel in await shop.claimed(unsure_after=AT_ONCE):
        if taken:
            await shop.jaboti.deliver(parcel)
    return shop


async def doubtful(shop: Shop) -> tuple[str, bool]:
    shown = (await shop.messages())[-1]
    return shown["status"], shown["metadata"].get("possiblyDoubled", False)


async def test_what_the_platform_has_is_not_sent_again_nor_said_to_be_doubled() -> None:
    book = OpenBook()
    shop = await a_doubtful_message(book, taken=True)
    await shop.dispatch()
    assert (len(book.sent), len(book.asked)) == (1, 1)
    assert await doubtful(shop) == ("SENT", False)


async def test_what_became_of_it_meanwhile_is_known_at_once() -> None:
    book = OpenBook(since=(ReceiptStatus.READ, ReceiptStatus.SENT))
    shop = await a_doubtful_message(book, taken=True)
    await shop.dispatch()
    assert await doubtful(shop) == ("READ", False)


async def test_it_is_asked_for_what_may_have_been_taken_since_it_was_written() -> None:
    book = OpenBook()
    shop = await a_doubtful_message(book, taken=True)
    await shop.dispatch()
    (asked,) = book.asked
    assert asked.at is not None
    assert asked.at <= shop.jaboti.clock()


async def test_what_it_does_not_have_is_sent_again_and_flagged() -> None:
    book = OpenBook()
    shop = await a_doubtful_message(book, taken=False)
    await shop.dispatch()
    assert (len(book.sent), len(book.asked)) == (1, 1)
    assert await doubtful(shop) == ("SENT", True)


async def test_what_was_never_tried_before_is_not_asked_for() -> None:
    book = OpenBook()
    shop = await a_shop(phone=book)
    await shop.jaboti.send_message(shop.ana, chat_id=await shop.taken(), content=Text(body="Oi, Marina"))
    await shop.dispatch()
    assert (len(book.sent), len(book.asked)) == (1, 0)


async def test_an_equal_message_that_is_accounted_for_is_not_taken_for_it() -> None:
    book = OpenBook()
    shop = await a_shop(phone=book)
    chat_id = await shop.taken()
    for _ in range(2):
        await shop.jaboti.send_message(shop.ana, chat_id=chat_id, content=Text(body="ok"))
    await shop.dispatch()
    await shop.claimed(unsure_after=AT_ONCE)
    await shop.dispatch()
    assert shop.sent() == ["ok", "ok"]
    assert await doubtful(shop) == ("SENT", True)


async def test_as_long_as_it_does_not_answer_nothing_is_sent_again() -> None:
    for mute in (
        OutcomeUnknown(error_code="cut_off", title="?"),
        MendSettings(error_code="http_401", title="?"),
        GiveUp(error_code="http_400", title="?"),
    ):
        book = OpenBook(mute=mute)
        shop = await a_doubtful_message(book, taken=True)
        assert await shop.dispatch() == 1
        assert (len(book.sent), await doubtful(shop)) == (1, ("SENDING", False))
        assert (await shop.jaboti.accounts()).outbox.waiting == 1


async def test_what_it_could_not_be_asked_about_stays_unsure() -> None:
    book = OpenBook(mute=OutcomeUnknown(error_code="cut_off", title="?"))
    shop = await a_doubtful_message(book, taken=True)
    (parcel,) = await shop.claimed(unsure_after=AT_ONCE)
    await shop.settle(await shop.jaboti.deliver(parcel))
    pair = (parcel.errand.client_id, parcel.errand.integration_id)
    async with shop.jaboti.deliver.new_uow(shop.company.id) as uow:
        assert await uow.outbound.under_way([pair]) == {pair: [parcel.errand.message_id]}


async def test_what_was_claimed_too_late_to_be_tried_is_as_unsure_as_before() -> None:
    shop = await a_doubtful_message(OpenBook(), taken=True)
    (parcel,) = await shop.claimed(unsure_after=AT_ONCE)
    late = NotTried(error_code="too_late", title="The claim is too old")
    await shop.settle(Delivery(parcel=parcel, failure=late))
    pair = (parcel.errand.client_id, parcel.errand.integration_id)
    async with shop.jaboti.deliver.new_uow(shop.company.id) as uow:
        assert await uow.outbound.under_way([pair]) == {pair: [parcel.errand.message_id]}


async def test_that_it_may_be_doubled_is_written_down_before_it_is_sent_again() -> None:
    book = OpenBook()
    shop = await a_doubtful_message(book, taken=False)
    (parcel,) = await shop.claimed(unsure_after=AT_ONCE)
    await shop.jaboti.deliver(parcel)
    assert await doubtful(shop) == ("SENDING", True)


async def test_what_the_platform_gave_word_of_meanwhile_is_not_sent_again() -> None:
    book = OpenBook()
    shop = await a_doubtful_message(book, taken=False)
    (parcel,) = await shop.claimed(unsure_after=AT_ONCE)
    await shop.settle(Delivery(parcel=parcel, accepted=Accepted(provider_id="3A01")))
    assert isinstance((await shop.jaboti.deliver(parcel)).failure, NotTried)
    assert (book.sent, await doubtful(shop)) == ([], ("SENT", False))
