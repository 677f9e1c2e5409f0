"""Clients write."""

from datetime import timedelta

import pytest

from jaboti_domain.integration.content import Reaction, Text, Unknown
from jaboti_domain.integration.messaging import (
    Edit,
    Ignored,
    NumberChange,
    Peer,
    ReceiptStatus,
    Revoke,
    Unreadable,
)
from jaboti_domain.integration.ports.journal import Outcome
from jaboti_domain.kernel.actor import Role
from jaboti_domain.kernel.bot import BotSettings
from tests.unit.chat.shop import MARINA, a_shop, message, now, receipt

WITHOUT_NINTH = Peer(phone="551188800101", name="Marina")
HIDDEN = Peer(cloud_user_id="BR.123", name="Marina")


async def test_a_stranger_becomes_a_client_with_a_chat_in_the_queue() -> None:
    shop = await a_shop()
    await shop.receive(message("Oi"))
    (chat,) = await shop.chats()
    assert (chat["status"], chat["unreadCount"], chat["client"]["name"]) == ("PENDING", 1, "Marina")
    assert chat["client"]["phone"] == "+5511988800101"
    assert chat["serviceWindow"]["open"] is True


async def test_the_same_message_takes_effect_once() -> None:
    shop = await a_shop()
    hello = message("Oi", provider_id="same")
    results = await shop.receive(hello, hello)
    results += await shop.receive(hello)
    assert [r.outcome for r in results] == [Outcome.APPLIED, Outcome.DUPLICATE, Outcome.DUPLICATE]
    assert len(await shop.messages()) == 1


@pytest.mark.parametrize("other", [WITHOUT_NINTH, Peer(phone=MARINA.phone, cloud_user_id="BR.123")])
async def test_one_person_is_one_client_however_the_channel_spells_them(other: Peer) -> None:
    shop = await a_shop()
    await shop.receive(message("um"), message("dois", peer=other))
    assert [m["content"] for m in await shop.messages()] == ["um", "dois"]


async def test_two_clients_who_turn_out_to_be_one_go_on_in_one_chat() -> None:
    shop = await a_shop()
    await shop.receive(message("do telefone"))
    await shop.receive(message("sem telefone", peer=HIDDEN))
    assert len(await shop.chats()) == 2
    await shop.receive(message("os dois", peer=Peer(phone=MARINA.phone, cloud_user_id="BR.123")))
    still_open = [c for c in await shop.chats() if c["status"] != "CLOSED"]
    assert [c["lastMessage"]["content"] for c in still_open] == ["os dois"]
    assert len({c["client"]["id"] for c in await shop.chats()}) == 1


async def test_who_changes_their_number_stays_the_same_client() -> None:
    shop = await a_shop()
    new = Peer(phone="5521955500999", name="Marina")
    moved = NumberChange(provider_id="c1", old=Peer(phone=MARINA.phone), new=Peer(phone=new.phone), at=now())
    results = await shop.receive(message("antes"), moved, message("depois", peer=new))
    assert [r.outcome for r in results] == [Outcome.APPLIED] * 3
    assert [m["content"] for m in await shop.messages()] == ["antes", "depois"]


async def test_a_number_change_of_nobody_we_know_has_no_effect() -> None:
    shop = await a_shop()
    (result,) = await shop.receive(NumberChange(provider_id="c", old=Peer(phone="1"), new=Peer(phone="2"), at=None))
    assert result.outcome is Outcome.IGNORED


async def test_what_nobody_can_have_written_is_a_dead_letter() -> None:
    shop = await a_shop()
    (result,) = await shop.receive(message("?", peer=Peer(name="ninguém")))
    assert result.outcome is Outcome.DEAD


async def test_what_we_cannot_read_is_kept_and_shown() -> None:
    shop = await a_shop()
    await shop.receive(message(Unknown(type="poll", raw='{"a":1}')))
    (shown,) = await shop.messages()
    assert (shown["content"], shown["metadata"]["type"]) == ("[poll]", "poll")


async def test_the_bot_greets_asks_and_puts_the_chat_into_the_chosen_queue() -> None:
    shop = await a_shop(bot=True)
    await shop.receive(message("Oi"))
    assert [c["status"] for c in await shop.chats()] == ["BOT"]
    await shop.receive(message("2"))
    (chat,) = await shop.chats()
    assert (chat["status"], chat["department"]["name"]) == ("PENDING", "Financeiro")
    await shop.dispatch()
    await shop.dispatch()
    assert shop.sent()[0].startswith("Olá!")
    assert "Financeiro" in shop.sent()[1]


async def test_the_bot_keeps_quiet_when_our_side_wrote_from_the_phone() -> None:
    shop = await a_shop(bot=True)
    await shop.receive(message("Bom dia, aqui é da padaria", from_phone=True))
    assert [m["senderType"] for m in await shop.messages()] == ["ATTENDANT"]


async def test_an_edit_a_reaction_and_a_revocation_change_the_message_they_are_about() -> None:
    shop = await a_shop()
    await shop.receive(message("Oii", provider_id="a"))
    edit = Edit(provider_id="e", target="a", peer=MARINA, content=Text(body="Oi!"), at=now())
    await shop.receive(edit, message(Reaction(target="a", emoji="👍")))
    await shop.receive(Revoke(provider_id="r", target="a", peer=MARINA, at=now()))
    (shown,) = await shop.messages()
    assert shown["content"] == "Oi!"
    assert shown["metadata"]["reactions"] == {"CLIENT": "👍"}
    assert {"editedAt", "revokedAt"} <= shown["metadata"].keys()


