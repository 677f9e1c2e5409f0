"""What the call log promises."""

import json
from datetime import timedelta
from typing import Any

import pytest

from jaboti_adapters.contracts.builders import a_call
from jaboti_adapters.contracts.chat_documents import wire
from jaboti_adapters.contracts.scene import Scene
from jaboti_adapters.contracts.suite import BackendContract
from jaboti_domain.integration.calls import Call, CallOutcome, Direction, LastCalls
from jaboti_domain.integration.messaging import Platform
from jaboti_domain.integration.queries import CallFilter
from jaboti_domain.kernel.errors import InvalidCursor
from jaboti_domain.kernel.paging import Cursor

EVERYTHING = CallFilter()
MINUTE = timedelta(minutes=1)


class CallLogContract(BackendContract):
    """Calls are kept soon, shown newest first, and forgotten when they are old."""

    async def test_a_call_is_shown_as_it_was_noted(self, scene: Scene) -> None:
        call = a_call(scene.integration, outcome=CallOutcome.REFUSED, error="131026")
        await noted(scene, call)
        assert await shown(scene) == [
            {
                "id": str(call.id),
                "at": wire(call.at),
                "integrationId": str(scene.integration.id),
                "platform": "EvolutionAPI",
                "direction": "OUT",
                "kind": "message",
                "outcome": "REFUSED",
                "httpStatus": None,
                "latencyMs": 12,
                "requestId": "Az8or2yhqkZfEZ",
                "peer": "…7777",
                "items": None,
                "error": {"code": "131026", "title": "It did not work"},
            }
        ]

    async def test_each_company_sees_its_own_newest_first(self, scene: Scene) -> None:
        other, now = await Scene.set_in(scene.backend), scene.now()
        calls = [a_call(scene.integration, at=now - n * MINUTE) for n in (2, 0, 1)]
        await noted(scene, *calls, a_call(other.integration))
        assert await ids(scene) == [str(calls[n].id) for n in (1, 2, 0)]
        assert len(await shown(other)) == 1

    async def test_pages_follow_one_another_also_within_a_moment(self, scene: Scene) -> None:
        at = scene.now()
        calls = [a_call(scene.integration, at=at) for _ in range(5)]
        await noted(scene, *calls)
        seen, after = [], None
        for _ in range(3):
            page = await scene.backend.call_reads.page(scene.company_id, where=EVERYTHING, after=after, limit=2)
            seen += [each["id"] for each in json.loads(page.items)]
            after = page.next
        assert (seen, after) == ([str(call.id) for call in sorted(calls, key=lambda c: c.id, reverse=True)], None)

    async def test_every_condition_holds(self, scene: Scene) -> None:
        now, cloud = scene.now(), await scene.an_integration(platform=Platform.CLOUD_API)
        old = a_call(scene.integration, at=now - MINUTE, direction=Direction.IN)
        new = a_call(cloud, at=now, outcome=CallOutcome.FAILED, error="cut_off")
        await noted(scene, old, new)
        assert await ids(scene, CallFilter(platform=Platform.CLOUD_API)) == [str(new.id)]
        assert await ids(scene, CallFilter(direction=Direction.IN)) == [str(old.id)]
        assert await ids(scene, CallFilter(outcome=CallOutcome.FAILED)) == [str(new.id)]
        assert await ids(scene, CallFilter(outcome=CallOutcome.FAILED, direction=Direction.IN)) == []
        assert await ids(scene, CallFilter(since=now)) == [str(new.id)]
        assert await ids(scene, CallFilter(until=now)) == [str(old.id)]

    @pytest.mark.parametrize("key", [[], ["x", "y"], ["2026-01-01", "y"], ["1", "2", "3"]])
    async def test_a_cursor_of_another_list_is_refused(self, scene: Scene, key: list[str]) -> None:
        with pytest.raises(InvalidCursor):
            await scene.backend.call_reads.page(scene.company_id, where=EVERYTHING, after=Cursor(key), limit=2)

    async def test_the_last_calls_that_went_well_are_told(self, scene: Scene) -> None:
        now, reads = scene.now(), scene.backend.call_reads
        assert await reads.last(scene.company_id, scene.integration.id) == LastCalls()
        came, went, failed = (
            a_call(scene.integration, at=now - 3 * MINUTE, direction=Direction.IN),
            a_call(scene.integration, at=now - 2 * MINUTE),
            a_call(scene.integration, at=now - MINUTE, outcome=CallOutcome.FAILED),
        )
        await noted(scene, came, went, failed, a_call(await scene.an_integration()))
        last = await reads.last(scene.company_id, scene.integration.id)
        assert last == LastCalls(inbound_at=came.at, outbound_at=went.at)

    async def test_the_oldest_are_forgotten_so_many_at_a_time(self, scene: Scene) -> None:
        now, log, other = scene.now(), scene.backend.call_log, await Scene.set_in(scene.backend)
        calls = [a_call(scene.integration, at=now - n * MINUTE) for n in range(4)]
        await noted(scene, *calls, a_call(other.integration, at=now - 9 * MINUTE))
        forgotten = [await log.forget(scene.company_id, before=now, at_most=2) for _ in range(3)]
        assert forgotten == [2, 1, 0]
        assert await ids(scene) == [str(calls[0].id)]
        assert len(await shown(other)) == 1

    async def test_whoever_notes_does_not_wait(self, scene: Scene) -> None:
        for _ in range(2_500):
            scene.backend.call_log.note(a_call(scene.integration))
        await scene.backend.call_log.flush()
        assert len(await shown(scene, limit=5_000)) == 2_500
        assert scene.backend.call_log.dropped == 0


async def noted(scene: Scene, *calls: Call) -> None:
    """Note them, and wait until they are kept."""
    for call in calls:
        scene.backend.call_log.note(call)
    await scene.backend.call_log.flush()


async def shown(scene: Scene, where: CallFilter = EVERYTHING, *, limit: int = 50) -> list[dict[str, Any]]:
    """The log as it is shown."""
    page = await scene.backend.call_reads.page(scene.company_id, where=where, after=None, limit=limit)
    calls: list[dict[str, Any]] = json.loads(page.items)
    return calls


async def ids(scene: Scene, where: CallFilter = EVERYTHING) -> list[object]:
    """Which calls are shown."""
    return [call["id"] for call in await shown(scene, where)]
