"""Companies can't see one another: every id of every request, with both walls between them and with each alone."""

import pytest

from jaboti_adapters.postgres.engine import Database
from tests.integration.isolation.matrix import OURS_STILL, wrong
from tests.integration.isolation.slots import all_slots
from tests.integration.isolation.walls import BUT_ITS_EVENTS, no_filters, no_row_security
from tests.integration.isolation.world import Superuser, World

SLOTS = all_slots()


def test_every_operation_with_an_id_has_its_slots() -> None:
    assert len(SLOTS) > 120
    assert OURS_STILL.keys() <= {str(slot) for slot in SLOTS}
    assert {slot.where for slot in SLOTS} == {"path", "query", "body"}


async def test_ids_of_others_are_ids_of_nobody(database: Database, superuser: Superuser) -> None:
    world = await World.made(database, superuser)
    assert await wrong(world, SLOTS) == {}


async def test_what_statements_ask_for_is_enough(database: Database, superuser: Superuser) -> None:
    world = await World.made(database, superuser)
    async with no_row_security(superuser):
        assert await wrong(world, SLOTS) == {}


async def test_row_level_security_is_enough(
    database: Database, superuser: Superuser, monkeypatch: pytest.MonkeyPatch
) -> None:
    with no_filters(monkeypatch) as robbed:
        world = await World.made(database, superuser)
        assert await wrong(world, SLOTS) == {}
    assert len(robbed) > 100


async def test_without_both_walls_everything_leaks(
    database: Database, superuser: Superuser, monkeypatch: pytest.MonkeyPatch
) -> None:
    with no_filters(monkeypatch, BUT_ITS_EVENTS):
        world = await World.made(database, superuser)
        async with no_row_security(superuser):
            leaks = await wrong(world, [slot for slot in SLOTS if slot.where != "query"], lets_through=False)
    leaking = {slot.kind for slot in SLOTS if str(slot) in leaks}
    assert leaking >= {"client", "chat", "department", "integration", "note", "media", "user"}, leaks


@pytest.mark.parametrize(
    "tables",
    [("client",), ("chat",), ("department",), ("integration", "company"), ("note",), ("media",)],
    ids=lambda tables: tables[0],
)
async def test_a_hole_in_both_walls_at_one_place_is_found(
    database: Database, superuser: Superuser, monkeypatch: pytest.MonkeyPatch, tables: tuple[str, ...]
) -> None:
    with no_filters(monkeypatch, tables):
        world = await World.made(database, superuser)
        async with no_row_security(superuser, tables):
            slots = [slot for slot in SLOTS if slot.kind == tables[0] and slot.where != "query"]
            assert await wrong(world, slots, lets_through=False)
