"""What the journal promises."""

import asyncio
from datetime import timedelta

from jaboti_adapters.contracts.builders import an_arrival
from jaboti_adapters.contracts.scene import Scene
from jaboti_adapters.contracts.suite import BackendContract
from jaboti_domain.integration.ports.journal import Entry, Outcome, Verdict
from jaboti_domain.kernel.ids import CompanyId

NOW, LATER = timedelta(0), timedelta(hours=1)


class JournalContract(BackendContract):
    """What arrived is kept once, and worked off lane by lane, each by one worker at a time."""

    async def test_what_arrived_is_claimed_in_order_as_it_was(self, scene: Scene) -> None:
        raws = [b'{"text": "\\u0000 \\ud83d"}', b"\xff\x00", b"{}"]
        keys = await _arrive(scene, "a", *raws)
        entries = await _claim(scene)
        assert [entry.raw for entry in entries] == raws
        assert [(entry.event_key, entry.attempts) for entry in entries] == [(key, 0) for key in keys]
        assert {(e.company_id, e.integration_id, e.lane) for e in entries} == {
            (scene.company_id, scene.integration.id, "a")
        }

    async def test_what_came_under_a_key_can_be_looked_at(self, scene: Scene) -> None:
        elsewhere = await Scene.set_in(scene.backend)
        (key,) = await _arrive(scene, "a", b"\xff\x00")
        async with scene.uow() as uow:
            assert await uow.lanes.raw_of(scene.integration.id, key) == b"\xff\x00"
            assert await uow.lanes.raw_of(scene.integration.id, key + "x") is None
            assert await uow.lanes.raw_of(elsewhere.integration.id, key) is None
        async with elsewhere.uow() as uow:
            assert await uow.lanes.raw_of(scene.integration.id, key) is None

    async def test_each_delivery_after_the_first_changes_nothing(self, scene: Scene) -> None:
        arrival = an_arrival(scene.company_id, scene.integration.id, raw=b"first")
        again = an_arrival(scene.company_id, scene.integration.id, key=arrival.event_key, raw=b"second")
        journal = scene.backend.journal
        assert [await journal.append(batch) for batch in ([arrival, again], [again], [])] == [1, 0, 0]
        (entry,) = await _work_off(scene)
        assert entry.raw == b"first"
        assert await journal.append([again]) == 0
        assert await _claim(scene) == []

    async def test_each_integration_has_keys_of_its_own(self, scene: Scene) -> None:
        integrations = [scene.integration, await scene.an_integration()]
        arrivals = [an_arrival(scene.company_id, integration.id, key="m:1") for integration in integrations]
        assert await scene.backend.journal.append(arrivals) == 2

    async def test_what_arrived_ended_is_kept_and_nobodys_work(self, scene: Scene) -> None:
        foreign = an_arrival(scene.company_id, scene.integration.id, outcome=Outcome.IGNORED)
        assert await scene.backend.journal.append([foreign]) == 1
        assert await _claim(scene) == []
        assert await scene.backend.journal.append([foreign]) == 0

    async def test_a_claim_takes_at_most_so_many_lanes_and_entries(self, scene: Scene) -> None:
        for lane in ("a", "b", "c"):
            await _arrive(scene, lane, b"1", b"2")
        async with scene.uow() as uow:
            assert {entry.lane for entry in await uow.lanes.claim(lanes=2, entries=9)} == {"a", "b"}
        async with scene.uow() as uow:
            assert [entry.lane for entry in await uow.lanes.claim(lanes=9, entries=3)] == ["a", "a", "b"]

    async def test_a_lane_that_is_being_worked_on_is_passed_over(self, scene: Scene) -> None:
        await _arrive(scene, "a", b"1", b"2")
        await _arrive(scene, "b", b"3")
        async with scene.uow() as uow:
            await uow.lanes.claim(lanes=1, entries=1)
            assert [entry.raw for entry in await _claim(scene)] == [b"3"]

    async def test_lanes_of_the_same_name_on_two_integrations_are_two(self, scene: Scene) -> None:
        second = await scene.an_integration()
        for integration in (scene.integration, second):
            await scene.backend.journal.append([an_arrival(scene.company_id, integration.id, lane="a")])
        async with scene.uow() as uow:
            await uow.lanes.claim(lanes=1, entries=9)
            assert [entry.integration_id for entry in await _claim(scene)] == [second.id]

    async def test_a_worker_that_dies_leaves_its_lanes_free(self, scene: Scene) -> None:
        await _arrive(scene, "a", b"1")
        async with scene.uow() as uow:
            (entry,) = await uow.lanes.claim(lanes=9, entries=9)
            await uow.lanes.settle([Verdict(entry_id=entry.id, outcome=Outcome.APPLIED)])
        assert await _claim(scene) == [entry]

    async def test_what_has_ended_is_done_with(self, scene: Scene) -> None:
        await _arrive(scene, "a", b"1", b"2", b"3", b"4")
        outcomes = (Outcome.APPLIED, Outcome.DUPLICATE, Outcome.IGNORED, Outcome.DEAD)
        await _settle(
            scene, *(Verdict(entry_id=e.id, outcome=o) for e, o in zip(await _claim(scene), outcomes, strict=True))
        )
        assert await _claim(scene) == []

    async def test_what_is_about_nobody_is_known_again_and_says_nothing(self, scene: Scene) -> None:
        arrivals = [an_arrival(scene.company_id, scene.integration.id, lane="a", raw=b"%d" % n) for n in range(2)]
        await scene.backend.journal.append(arrivals)
        first, second = await _claim(scene)
        await _settle(scene, Verdict(entry_id=first.id, outcome=Outcome.APPLIED, is_about_nobody=True))
        assert await scene.backend.journal.append(arrivals) == 0
        assert [entry.raw for entry in await _claim(scene)] == [b"1"], "the lane goes on"
        await _settle(scene, Verdict(entry_id=second.id, outcome=Outcome.APPLIED, is_about_nobody=True))
        await _arrive(scene, "a", b"3")
        assert [entry.raw for entry in await _claim(scene)] == [b"3"]
        assert await scene.backend.journal.mend() == 0

    async def test_what_is_put_back_has_one_more_attempt(self, scene: Scene) -> None:
        await _arrive(scene, "a", b"1")
        for attempts in range(3):
            (entry,) = await _claim(scene)
            assert entry.attempts == attempts
            await _settle(scene, Verdict(entry_id=entry.id, outcome=Outcome.PENDING, reason="later", wait=NOW))

    async def test_an_entry_that_waits_does_not_hold_up_its_lane(self, scene: Scene) -> None:
        await _arrive(scene, "a", b"1", b"2")
        first, second = await _claim(scene)
        await _settle(scene, Verdict(entry_id=first.id, outcome=Outcome.PENDING, wait=LATER))
        assert await _claim(scene) == [second]

    async def test_one_entry_is_claimed_with_its_lane(self, scene: Scene) -> None:
        await _arrive(scene, "a", b"1", b"2")
        first, second = await _claim(scene)
        async with scene.uow() as uow:
            assert await uow.lanes.claim_entry(second.id) == second
            assert await _claim(scene) == []
            async with scene.uow() as other:
                assert await other.lanes.claim_entry(first.id) is None

    async def test_an_entry_that_has_ended_is_not_claimed(self, scene: Scene) -> None:
        await _arrive(scene, "a", b"1")
        (entry,) = await _work_off(scene)
        async with scene.uow() as uow:
            assert await uow.lanes.claim_entry(entry.id) is None

    async def test_another_companys_entries_are_not_there(self, scene: Scene) -> None:
        await _arrive(scene, "a", b"1")
        (entry,), other = await _claim(scene), await Scene.set_in(scene.backend)
        assert await _claim(other) == []
        async with other.uow() as uow:
            assert await uow.lanes.claim_entry(entry.id) is None
        await _settle(other, Verdict(entry_id=entry.id, outcome=Outcome.DEAD))
        assert await _claim(scene) == [entry]

    async def test_companies_wait_while_something_of_theirs_is_due_and_free(self, scene: Scene) -> None:
        other = await Scene.set_in(scene.backend)
        await _arrive(scene, "a", b"1")
        await _arrive(other, "a", b"1", b"2")
        assert await _waiting(scene, other) == [scene.company_id, other.company_id]
        async with scene.uow() as uow:
            await uow.lanes.claim(lanes=9, entries=9)
            assert await _waiting(scene, other) == [other.company_id]
        first, second = await _claim(other)
        await _settle(
            other,
            Verdict(entry_id=first.id, outcome=Outcome.APPLIED),
            Verdict(entry_id=second.id, outcome=Outcome.PENDING, wait=LATER),
        )
        assert await _waiting(scene, other) == [scene.company_id]

    async def test_the_account_knows_what_waits_and_since_when(self, scene: Scene) -> None:
        await _arrive(scene, "a", b"1")
        (entry,) = await _claim(scene)
        account = await scene.backend.journal.account()
        assert account.counts[Outcome.PENDING] >= 1
        assert account.oldest_pending is not None
        assert account.oldest_pending <= entry.received_at

    async def test_a_worker_that_waits_is_woken_by_an_arrival(self, scene: Scene) -> None:
        waiting = asyncio.create_task(scene.backend.journal.wait(at_most=LATER))
        await asyncio.sleep(0)
        await _arrive(scene, "a", b"1")
        await asyncio.wait_for(waiting, timeout=5)

    async def test_a_worker_waits_no_longer_than_it_said(self, scene: Scene) -> None:
        for _ in range(2):
            await scene.backend.journal.wait(at_most=timedelta(milliseconds=5))


async def _arrive(scene: Scene, lane: str, *raws: bytes) -> list[str]:
    arrivals = [an_arrival(scene.company_id, scene.integration.id, lane=lane, raw=raw) for raw in raws]
    assert await scene.backend.journal.append(arrivals) == len(raws)
    return [arrival.event_key for arrival in arrivals]


async def _claim(scene: Scene) -> list[Entry]:
    async with scene.uow() as uow:
        return list(await uow.lanes.claim(lanes=100, entries=100))


async def _settle(scene: Scene, *verdicts: Verdict) -> None:
    async with scene.uow() as uow:
        await uow.lanes.settle(verdicts)
        await uow.commit()


async def _work_off(scene: Scene) -> list[Entry]:
    entries = await _claim(scene)
    await _settle(scene, *(Verdict(entry_id=entry.id, outcome=Outcome.APPLIED) for entry in entries))
    return entries


async def _waiting(*scenes: Scene) -> list[CompanyId]:
    ours = {scene.company_id for scene in scenes}
    return [c for c in await scenes[0].backend.journal.companies_waiting(limit=10_000) if c in ours]
