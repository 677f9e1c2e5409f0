"""What is still under way when an account is taken away."""

import pytest

from jaboti_domain.integration.content import Text
from jaboti_domain.integration.errors import HasOpenChats
from jaboti_domain.integration.ports.journal import Outcome
from jaboti_domain.kernel.actor import Role
from tests.unit.chat.shop import Shop, a_shop


async def remove(shop: Shop) -> None:
    boss = shop.somebody("Alda", role=Role.ADMIN)
    await shop.jaboti.remove_integration(boss, integration_id=shop.line.id)


async def test_while_chats_are_open_it_stays() -> None:
    shop = await a_shop()
    await shop.taken()
    with pytest.raises(HasOpenChats):
        await remove(shop)


async def test_a_last_word_that_was_not_sent_yet_fails() -> None:
    shop = await a_shop()
    chat_id = await shop.taken()
    await shop.jaboti.end_chat(shop.ana, chat_id=chat_id, farewell=Text(body="Até logo"))
    await remove(shop)
    assert await shop.dispatch() == 0
    last = (await shop.messages())[-1]
    assert (last["status"], last["error"]["code"], shop.sent()) == ("FAILED", "integration.not_found", [])
    assert (await shop.jaboti.accounts()).outbox.waiting == 0


async def test_what_arrived_before_has_no_effect_and_is_accounted_for() -> None:
    shop = await a_shop()
    body = b'[{"id": "a", "from": "5511988800101", "text": "Oi"}]'
    await shop.jaboti.accept_webhook(integration_id=shop.line.id, headers={}, body=body)
    await remove(shop)
    assert await shop.jaboti.drain_journal(shop.company.id) == 1
    assert (await shop.jaboti.accounts()).journal.counts == {Outcome.IGNORED: 1}
    assert await shop.chats() == []
