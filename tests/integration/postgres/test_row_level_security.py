"""Companies can't see one another, whatever a statement forgets; and the application refuses to start without that."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from decimal import Decimal
from typing import TYPE_CHECKING

import asyncpg
import pytest
from sqlalchemy import func, select

from jaboti_adapters.contracts.audit import a_deed, did
from jaboti_adapters.contracts.builders import a_call, a_charge, an_arrival
from jaboti_adapters.contracts.commands import a_key
from jaboti_adapters.contracts.layouts import arranged
from jaboti_adapters.contracts.media import an_upload, keep_media
from jaboti_adapters.contracts.merges import keep_merge
from jaboti_adapters.contracts.notes import write_note
from jaboti_adapters.contracts.scene import Scene
from jaboti_adapters.postgres.embedded import EmbeddedPostgres
from jaboti_adapters.postgres.engine import Database
from jaboti_adapters.postgres.migrations import head
from jaboti_adapters.postgres.queries.chat_parts import COUNTS
from jaboti_adapters.postgres.roles import UnsafeDatabase, check_runtime_role
from jaboti_adapters.postgres.statements import Statement
from jaboti_adapters.postgres.tables import CROSS_COMPANY, chat, metadata
from jaboti_domain.integration.budget import Budget
from jaboti_domain.integration.content import Text
from jaboti_domain.kernel.commands import under_way
from jaboti_domain.kernel.events import Named
from jaboti_domain.kernel.ids import CompanyId
from jaboti_domain.kernel.money import Money
from jaboti_domain.privacy.model import Receipt
from tests.integration.postgres.on_postgres import postgres_backend

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]

TABLES = sorted(table.name for table in metadata.tables.values() if "company_id" in table.c or table.name == "company")
NOBODYS = {"user_account", "session", "rate"}
SEALED = {"audit_entry", "audit_head"}
"""Where the application's role may not even change or delete what is its company's."""
QUEUES = {table.name for table in CROSS_COMPANY}


def a_receipt(scene: Scene) -> Receipt:
    by = Named(scene.alda.user_id, scene.alda.name)
    return Receipt.of(company_id=scene.company_id, client_id=scene.maria.id, at=scene.now(), by=by, erased={})


def key_of(table: str) -> str:
    return "id" if table == "company" else "company_id"


@pytest.fixture
async def scenes(database: Database) -> Sequence[Scene]:
    """Two companies with something in every table."""
    backend = postgres_backend(database)
    scenes = [await Scene.set_in(backend) for _ in range(2)]
    for scene in scenes:
        chat = await scene.a_chat(attendant=scene.ana)
        async with scene.change(chat.id) as changed:
            changed.send(scene.ana, Text(body="Olá"), at=scene.now())
        await backend.journal.append([an_arrival(scene.company_id, scene.integration.id)])
        with under_way(a_key(scene)):
            await did(scene, a_deed(scene))
        backend.call_log.note(a_call(scene.integration))
        async with scene.uow() as uow:
            await uow.usage.add(a_charge(chat))
            await uow.receipts.add(a_receipt(scene))
            await uow.holdings.run(at=scene.now())
            await uow.budgets.save(Budget.of(scene.company_id, Money(Decimal(100), "USD")))
            await uow.commit()
        await keep_merge(scene, scene.maria, await scene.a_client())
        await write_note(scene, scene.maria.id)
        await keep_media(scene, an_upload(scene))
        await arranged(scene, scene.ana, [])
    await backend.call_log.flush()
    return scenes


@pytest.fixture
async def app(postgres: EmbeddedPostgres) -> "AsyncIterator[Connection]":
    """The application's role, with no help from our code."""
    connection = await asyncpg.connect(postgres.app_url)
    yield connection
    await connection.close()


@asynccontextmanager
async def acting(app: "Connection", setting: str, value: object) -> AsyncIterator[None]:
    """A transaction with one setting, which leaves nothing behind."""
    transaction = app.transaction()
    await transaction.start()
    await app.execute(f"SELECT set_config('{setting}', $1, true)", str(value))
    yield
    await transaction.rollback()


