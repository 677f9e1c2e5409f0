"""Charging costs no round trip: what was delivered is counted with all the rest, and what was not costs nothing."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from jaboti_adapters.contracts.scene import Scene
from jaboti_adapters.postgres.engine import Database
from jaboti_adapters.postgres.pool import Link
from jaboti_adapters.postgres.statements import Statement
from jaboti_domain.chat.bot import MenuBot
from jaboti_domain.chat.message import Message
from jaboti_domain.chat.use_cases.receive import Arrived, ReceiveInbound
from jaboti_domain.integration.content import Text
from jaboti_domain.integration.messaging import Peer, Pricing, Receipt, ReceiptStatus
from tests.integration.postgres.on_postgres import postgres_backend

if TYPE_CHECKING:
    import asyncpg

    Connection = asyncpg.Connection[asyncpg.Record]

PRICING = Pricing(category="utility", type="regular", model="PMP", billable=True)
AT = datetime(2026, 11, 23, 15, tzinfo=UTC)


@pytest.fixture
async def scene(database: Database) -> Scene:
    return await Scene.set_in(postgres_backend(database))


@pytest.fixture
def receive(scene: Scene) -> ReceiveInbound:
    backend = scene.backend
    return ReceiveInbound(
        new_uow=backend.uow, clock=backend.clock, bot=MenuBot(), transfers={}, rate_cards=backend.rate_cards
    )


async def sent(scene: Scene, count: int) -> list[Message]:
    """Messages that the platform took, as wamid.0, wamid.1, ..."""
    chat = await scene.a_chat(attendant=scene.ana)
    async with scene.change(chat.id) as changed:
        messages = [changed.send(scene.ana, Text(body="Olá"), at=scene.now()) for _ in range(count)]
    for number, message in enumerate(messages):
        async with scene.change_message(message.id) as changed_message:
            changed_message.accepted(f"wamid.{number}", at=scene.now())
    return messages


def batch(scene: Scene, status: ReceiptStatus, count: int, pricing: Pricing | None = PRICING) -> list[Arrived]:
    receipts = [
        Receipt(provider_id=f"wamid.{n}", status=status, peer=Peer(phone="5541988887777"), at=AT, pricing=pricing)
        for n in range(count)
    ]
    return [Arrived(integration_id=scene.integration.id, update=receipt) for receipt in receipts]


async def test_a_batch_with_prices_takes_no_more_statements_than_one_without(
    scene: Scene, receive: ReceiveInbound, monkeypatch: pytest.MonkeyPatch, superuser: "Connection"
) -> None:
    await sent(scene, 20)
    await scene.backend.rate_cards.book()
    fetched, fetch = list[Statement](), Link.fetch

    async def counting(self: Link, statement: Statement, values: dict[str, object]) -> object:
        fetched.append(statement)
        return await fetch(self, statement, values)

    monkeypatch.setattr(Link, "fetch", counting)
    counts = []
    for status, pricing in ((ReceiptStatus.DELIVERED, None), (ReceiptStatus.READ, PRICING)):
        fetched.clear()
        await receive(scene.company_id, batch(scene, status, 20, pricing))
        counts.append(len(fetched))
    assert counts[0] == counts[1]
    assert await superuser.fetchval("SELECT count(*) FROM usage") == 20


async def test_without_prices_rates_are_not_even_read(
    scene: Scene, receive: ReceiveInbound, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(*_: object) -> object:
        raise AssertionError

    await sent(scene, 1)
    monkeypatch.setattr(type(scene.backend.rate_cards), "book", never)
    await receive(scene.company_id, batch(scene, ReceiptStatus.DELIVERED, 1, None))
    await receive(scene.company_id, batch(scene, ReceiptStatus.SENT, 1))


async def test_a_charge_is_kept_with_all_that_is_known_of_it(
    scene: Scene, receive: ReceiveInbound, superuser: "Connection"
) -> None:
    (message,) = await sent(scene, 1)
    await receive(scene.company_id, batch(scene, ReceiptStatus.DELIVERED, 1))
    row = await superuser.fetchrow("SELECT * FROM usage")
    assert row is not None
    assert (row["message_id"], row["chat_id"], row["attendant_id"]) == (message.id, message.chat_id, scene.ana.user_id)
    assert (row["category"], row["kind"], row["country"]) == ("utility", "regular", "BR")
    assert (str(row["amount"]), row["currency"], str(row["rated_from"])) == ("0.006800", "USD", "2025-07-01")


@pytest.mark.parametrize("amount", ["NaN", "-1", "Infinity"])
@pytest.mark.parametrize("table", ["rate", "usage", "budget"])
async def test_no_table_takes_what_is_no_amount(
    scene: Scene, receive: ReceiveInbound, superuser: "Connection", table: str, amount: str
) -> None:
    await sent(scene, 1)
    await receive(scene.company_id, batch(scene, ReceiptStatus.DELIVERED, 1))
    await superuser.execute("INSERT INTO budget VALUES ($1, 1, 'USD', NULL, 0, 1)", scene.company_id)
    with pytest.raises(Exception, match=r"amount_check|overflow|infinite"):
        await superuser.execute(f"UPDATE {table} SET amount = '{amount}'")
