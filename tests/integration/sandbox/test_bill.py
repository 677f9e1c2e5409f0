"""What we say was spent is what the platform would bill, priced here from its own ledger by somebody else's table."""

import asyncio
from decimal import Decimal
from typing import Any

import httpx
import pytest

from jaboti_entrypoints.rehearsal.stage import Stage

PRICES = {"marketing": Decimal("0.0625"), "utility": Decimal("0.0068"), "service": Decimal("0.0068")}
"""In Brazil, in USD, since October 2026; delivered messages only."""
PHONES = [f"55119555002{n:02}" for n in range(8)]
MESSAGES = 6


async def settled(stage: Stage) -> None:
    for _ in range(600):
        if await stage.settled():
            return
        await asyncio.sleep(0.05)
    raise TimeoutError


def billed(stage: Stage) -> Decimal:
    """What the platform delivered, by its own ledger."""
    ledger = stage.sandbox.ledger
    arrived = {name for name in ledger.items if name.startswith("s:") and name.endswith((":delivered", ":read"))}
    names = {name.split(":")[1] for name in arrived}
    return sum((PRICES[send.category] for send in ledger.sends if send.wamid in names), Decimal())


async def spent(http: httpx.AsyncClient) -> Decimal:
    usage = (await http.get("/integrations/usage")).json()
    return sum((Decimal(row["cost"]["amount"]) for row in usage["items"]), Decimal())


async def talk(stage: Stage, http: httpx.AsyncClient) -> None:
    number = stage.houses[1].account.phone_number_id
    for phone in PHONES:
        stage.sandbox.client_writes(number, phone, "Oi, quanto custa a revisão?")
    await settled(stage)
    chats = (await http.get("/chats")).json()["items"]
    for chat in chats:
        await http.post(f"/chats/{chat['id']}/start")
        for n in range(MESSAGES):
            answer = await http.post(f"/chats/{chat['id']}/messages", json={"content": f"{n}"})
            assert answer.status_code == 201, answer.text
    await settled(stage)


@pytest.mark.parametrize(
    "disorder",
    [
        {"duplicate": 0.7, "reorder": 0.7},
        {"duplicate": 0.3, "reorder": 0.3, "statuses": ["sent", "read"]},
        {"statuses": ["delivered", "read"], "sent_without_pricing": 1.0},
        {"statuses": ["sent"], "sent_without_pricing": 0.0},
    ],
    ids=["repeated and out of order", "delivered is missing", "sent is missing", "never delivered"],
)
async def test_usage_is_the_platforms_bill_to_the_sixth_decimal(
    stage: Stage, bruno: httpx.AsyncClient, disorder: dict[str, Any]
) -> None:
    stage.sandbox.knobs.turn(**disorder)
    await talk(stage, bruno)
    bill = billed(stage)
    assert await spent(bruno) == bill
    assert bool(bill) == ("read" in disorder.get("statuses", ["read"]))
