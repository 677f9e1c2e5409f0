"""What a store of dead letters promises."""

import json
from typing import Any
from uuid import UUID, uuid4

import pytest

from jaboti_adapters.contracts.builders import an_arrival
from jaboti_adapters.contracts.chat_documents import wire
from jaboti_adapters.contracts.scene import Scene
from jaboti_adapters.contracts.suite import BackendContract
from jaboti_domain.integration.errors import DeadLetterNotDead, DeadLetterNotFound
from jaboti_domain.integration.letters import SHOWN_AT_MOST, DeadLetter, letter_id
from jaboti_domain.integration.ports.journal import Entry, Outcome, Verdict
from jaboti_domain.kernel.errors import InvalidCursor
from jaboti_domain.kernel.paging import Cursor


class DeadLetterContract(BackendContract):
    """What is dead is kept whole, shown, and may live again."""

    async def test_what_died_is_shown_with_its_reason(self, scene: Scene) -> None:
        entry = await died(scene, b'{"a": "\xff\x00"}')
        (letter,) = await shown(scene)
        assert letter == {
            "id": str(letter_id(scene.company_id, entry.id)),
            "receivedAt": wire(entry.received_at),
            "attempts": 1,
            "reason": "ValueError: no",
            "platform": "EvolutionAPI",
            "integrationId": str(scene.integration.id),
            "eventKey": entry.event_key,
            "raw": '{"a": "\ufffd\ufffd"}',
            "size": 11,
            "isCut": False,
        }

    async def test_a_long_one_is_shown_in_part_and_kept_whole(self, scene: Scene) -> None:
        raw = b"x" * (SHOWN_AT_MOST + 1)
        await died(scene, raw)
        (letter,) = await shown(scene)
        assert (len(letter["raw"]), letter["size"], letter["isCut"]) == (SHOWN_AT_MOST, len(raw), True)
        assert (await got(scene, letter["id"])).raw == raw

    async def test_pages_follow_one_another_newest_first(self, scene: Scene) -> None:
        entries = [await died(scene, str(n).encode()) for n in range(5)]
        seen, after = [], None
        for _ in range(3):
            page = await scene.backend.dead_letter_reads.page(scene.company_id, after=after, limit=2)
            seen += [each["raw"] for each in json.loads(page.items)]
            after = page.next
        assert (seen, after) == ([entry.raw.decode() for entry in reversed(entries)], None)

    @pytest.mark.parametrize("key", [[], ["x"], ["1", "2"]])
    async def test_a_cursor_of_another_list_is_refused(self, scene: Scene, key: list[str]) -> None:
        with pytest.raises(InvalidCursor):
            await scene.backend.dead_letter_reads.page(scene.company_id, after=Cursor(key), limit=2)

    async def test_what_is_replayed_waits_as_if_it_had_just_arrived(self, scene: Scene) -> None:
        entry = await died(scene, b"1")
        await replay(scene, letter_id(scene.company_id, entry.id))
        assert await shown(scene) == []
        (again,) = await claimed(scene)
        assert (again.id, again.attempts, again.raw) == (entry.id, 0, b"1")

    async def test_what_arrived_dead_can_be_replayed_too(self, scene: Scene) -> None:
        arrival = an_arrival(scene.company_id, scene.integration.id, lane="nobody's yet", outcome=Outcome.DEAD)
        await scene.backend.journal.append([arrival])
        (letter,) = await shown(scene)
        assert letter["attempts"] == 0
        await replay(scene, UUID(letter["id"]))
        assert [entry.event_key for entry in await claimed(scene)] == [arrival.event_key]
        assert await scene.backend.journal.companies_waiting(limit=10_000) != []

    async def test_what_is_done_with_is_neither_dead_nor_waiting(self, scene: Scene) -> None:
        entry = await died(scene, b"1")
        async with scene.uow() as uow:
            letter = await uow.dead_letters.get(letter_id(scene.company_id, entry.id))
            await uow.dead_letters.done(letter, reason="split again: 2")
            await uow.commit()
        assert (await shown(scene), await claimed(scene)) == ([], [])

    async def test_only_what_is_dead_is_one(self, scene: Scene) -> None:
        entry = await died(scene, b"1")
        await replay(scene, letter_id(scene.company_id, entry.id))
        with pytest.raises(DeadLetterNotDead):
            await got(scene, str(letter_id(scene.company_id, entry.id)))

    async def test_an_unknown_one_and_another_companys_are_not_there(self, scene: Scene) -> None:
        entry, other = await died(scene, b"1"), await Scene.set_in(scene.backend)
        for stranger in (letter_id(scene.company_id, entry.id), letter_id(other.company_id, entry.id), uuid4()):
            with pytest.raises(DeadLetterNotFound):
                await got(other, str(stranger))
        with pytest.raises(DeadLetterNotFound):
            await got(scene, str(letter_id(scene.company_id, 2**62)))


async def died(scene: Scene, raw: bytes) -> Entry:
    """Something arrived and was given up."""
    await scene.backend.journal.append([an_arrival(scene.company_id, scene.integration.id, raw=raw)])
    async with scene.uow() as uow:
        (entry,) = await uow.lanes.claim(lanes=1, entries=1)
        await uow.lanes.settle([Verdict(entry_id=entry.id, outcome=Outcome.DEAD, reason="ValueError: no")])
        await uow.commit()
    return entry


async def replay(scene: Scene, letter_id: UUID) -> None:
    """Let it live again."""
    async with scene.uow() as uow:
        await uow.dead_letters.replay(await uow.dead_letters.get(letter_id))
        await uow.commit()


async def got(scene: Scene, letter_id: str) -> DeadLetter:
    """One of them."""
    async with scene.uow() as uow:
        return await uow.dead_letters.get(UUID(letter_id))


async def claimed(scene: Scene) -> list[Entry]:
    """What a worker would get."""
    async with scene.uow() as uow:
        return list(await uow.lanes.claim(lanes=100, entries=100))


async def shown(scene: Scene) -> list[dict[str, Any]]:
    """The list."""
    page = await scene.backend.dead_letter_reads.page(scene.company_id, after=None, limit=50)
    letters: list[dict[str, Any]] = json.loads(page.items)
    return letters
