"""What falls due by the store's clock, to the millisecond."""

from datetime import timedelta

from jaboti_adapters.contracts.builders import an_arrival
from jaboti_adapters.contracts.clock import MovingClock
from jaboti_adapters.contracts.scene import Scene
from jaboti_adapters.memory.store import MemoryStore
from jaboti_domain.chat.ports import Settlement
from jaboti_domain.integration.content import Text
from jaboti_domain.integration.ports.journal import Outcome, Verdict
from tests.unit.memory.on_memory import memory_backend

MINUTE, MOMENT = timedelta(minutes=1), timedelta(milliseconds=1)


async def _scene() -> tuple[Scene, MovingClock]:
    clock = MovingClock()
    return await Scene.set_in(memory_backend(MemoryStore(clock=clock))), clock


async def test_an_errand_that_is_being_sent_falls_due_when_the_claimer_said() -> None:
    scene, clock = await _scene()
    chat = await scene.a_chat(attendant=scene.ana)
    chat.send(scene.ana, Text(body="Olá"), at=clock())
    await scene.keep(chat)
    await scene.claim(unsure_after=MINUTE)
    clock.advance(MINUTE - MOMENT)
    assert await scene.claim() == []
    assert await scene.backend.outbox.companies_waiting(limit=9) == []
    clock.advance(MOMENT)
    assert await scene.backend.outbox.companies_waiting(limit=9) == [scene.company_id]
    assert [errand.unsure for errand in await scene.claim()] == [True]


async def test_an_errand_that_was_put_back_waits_as_long_as_it_was_told() -> None:
    scene, clock = await _scene()
    chat = await scene.a_chat(attendant=scene.ana)
    chat.send(scene.ana, Text(body="Olá"), at=clock())
    await scene.keep(chat)
    (errand,) = await scene.claim()
    async with scene.uow() as uow:
        await uow.outbound.settle([Settlement(errand_id=errand.id, attempt=1, retry_in=MINUTE)])
        await uow.commit()
    clock.advance(MINUTE - MOMENT)
    assert await scene.claim() == []
    clock.advance(MOMENT)
    assert len(await scene.claim()) == 1


async def test_an_entry_that_was_put_back_waits_as_long_as_it_was_told() -> None:
    scene, clock = await _scene()
    await scene.backend.journal.append([an_arrival(scene.company_id, scene.integration.id)])
    async with scene.uow() as uow:
        (entry,) = await uow.lanes.claim(lanes=9, entries=9)
        await uow.lanes.settle([Verdict(entry_id=entry.id, outcome=Outcome.PENDING, wait=MINUTE)])
        await uow.commit()
    for wait, due in ((MINUTE - MOMENT, []), (MOMENT, [scene.company_id])):
        clock.advance(wait)
        assert await scene.backend.journal.companies_waiting(limit=9) == due


async def test_accounts_are_exact() -> None:
    scene, clock = await _scene()
    began = clock()
    arrivals = [an_arrival(scene.company_id, scene.integration.id) for _ in range(2)]
    await scene.backend.journal.append(
        [*arrivals, an_arrival(scene.company_id, scene.integration.id, outcome=Outcome.IGNORED)]
    )
    chats = [await scene.a_chat(attendant=scene.ana) for _ in range(3)]
    for chat in chats:
        chat.send(scene.ana, Text(body="Olá"), at=clock())
        clock.advance(MINUTE)
        await scene.keep(chat)
    await scene.claim(errands=1)
    journal, outbox = await scene.backend.journal.account(), await scene.backend.outbox.account()
    assert (dict(journal.counts), journal.oldest_pending) == ({Outcome.PENDING: 2, Outcome.IGNORED: 1}, began)
    assert (outbox.waiting, outbox.sending, outbox.oldest) == (2, 1, began + 2 * MINUTE)
