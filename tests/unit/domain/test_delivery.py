"""How far a message has come: the same in whichever order the news arrives."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from jaboti_adapters.contracts.builders import (
    a_chat,
    a_client,
    a_membership,
    a_receipt,
    a_user,
    an_actor,
    an_integration,
    now,
)
from jaboti_domain.chat.delivery import STATE_OF_RECEIPT, DeliveryError, DeliveryState
from jaboti_domain.chat.events import MessageStatusChanged
from jaboti_domain.chat.message import Message
from jaboti_domain.integration.content import Text
from jaboti_domain.integration.messaging import ReceiptStatus
from jaboti_domain.kernel.ids import CompanyId, new_id

states = st.sampled_from(DeliveryState)
news = st.lists(st.sampled_from(ReceiptStatus), max_size=8)
RANK = list(DeliveryState)


@given(states, states, states)
def test_coming_further_is_a_lattice(a: DeliveryState, b: DeliveryState, c: DeliveryState) -> None:
    assert a.advanced(b) is b.advanced(a)
    assert a.advanced(b).advanced(c) is a.advanced(b.advanced(c))
    assert a.advanced(a) is a


@given(states, states)
def test_nothing_goes_back(a: DeliveryState, b: DeliveryState) -> None:
    assert RANK.index(a.advanced(b)) == max(RANK.index(a), RANK.index(b))


def test_every_receipt_says_how_far_a_message_came() -> None:
    assert STATE_OF_RECEIPT.keys() == set(ReceiptStatus)


@given(news, st.randoms())
def test_receipts_give_the_same_state_in_any_order(statuses: list[ReceiptStatus], random: Random) -> None:
    shuffled = sorted(statuses, key=lambda _: random.random())
    assert _after(statuses).status is _after(shuffled).status


@given(news)
def test_each_receipt_is_news_once_and_told_once(statuses: list[ReceiptStatus]) -> None:
    message = _message()
    told = [message.receive(a_receipt(status), at=now()) for status in statuses]
    events = [event for event in message.collect() if isinstance(event, MessageStatusChanged)]
    assert [event.status for event in events] == [
        STATE_OF_RECEIPT[status].value for status, was_news in zip(statuses, told, strict=True) if was_news
    ]
    assert len({event.status for event in events}) == len(events)


@given(news)
def test_a_message_has_an_error_while_it_failed_and_no_longer(statuses: list[ReceiptStatus]) -> None:
    message = _after(statuses)
    assert (message.error is not None) == (message.status is DeliveryState.FAILED)


def test_a_refusal_does_not_undo_that_it_arrived() -> None:
    message = _after([ReceiptStatus.DELIVERED])
    message.refused(DeliveryError(code="1", title="too late"), at=now())
    assert (message.status, message.error) == (DeliveryState.DELIVERED, None)


def test_what_was_perhaps_sent_twice_stays_marked() -> None:
    message = _message()
    for again in (False, True, False):
        message.sending(again=again, at=now())
    assert message.possibly_doubled


def _message() -> Message:
    company_id = CompanyId(new_id())
    ana = an_actor(a_membership(company_id, a_user()))
    chat = a_chat(a_client(company_id), an_integration(company_id), attendant=ana)
    return chat.send(ana, Text(body="Olá"), at=now())


def _after(statuses: list[ReceiptStatus]) -> Message:
    message = _message()
    for status in statuses:
        message.receive(a_receipt(status), at=now())
    return message
