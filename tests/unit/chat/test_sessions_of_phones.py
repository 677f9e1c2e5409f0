"""News of an account's own session with the messenger shows on the integration."""

import pytest

from jaboti_domain.integration.messaging import Connection, Notice
from jaboti_domain.integration.ports.journal import Outcome
from tests.unit.chat.shop import Shop, a_shop


def notice(connection: Connection | None, words: str = "") -> Notice:
    return Notice(topic="connection.update", summary=words, at=None, connection=connection)


async def trouble(shop: Shop) -> str | None:
    async with shop.jaboti.connect_integration.new_uow(shop.company.id) as uow:
        return (await uow.integrations.get(shop.line.id)).trouble


async def test_a_closed_session_is_trouble_until_it_is_open_again() -> None:
    shop = await a_shop()
    (result,) = await shop.receive(notice(Connection.CLOSED, "the session is close (401)"))
    assert (result.outcome, await trouble(shop)) == (Outcome.APPLIED, "the session is close (401)")
    await shop.receive(notice(Connection.PAIRING, "a phone has to scan the QR code"))
    assert await trouble(shop) == "a phone has to scan the QR code"
    await shop.receive(notice(Connection.OPEN))
    assert await trouble(shop) is None


@pytest.mark.parametrize("connection", [Connection.CONNECTING, None])
async def test_a_session_that_reconnects_is_neither_well_nor_ill(connection: Connection | None) -> None:
    shop = await a_shop()
    await shop.receive(notice(connection, "connecting"))
    assert await trouble(shop) is None
    await shop.receive(notice(Connection.CLOSED, "closed"), notice(connection, "connecting"))
    assert await trouble(shop) == "closed"


async def test_of_several_pieces_of_news_the_last_one_counts() -> None:
    shop = await a_shop()
    await shop.receive(notice(Connection.CLOSED, "closed"), notice(Connection.OPEN))
    assert await trouble(shop) is None


async def test_who_watches_is_told() -> None:
    shop = await a_shop()
    head = await shop.jaboti.stream.head(shop.company.id)
    await shop.receive(notice(Connection.CLOSED, "closed"), notice(Connection.CLOSED, "closed"))
    told = await shop.jaboti.stream.after(shop.company.id, head.seq, limit=9)
    assert [event.name for event in told or ()] == ["integration.changed"]
