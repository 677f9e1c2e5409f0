"""Working off the journal."""

import pytest

from jaboti_adapters.memory.journal import MemoryLanes
from jaboti_domain.integration.ports.journal import Outcome
from tests.unit.chat.shop import a_shop


async def test_what_was_accepted_takes_effect_and_is_accounted_for() -> None:
    shop = await a_shop()
    odd = b'[{"id": "b", "text": "de quem?"}]'
    accept = shop.jaboti.accept_webhook
    assert (await accept(integration_id=shop.line.id, headers={}, body=odd)).new == 1
    good = b'[{"id": "c", "from": "5511988800101", "text": "Oi"}]'
    assert (await accept(integration_id=shop.line.id, headers={}, body=good)).new == 1
    assert await shop.jaboti.drain_journal(shop.company.id) == 1
    counts = (await shop.jaboti.accounts()).journal.counts
    assert counts[Outcome.APPLIED] == 1
    assert counts[Outcome.DEAD] == 1


async def test_a_fault_in_claiming_is_not_swallowed(monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(self: MemoryLanes, *, lanes: int, entries: int) -> None:
        raise RuntimeError("a bug")

    shop = await a_shop()
    monkeypatch.setattr(MemoryLanes, "claim", broken)
    with pytest.raises(RuntimeError):
        await shop.jaboti.drain_journal(shop.company.id)