def test_every_table_belongs_to_companies_or_is_known_not_to() -> None:
    assert set(metadata.tables) == {*TABLES, *NOBODYS}


class TestAnotherCompanysRows:
    """Every table has rows of two companies, and the statements name neither, or the wrong one."""

    async def test_they_are_not_read(self, scenes: Sequence[Scene], app: "Connection") -> None:
        for scene in scenes:
            async with acting(app, "app.company_id", scene.company_id):
                assert {frozenset(await owners(app, table)) for table in TABLES} == {frozenset({scene.company_id})}

    async def test_they_are_not_changed(self, scenes: Sequence[Scene], app: "Connection") -> None:
        for table in set(TABLES) - {"audit_entry"}:
            async with acting(app, "app.company_id", scenes[0].company_id):
                own = await app.fetchval(f"SELECT count(*) FROM {table}")
                done = await app.execute(f"UPDATE {table} SET {key_of(table)} = {key_of(table)}")
                assert (table, done) == (table, f"UPDATE {own}")

    async def test_they_are_not_deleted(self, scenes: Sequence[Scene], app: "Connection") -> None:
        for table in set(TABLES) - SEALED:
            async with acting(app, "app.company_id", scenes[0].company_id):
                own = await app.fetchval(f"SELECT count(*) FROM {table}")
                with suppress(asyncpg.ForeignKeyViolationError):
                    assert (table, await app.execute(f"DELETE FROM {table}")) == (table, f"DELETE {own}")

    async def test_none_is_added(self, scenes: Sequence[Scene], app: "Connection") -> None:
        mine, other = (scene.company_id for scene in scenes)
        for table in TABLES:
            key = f"jsonb_build_object('{key_of(table)}', $1::uuid)"
            copied = f"SELECT (jsonb_populate_record(NULL::{table}, to_jsonb(own) || {key})).* FROM {table} own"
            async with acting(app, "app.company_id", mine):
                with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
                    await app.execute(f"INSERT INTO {table} OVERRIDING SYSTEM VALUE {copied}", other)

    async def test_none_is_handed_over(self, scenes: Sequence[Scene], app: "Connection") -> None:
        mine, other = (scene.company_id for scene in scenes)
        for table in set(TABLES) - {"audit_entry"}:
            async with acting(app, "app.company_id", mine):
                with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
                    await app.execute(f"UPDATE {table} SET {key_of(table)} = $1", other)

    async def test_what_is_sealed_is_changed_by_nobody(self, scenes: Sequence[Scene], app: "Connection") -> None:
        changes = ["UPDATE audit_entry SET action = 'x'", "DELETE FROM audit_entry", "DELETE FROM audit_head"]
        for change in changes:
            async with acting(app, "app.company_id", scenes[0].company_id):
                with pytest.raises(asyncpg.InsufficientPrivilegeError, match="permission denied"):
                    await app.execute(change)

    async def test_without_a_company_there_are_none(self, scenes: Sequence[Scene], app: "Connection") -> None:
        nothing: dict[str, set[CompanyId]] = {table: set() for table in TABLES}
        assert {table: await owners(app, table) for table in TABLES} == nothing
        async with acting(app, "app.company_id", scenes[0].company_id):
            pass
        assert await app.fetchval("SELECT current_setting('app.company_id', true)") == ""
        assert {table: await owners(app, table) for table in TABLES} == nothing

    async def test_only_queues_are_seen_over_all_companies(self, scenes: Sequence[Scene], app: "Connection") -> None:
        everybody = {scene.company_id for scene in scenes}
        async with acting(app, "app.queue", "on"):
            for table in TABLES:
                assert (table, await owners(app, table)) == (table, everybody if table in QUEUES else set())


