"""What chats count for is written when they change, at no cost for what changes nothing, and read without counting."""

import json
from collections.abc import Sequence
from importlib import import_module
from random import Random
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest

from jaboti_adapters.contracts.builders import an_inbound
from jaboti_adapters.contracts.scene import Scene
from jaboti_adapters.contracts.stories import Calendar
from jaboti_adapters.postgres.embedded import EmbeddedPostgres
from jaboti_adapters.postgres.engine import SETTINGS, Database, Transaction
from jaboti_adapters.postgres.queries import dashboard_parts as parts
from jaboti_adapters.postgres.queries.dashboard import asked
from jaboti_adapters.postgres.statements import Statement
from jaboti_adapters.postgres.tables.dashboards import SUMS
from jaboti_domain.integration.content import Text
from jaboti_domain.kernel.events import Named
from tests.integration.postgres.on_postgres import postgres_backend
from tests.unit.dashboard.lives import BEGINNINGS, NOON, PAUSES, live, verbs_of

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]

TALLIES = ("tally_by_day", "tally_by_hour")
MANY_OPEN = """
INSERT INTO chat_interval (company_id, chat_id, version, state, since, day, hour)
SELECT $1, gen_random_uuid(), 1, CASE n % 10 WHEN 0 THEN 'PENDING' ELSE 'CLOSED' END, now(), now(), 0
FROM generate_series(1, 20000) n
"""


@pytest.fixture
async def scene(database: Database) -> Scene:
    """A company at work."""
    return await Scene.set_in(postgres_backend(database))


async def test_the_migration_counts_what_the_application_counted(scene: Scene, superuser: "Connection") -> None:
    await Calendar.of(scene, "America/New_York")
    sales, support = (Named(department.id, department.name) for department in (scene.sales, scene.support))
    verbs, chance = verbs_of(scene.sofia, scene.alda, sales, support), Random(7)
    for _ in range(60):
        chat = await scene.a_chat(
            with_bot=(beginning := chance.choice(BEGINNINGS)) == "bot",
            attendant=scene.sofia if beginning == "attendant" else None,
            at=NOON,
        )
        async with scene.change(chat.id) as changed:
            turns = [(chance.choice(sorted(verbs)), chance.choice(PAUSES)) for _ in range(chance.randrange(12))]
            live(changed, turns, verbs=verbs)
    live_counted = await counted(superuser)
    await superuser.execute(f"TRUNCATE chat_interval, {', '.join(TALLIES)}")
    migration = import_module("jaboti_adapters.postgres.migrations.versions.0011_dashboard")
    async with superuser.transaction():
        for statement in migration.counting():
            await superuser.execute(statement)
    assert await counted(superuser) == live_counted


async def test_what_changes_no_chats_state_asks_the_server_nothing_more(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Statement] = []
    fetch = Transaction.fetch

    def noted(self: Transaction, statement: Statement, /, **values: object) -> Any:
        asked.append(statement)
        return fetch(self, statement, **values)

    chat = await scene.a_chat(attendant=scene.ana)
    monkeypatch.setattr(Transaction, "fetch", noted)
    async with scene.change(chat.id) as changed:
        changed.send(scene.ana, Text(body="Oi"), at=scene.now())
        changed.receive(an_inbound("Olá"), at=scene.now())
    assert [bool(set(TALLIES) & set(statement.sql.split())) for statement in asked] == [False, False]
    assert not any("chat_interval" in statement.sql for statement in asked)
    asked.clear()
    async with scene.change(chat.id) as changed:
        changed.end(scene.ana, reason="", at=scene.now())
    assert len(asked) == 3, "the chat, its intervals, and the flush"


async def test_what_is_open_is_counted_without_looking_at_what_is_closed(
    scene: Scene, postgres: EmbeddedPostgres, superuser: "Connection"
) -> None:
    await superuser.execute(MANY_OPEN, scene.company_id)
    await superuser.execute("ANALYZE chat_interval")
    days = asked(NOON.date(), NOON.date(), NOON.date())
    seen = {"served": [scene.sales.id], "viewer": scene.ana.user_id, "only": None, "unclaimed": True}
    app = await asyncpg.connect(postgres.app_url, server_settings=SETTINGS)
    for statement in (parts.METRICS_OF_ALL, parts.METRICS_IN_VIEW, parts.BOARD):
        values = {"company_id": scene.company_id, "day": NOON.date(), **days, **seen}
        plan = await app.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement.sql}", *statement.arguments(values))
        (scan,) = [node for node in nodes(json.loads(plan)[0]["Plan"]) if node.get("Relation Name") == "chat_interval"]
        assert scan["Actual Rows"] == 2000
        assert scan.get("Rows Removed by Filter", 0) == 0
    await app.close()


async def counted(superuser: "Connection") -> dict[str, Sequence[tuple[object, ...]]]:
    """Everything that counts for something, in order."""
    told = {"chat_interval": await superuser.fetch("SELECT * FROM chat_interval ORDER BY 1, 2, 3")}
    for table in TALLIES:
        worth_it = " OR ".join(f"{name} <> 0" for name in SUMS)
        told[table] = await superuser.fetch(f"SELECT * FROM {table} WHERE {worth_it} ORDER BY 1, 2, 3, 4, 5")
    assert all(told.values())
    return {table: [tuple(row) for row in rows] for table, rows in told.items()}


def nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    """The plan's nodes."""
    return [plan, *(node for child in plan.get("Plans", []) for node in nodes(child))]
