"""Lists stop after a page, and what is remembered is not remembered for long."""

import json
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest

from jaboti_adapters.contracts.builders import a_chat, an_inbound
from jaboti_adapters.contracts.scene import Scene
from jaboti_adapters.postgres.directory import BEHIND, REMEMBERED, PostgresDirectory
from jaboti_adapters.postgres.embedded import EmbeddedPostgres
from jaboti_adapters.postgres.engine import SETTINGS, Database
from jaboti_adapters.postgres.queries import closing
from jaboti_adapters.postgres.queries.chat_pages import page, shape_of
from jaboti_adapters.security.vault import AesVault
from jaboti_domain.chat.queries import Category, ChatFilter
from jaboti_domain.integration.messaging import Platform
from jaboti_domain.kernel.ids import IntegrationId, new_id
from tests.integration.postgres.on_postgres import postgres_backend

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]

MANY_CHATS = """
INSERT INTO chat (
    company_id, id, client_id, integration_id, platform, status, started_at, attendant_id, active_at, shown, version
)
SELECT
    $1, gen_random_uuid(), gen_random_uuid(), $2, 'EvolutionAPI', status, now(),
    CASE WHEN status = 'ACTIVE' OR status = 'CLOSED' AND n % 2 = 0 THEN $3::uuid END,
    now() - n * interval '1 minute', '', 1
FROM generate_series(1, 500) n, unnest('{BOT,PENDING,ACTIVE,CLOSED}'::text[]) status
"""
LISTS = [ChatFilter(), ChatFilter(mine=True), *(ChatFilter(category=category) for category in Category)]
LIMIT = 10


@pytest.fixture
async def scene(database: Database) -> Scene:
    """A company at work."""
    return await Scene.set_in(postgres_backend(database))


@pytest.fixture
async def app(postgres: EmbeddedPostgres) -> AsyncIterator["Connection"]:
    """The application's role, with statements planned as in production."""
    connection = await asyncpg.connect(postgres.app_url, server_settings=SETTINGS)
    yield connection
    await connection.close()


async def test_no_list_reads_more_than_a_page_of_each_status(
    scene: Scene, app: "Connection", superuser: "Connection"
) -> None:
    await superuser.execute("SET session_replication_role = replica")
    await superuser.execute(MANY_CHATS, scene.company_id, scene.integration.id, scene.ana.user_id)
    await superuser.execute("ANALYZE chat")
    for viewer in (scene.ana, scene.sofia):
        for where in LISTS:
            shape = shape_of(viewer, where, goes_on=True, limit=LIMIT)
            values = {"company_id": scene.company_id, "viewer": viewer.user_id, "departments": [], "limit": LIMIT}
            values |= {"after_at": scene.now() - timedelta(minutes=30), "after_id": new_id()}
            statement = page(shape)
            assert statement is not None
            plan = await _explained(app, statement.sql, statement.arguments(values))
            allowed = range((LIMIT + 1) * len(list(shape.scans())) + 1)
            assert (viewer.role, where, sum(_rows_read(plan)) in allowed) == (viewer.role, where, True)


async def test_windows_that_close_soon_are_one_stretch_of_an_index(
    scene: Scene, app: "Connection", superuser: "Connection"
) -> None:
    await superuser.execute("SET session_replication_role = replica")
    await superuser.execute(MANY_CHATS, scene.company_id, scene.integration.id, scene.ana.user_id)
    await superuser.execute("UPDATE chat SET platform = 'CloudAPI', window_closes_at = active_at + interval '4 hours'")
    await superuser.execute("ANALYZE chat")
    values = {"company_id": scene.company_id, "within": timedelta(hours=1), "limit": LIMIT}
    statement = closing.page(supervises=True, goes_on=False)
    plan = await _explained(app, statement.sql, statement.arguments(values))
    assert 0 < sum(_rows_read(plan)) <= LIMIT + 1