async def test_users_see_what_they_belong_to_and_change_nothing(scenes: Sequence[Scene], app: "Connection") -> None:
    mine, ana = scenes[0].company_id, scenes[0].ana
    async with acting(app, "app.user_id", ana.user_id):
        for table in ("company", "membership", "membership_department"):
            assert await owners(app, table) == {mine}
            assert await app.execute(f"UPDATE {table} SET {key_of(table)} = {key_of(table)}") == "UPDATE 0"
        assert await app.fetchval("SELECT array_agg(user_id) FROM membership") == [ana.user_id]
        for table in set(TABLES) - {"company", "membership", "membership_department"}:
            assert await owners(app, table) == set()


async def test_a_single_statement_leaves_its_company_behind(scenes: Sequence[Scene], database: Database) -> None:
    chats = Statement(select(func.count().label("chats")).select_from(chat))
    async with database.single() as session:
        (own,) = await session.fetch(COUNTS, company_id=scenes[0].company_id, viewer=scenes[0].sofia.user_id)
        assert own["active"] == 1
        (after,) = await session.fetch(chats)
        assert after["chats"] == 0


async def test_the_application_starts_as_its_role(database: Database) -> None:
    await check_runtime_role(database)


async def test_it_refuses_to_be_the_owner_or_a_superuser(postgres: EmbeddedPostgres) -> None:
    async with Database.open(postgres.owner_url) as owner:
        assert await troubles(owner) == ["role jaboti_owner owns tables, or may act for their owner"]
    async with Database.open(postgres.superuser_url) as superuser:
        assert await troubles(superuser) == [
            "role postgres is a superuser",
            "role postgres may bypass row-level security",
            "role postgres owns tables, or may act for their owner",
        ]


@pytest.mark.parametrize(
    ("spoil", "trouble"),
    [
        ("DROP POLICY of_company ON note_", "row-level security does not cover table note_"),
        ("ALTER TABLE note_ NO FORCE ROW LEVEL SECURITY", "row-level security does not cover table note_"),
        ("ALTER TABLE note_ DISABLE ROW LEVEL SECURITY", "row-level security does not cover table note_"),
        ("CREATE POLICY everybody ON note_ USING (true)", "policy everybody on note_ lets everybody in"),
        ("CREATE POLICY adding ON note_ FOR INSERT WITH CHECK (true)", "policy adding on note_ lets everybody in"),
    ],
)
async def test_it_notices_a_table_that_is_not_covered(
    spoil: str, trouble: str, database: Database, superuser: "Connection"
) -> None:
    try:
        await superuser.execute(
            "CREATE TABLE note_ (company_id uuid);"
            "ALTER TABLE note_ ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;"
            "CREATE POLICY of_company ON note_ USING (company_id = current_setting('app.company_id')::uuid)"
        )
        assert await troubles(database) == []
        await superuser.execute(spoil)
        assert await troubles(database) == [trouble]
    finally:
        await superuser.execute("DROP TABLE note_")


async def test_it_notices_a_schema_that_is_not_the_newest(
    postgres: EmbeddedPostgres, database: Database, superuser: "Connection"
) -> None:
    await superuser.execute("UPDATE alembic_version SET version_num = '0000'")
    assert await troubles(database) == [f"the schema is at 0000, not at {head()}: migrate first"]
    await superuser.execute("DROP TABLE IF EXISTS alembic_hidden; ALTER TABLE alembic_version RENAME TO alembic_hidden")
    assert await troubles(database) == [f"the schema is at nothing, not at {head()}: migrate first"]
    await superuser.execute("ALTER TABLE alembic_hidden RENAME TO alembic_version")
    await superuser.execute("UPDATE alembic_version SET version_num = $1", head())


async def owners(app: "Connection", table: str) -> set[CompanyId]:
    """Whose rows are seen in it."""
    return {row[0] for row in await app.fetch(f"SELECT {key_of(table)} FROM {table}")}


async def troubles(database: Database) -> list[str]:
    """Why the application would not start on it."""
    try:
        await check_runtime_role(database)
    except UnsafeDatabase as unsafe:
        return list(unsafe.troubles)
    return []