async def test_an_edit_that_overtakes_its_message_waits_and_in_the_end_is_a_message() -> None:
    shop = await a_shop()
    edit = Edit(provider_id="e", target="never", peer=MARINA, content=Text(body="corrigido"), at=now())
    assert [r.outcome for r in await shop.receive(edit)] == [Outcome.PENDING]
    assert [r.outcome for r in await shop.receive(edit, waited=6)] == [Outcome.APPLIED]
    assert [m["content"] for m in await shop.messages()] == ["corrigido"]


async def test_a_reaction_to_nothing_we_know_opens_no_chat() -> None:
    shop = await a_shop()
    (result,) = await shop.receive(message(Reaction(target="never", emoji="👍")), waited=6)
    assert result.outcome is Outcome.IGNORED
    assert await shop.chats() == []


async def test_receipts_count_in_whichever_order_they_come() -> None:
    shop = await a_shop()
    chat_id = await shop.taken()
    sent = await shop.jaboti.send_message(shop.ana, chat_id=chat_id, content=Text(body="Oi, Marina"))
    await shop.dispatch()
    results = await shop.receive(receipt("memory-1", ReceiptStatus.READ), receipt("memory-1", ReceiptStatus.SENT))
    assert [r.outcome for r in results] == [Outcome.APPLIED, Outcome.IGNORED]
    assert (await shop.messages())[sent.seq - 1]["status"] == "READ"


async def test_a_receipt_that_overtakes_the_answer_to_our_send_finds_its_message_by_our_own_id() -> None:
    shop = await a_shop()
    chat_id = await shop.taken()
    sent = await shop.jaboti.send_message(shop.ana, chat_id=chat_id, content=Text(body="Oi, Marina"))
    await shop.receive(receipt("wamid.early", ReceiptStatus.SENT, callback=str(sent.id)))
    assert (await shop.messages())[sent.seq - 1]["status"] == "SENT"
    assert await shop.dispatch() == 0


async def test_a_receipt_for_nothing_of_ours_waits_and_is_let_go() -> None:
    shop = await a_shop()
    unknown = receipt("wamid.else", ReceiptStatus.READ, callback="not ours")
    assert [r.outcome for r in await shop.receive(unknown)] == [Outcome.PENDING]
    assert [r.outcome for r in await shop.receive(unknown, waited=6)] == [Outcome.IGNORED]


async def test_ignored_and_unreadable_items_end_with_their_reason() -> None:
    shop = await a_shop()
    results = await shop.receive(Ignored(reason="history"), Unreadable(reason="no type"))
    assert [(r.outcome, r.reason) for r in results] == [(Outcome.IGNORED, "history"), (Outcome.DEAD, "no type")]


async def test_an_ended_chat_stays_ended_and_the_client_begins_a_new_one() -> None:
    shop = await a_shop()
    chat_id = await shop.taken()
    await shop.jaboti.end_chat(shop.ana, chat_id=chat_id)
    await shop.receive(message("voltei"))
    assert sorted(c["status"] for c in await shop.chats()) == ["CLOSED", "PENDING"]


async def test_where_the_company_wants_it_who_comes_back_soon_comes_back_to_the_same_chat() -> None:
    shop = await a_shop(bot=True, reopen_within=timedelta(minutes=10))
    chat_id = await shop.taken()
    await shop.jaboti.end_chat(shop.ana, chat_id=chat_id)
    await shop.receive(message("só mais uma coisa"))
    (chat,) = await shop.chats()
    assert (chat["id"], chat["status"], chat["endedAt"]) == (str(chat_id), "PENDING", None)


async def test_who_comes_back_to_a_department_that_is_gone_comes_to_everyones_queue() -> None:
    shop = await a_shop(reopen_within=timedelta(minutes=10))
    chat_id, sales = await shop.taken(), shop.departments[0].id
    boss = shop.somebody("Bruno", role=Role.SUPERVISOR)
    await shop.jaboti.transfer_chat.to_department(boss, chat_id=chat_id, department_id=sales)
    await shop.jaboti.end_chat(boss, chat_id=chat_id)
    await shop.jaboti.remove_department(boss, department_id=sales)
    await shop.receive(message("só mais uma coisa"))
    (chat,) = await shop.chats()
    assert (chat["id"], chat["status"], chat["department"]) == (str(chat_id), "PENDING", None)


async def test_the_bot_does_not_offer_a_department_that_is_gone() -> None:
    shop = await a_shop(bot=True)
    await shop.jaboti.remove_department(
        shop.somebody("Bruno", role=Role.SUPERVISOR), department_id=shop.departments[0].id
    )
    await shop.receive(message("Oi"))
    (_, menu) = await shop.messages()
    assert "1 - Financeiro" in menu["content"]
    assert "Vendas" not in menu["content"]


async def test_the_companys_bot_answers_where_the_integration_has_none() -> None:
    shop = await a_shop()
    boss = shop.somebody("Alda", role=Role.ADMIN)
    await shop.jaboti.change_company(boss, to={"bot": BotSettings(greeting="Bem-vinda!")})
    await shop.receive(message("Oi"))
    assert [words["content"].partition("\n")[0] for words in await shop.messages()] == ["Oi", "Bem-vinda!"]
    await shop.jaboti.change_company(boss, to={"bot": None})
    await shop.receive(message("Oi?"))
    ((chat,), words) = await shop.chats(), await shop.messages()
    assert (chat["status"], len(words)) == ("PENDING", 3), "who has lost its bot waits for a person"


async def test_an_answer_quotes_the_message_it_answers() -> None:
    shop = await a_shop()
    await shop.receive(message("primeira", provider_id="a"))
    await shop.receive(message("segunda", reply_to="a"))
    first, second = await shop.messages()
    assert second["replyTo"] == first["id"]