@pytest.mark.parametrize("milliseconds", [0, 1, 120, 999])
async def test_times_have_three_digits_after_the_point(scene: Scene, milliseconds: int) -> None:
    at = scene.now().replace(microsecond=milliseconds * 1000)
    chat = a_chat(scene.maria, scene.integration, at=at)
    chat.receive(an_inbound(at=at), at=at)
    await scene.keep(chat)
    timeline = json.loads(await scene.backend.chat_reads.timeline(scene.company_id, chat.id, limit=9))
    assert {entry["at"] for entry in timeline} == {f"{at:%Y-%m-%dT%H:%M:%S}.{milliseconds:03}Z"}


async def test_numbers_beyond_all_messages_are_asked_for_in_vain(scene: Scene) -> None:
    chat, reads = await scene.a_chat(), scene.backend.chat_reads
    for before, after in [(2**63, None), (None, 2**63), (-1, None), (-(2**63), -(2**63))]:
        assert await reads.messages(scene.company_id, chat.id, before=before, after=after, limit=9) == b"[]"


async def test_a_history_that_begins_later_is_said_to_be_gone(scene: Scene, superuser: "Connection") -> None:
    await superuser.execute("UPDATE company_stream SET forgotten = 1")
    stream = scene.backend.stream
    assert await stream.after(scene.company_id, 0, limit=9) is None
    assert [event.seq for event in await stream.after(scene.company_id, 1, limit=9) or ()] == [2]


class TestDirectory:
    """What it found, or did not find, it says again for a few seconds, in copies."""

    @pytest.fixture
    def directory(self, database: Database, clock: list[float]) -> PostgresDirectory:
        return PostgresDirectory(database, AesVault({"test": bytes(32)}), clock=lambda: clock[0])

    @pytest.fixture
    def clock(self) -> list[float]:
        return [0.0]

    async def test_it_is_a_few_seconds_behind(
        self, scene: Scene, directory: PostgresDirectory, clock: list[float], superuser: "Connection"
    ) -> None:
        await superuser.execute("UPDATE integration SET credentials = '{}'")
        found = await directory.by_id(scene.integration.id)
        await superuser.execute("UPDATE integration SET name = 'Novo'")
        assert await directory.by_id(scene.integration.id) == found
        clock[0] += BEHIND
        renamed = await directory.by_id(scene.integration.id)
        assert renamed is not None
        assert renamed.name == "Novo"

    async def test_it_remembers_what_is_not_there(
        self, scene: Scene, directory: PostgresDirectory, clock: list[float], superuser: "Connection"
    ) -> None:
        assert await directory.by_account(Platform.CLOUD_API, "1") is None
        await superuser.execute("UPDATE integration SET credentials = '{}'")
        await superuser.execute("UPDATE integration_account SET platform = 'CloudAPI', account = '1'")
        assert await directory.by_account(Platform.CLOUD_API, "1") is None
        clock[0] += BEHIND
        assert await directory.by_account(Platform.CLOUD_API, "1") is not None

    async def test_everybody_gets_a_copy(
        self, scene: Scene, directory: PostgresDirectory, superuser: "Connection"
    ) -> None:
        await superuser.execute("UPDATE integration SET credentials = '{}'")
        mine, theirs = await directory.by_id(scene.integration.id), await directory.by_id(scene.integration.id)
        assert mine == theirs
        assert mine is not theirs

    async def test_made_up_ids_fill_no_memory(self, directory: PostgresDirectory) -> None:
        directory._known.update(dict.fromkeys(range(REMEMBERED), (0.0, None)))
        await directory.by_id(IntegrationId(new_id()))
        assert len(directory._known) == 1


async def _explained(app: "Connection", sql: str, arguments: list[object]) -> dict[str, Any]:
    (explained,) = json.loads(await app.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", *arguments))
    plan: dict[str, Any] = explained["Plan"]
    return plan


def _rows_read(plan: dict[str, Any]) -> Iterator[int]:
    if plan.get("Relation Name") == "chat":
        yield int(plan["Actual Rows"]) + plan.get("Rows Removed by Filter", 0)
    for part in plan.get("Plans", ()):
        yield from _rows_read(part)
