"""What an audit log promises."""

import asyncio
import json
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from jaboti_adapters.contracts.chat_documents import wire
from jaboti_adapters.contracts.scene import Scene
from jaboti_adapters.contracts.suite import BackendContract
from jaboti_domain.audit.queries import AuditFilter
from jaboti_domain.kernel.deeds import ANONYMIZED, Deed
from jaboti_domain.kernel.errors import InvalidCursor
from jaboti_domain.kernel.ids import UserId
from jaboti_domain.kernel.paging import Cursor

EVERYTHING = AuditFilter()


class AuditContract(BackendContract):
    """Deeds are kept with what they changed, in one chain per company, and shown newest first."""

    async def test_a_deed_is_shown_as_it_was_done(self, scene: Scene) -> None:
        deed = a_deed(scene, "department.renamed", before={"name": "Vendas"}, after={"name": "Loja"})
        await did(scene, deed)
        assert await shown(scene) == [
            {
                "id": 1,
                "at": wire(deed.at),
                "action": "department.renamed",
                "actor": {"id": str(scene.sofia.user_id), "name": scene.sofia.name},
                "subject": {"kind": "department", "id": str(scene.sales.id)},
                "before": {"name": "Vendas"},
                "after": {"name": "Loja"},
                "address": "192.0.2.7",
                "forgotten": False,
            }
        ]

    async def test_what_nobody_signed_in_did_has_no_actor(self, scene: Scene) -> None:
        await did(
            scene,
            Deed(at=scene.now(), action="x", actor_id=None, actor_name="jaboti", subject="s", subject_id=UUID(int=1)),
        )
        (entry,) = await shown(scene)
        assert entry["actor"] == {"id": None, "name": "jaboti"}
        assert (entry["before"], entry["after"]) == (None, None)

    async def test_a_deed_is_kept_with_its_unit_or_not_at_all(self, scene: Scene) -> None:
        async with scene.uow() as uow:
            await uow.audit.add(a_deed(scene))
        assert await shown(scene) == []

    async def test_the_chain_of_each_company_is_its_own(self, scene: Scene) -> None:
        other = await Scene.set_in(scene.backend)
        await did(scene, a_deed(scene), a_deed(scene))
        await did(other, a_deed(other))
        assert [entry["id"] for entry in await shown(scene)] == [2, 1]
        assert [entry["id"] for entry in await shown(other)] == [1]

    async def test_deeds_at_once_stand_one_after_the_other(self, scene: Scene) -> None:
        await asyncio.gather(*(did(scene, a_deed(scene), a_deed(scene)) for _ in range(8)))
        entries = await scene.backend.audit_chains.entries(scene.company_id, after=0, limit=100)
        head = await scene.backend.audit_chains.head(scene.company_id)
        assert [entry.seq for entry in entries] == list(range(1, 17))
        assert head is not None
        assert (head.seq, head.last) == (16, entries[-1].seal)

    async def test_pages_follow_one_another(self, scene: Scene) -> None:
        await did(scene, *(a_deed(scene) for _ in range(5)))
        seen, after = [], None
        for _ in range(3):
            page = await scene.backend.audit_reads.page(scene.company_id, where=EVERYTHING, after=after, limit=2)
            seen.append([entry["id"] for entry in json.loads(page.items)])
            after = page.next
        assert (seen, after) == ([[5, 4], [3, 2], [1]], None)

    async def test_every_condition_holds(self, scene: Scene) -> None:
        now = scene.now()
        await did(scene, a_deed(scene, "a", hours_ago=2), a_deed(scene, "b", hours_ago=1), a_deed(scene, "a"))
        assert await ids(scene, AuditFilter(action="a")) == [3, 1]
        assert await ids(scene, AuditFilter(actor_id=UserId(uuid4()))) == []
        assert await ids(scene, AuditFilter(actor_id=scene.sofia.user_id)) == [3, 2, 1]
        assert await ids(scene, AuditFilter(since=now - timedelta(minutes=90))) == [3, 2]
        assert await ids(scene, AuditFilter(until=now - timedelta(minutes=90))) == [1]
        await did(scene, a_deed(scene, subject_id=scene.support.id))
        assert await ids(scene, AuditFilter(subject_id=scene.support.id)) == [4]

    @pytest.mark.parametrize("key", [[], ["x"], ["1", "2"]])
    async def test_a_cursor_of_another_list_is_refused(self, scene: Scene, key: list[str]) -> None:
        with pytest.raises(InvalidCursor):
            await scene.backend.audit_reads.page(scene.company_id, where=EVERYTHING, after=Cursor(key), limit=2)

    async def test_what_is_forgotten_leaves_its_place(self, scene: Scene) -> None:
        await did(scene, a_deed(scene, before={"name": "Vendas"}), a_deed(scene, subject_id=scene.support.id))
        async with scene.uow() as uow:
            await uow.audit.forget(subject="department", subject_id=scene.sales.id)
            await uow.audit.add(a_deed(scene, ANONYMIZED))
            await uow.commit()
        told = [(entry["id"], entry["forgotten"], entry["before"]) for entry in await shown(scene)]
        assert told == [(3, False, None), (2, False, None), (1, True, None)]


def a_deed(
    scene: Scene,
    action: str = "department.changed",
    *,
    subject_id: UUID | None = None,
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
    hours_ago: int = 0,
) -> Deed:
    """A deed of the supervisor's, done to a department."""
    return Deed(
        at=scene.now() - timedelta(hours=hours_ago),
        action=action,
        actor_id=scene.sofia.user_id,
        actor_name=scene.sofia.name,
        address="192.0.2.7",
        subject="department",
        subject_id=subject_id or scene.sales.id,
        before=before,
        after=after,
    )


async def did(scene: Scene, *deeds: Deed) -> None:
    """Keep them, in one unit."""
    async with scene.uow() as uow:
        await uow.audit.add(*deeds)
        await uow.commit()


async def shown(scene: Scene, where: AuditFilter = EVERYTHING) -> list[dict[str, object]]:
    """The log as it is shown."""
    page = await scene.backend.audit_reads.page(scene.company_id, where=where, after=None, limit=50)
    entries: list[dict[str, object]] = json.loads(page.items)
    return entries


async def ids(scene: Scene, where: AuditFilter) -> list[object]:
    """Which entries are shown."""
    return [entry["id"] for entry in await shown(scene, where)]
