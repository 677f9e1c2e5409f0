"""The schema that the migrations make is the one that the statements are written for."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import asyncpg
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, make_url
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from jaboti_adapters.postgres import migrations
from jaboti_adapters.postgres.embedded import EmbeddedPostgres
from jaboti_adapters.postgres.migrations import head, migrate
from jaboti_adapters.postgres.tables import metadata

_INDEXES = "SELECT replace(indexdef, schemaname || '.', '') FROM pg_indexes WHERE schemaname = $1 ORDER BY 1"
_CONSTRAINTS = """
SELECT conrelid::regclass::text || ' ' || conname || ' ' || pg_get_constraintdef(oid)
FROM pg_constraint WHERE connamespace = $1::regnamespace AND contype <> 'n' ORDER BY 1
"""
_OPTIONS = "SELECT relname, reloptions FROM pg_class WHERE relnamespace = $1::regnamespace AND relkind = 'r' ORDER BY 1"
_CLIENT_OF_BEFORE = """
WITH here AS (INSERT INTO company VALUES (gen_random_uuid(), 'A', 'UTC', 'BRL', now(), 1) RETURNING id)
INSERT INTO client (company_id, id, name, phone, attributes, created_at, shown, version, identities)
SELECT id, gen_random_uuid(), 'Zé Conceição', '+5541987654321', '{}', now(), '{}', 3,
       '[["PHONE", "554187654321", "554187654321"]]'
FROM here
"""
_COLUMNS = """
SELECT table_name, column_name, data_type, is_nullable, column_default, is_identity
FROM information_schema.columns WHERE table_schema = $1 ORDER BY 1, ordinal_position
"""


_OLD_ROWS = """
INSERT INTO company SELECT id, 'A', 'UTC', 'BRL', now(), 1
FROM unnest('{00000000-0000-0000-0000-000000000001,00000000-0000-0000-0000-000000000002}'::uuid[]) id;
INSERT INTO user_account VALUES (gen_random_uuid(), 'j@example.com', 'José', '', true, now(), '{"name":"José"}', 1);
INSERT INTO membership SELECT company.id, person.id, 'ADMIN', company.id::text LIKE '%2', true, now(), 1
FROM company, user_account person;
INSERT INTO department SELECT id, gen_random_uuid(), 'Ação', 'ação', '', now(), '{}', 1 FROM company LIMIT 1;
"""


async def test_the_migrated_schema_is_that_of_the_tables(postgres: EmbeddedPostgres) -> None:
    engine = create_async_engine(make_url(postgres.owner_url).set(drivername="postgresql+asyncpg"), poolclass=NullPool)
    async with engine.connect() as connection:
        assert await connection.run_sync(_differences) == []
    await engine.dispose()


async def test_indexes_keys_and_storage_agree_to_the_letter(postgres: EmbeddedPostgres) -> None:
    twin = make_url(postgres.owner_url).set(drivername="postgresql+asyncpg")
    engine = create_async_engine(twin, poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.exec_driver_sql("CREATE SCHEMA twin")
        await connection.exec_driver_sql("SET LOCAL search_path = twin")
        await connection.run_sync(metadata.create_all)
    await engine.dispose()

    owner = await asyncpg.connect(postgres.owner_url)
    try:
        for question in (_INDEXES, _CONSTRAINTS, _OPTIONS, _COLUMNS):
            assert await _told(owner, question, "public") == await _told(owner, question, "twin")
    finally:
        await owner.execute("DROP SCHEMA twin CASCADE")
        await owner.close()


async def test_migrating_again_changes_nothing_and_two_at_once_are_safe(postgres: EmbeddedPostgres) -> None:
    both = await asyncio.gather(migrate(postgres.owner_url), migrate(postgres.owner_url))
    assert list(both) == [head(), head()]


async def test_what_was_there_before_members_had_names_is_taken_over(postgres: EmbeddedPostgres) -> None:
    async with _an_older_database(postgres, revision="0003") as (owner_url, superuser):
        await superuser.execute(_OLD_ROWS)
        await migrate(owner_url)
        members = await superuser.fetch("SELECT name, sort_key, shown, left_at FROM membership ORDER BY company_id")
        departments = await superuser.fetch("SELECT sort_key, removed_at FROM department")
        primary = await superuser.fetchval("SELECT primary_company_id FROM user_account")
    assert [tuple(each) for each in members] == [("José", "jose", '{"name":"José"}', None)] * 2
    assert [tuple(each) for each in departments] == [("acao", None)]
    assert primary == UUID(int=2)


async def test_clients_of_before_are_found_afterwards(postgres: EmbeddedPostgres) -> None:
    async with _an_older_database(postgres, revision="0003") as (owner_url, older):
        await older.execute(_CLIENT_OF_BEFORE)
        await migrate(owner_url)
        client = await older.fetchrow("SELECT name_key, sought, card, updated_at = created_at AS fresh FROM client")
        terms = await older.fetchval(
            "SELECT count(*) FROM client_term WHERE term IN ('conceicao', 'ceicao', '87654321')"
        )
    assert client is not None
    assert (client["name_key"], client["fresh"], terms) == ("ze conceicao", True, 3)
    assert json.loads(client["card"])["identities"] == [{"kind": "PHONE", "address": "554187654321"}]


async def test_a_new_company_has_a_stream(postgres: EmbeddedPostgres) -> None:
    superuser = await asyncpg.connect(postgres.superuser_url)
    transaction = superuser.transaction()
    await transaction.start()
    company_id = await superuser.fetchval(
        "INSERT INTO company VALUES (gen_random_uuid(), 'A', 'UTC', 'BRL', now(), 1) RETURNING id"
    )
    stream = await superuser.fetchrow("SELECT epoch, seq FROM company_stream WHERE company_id = $1", company_id)
    await transaction.rollback()
    await superuser.close()

    assert stream is not None
    assert stream["epoch"] > 1_700_000_000_000
    assert stream["seq"] == 0


@asynccontextmanager
async def _an_older_database(
    postgres: EmbeddedPostgres, *, revision: str
) -> "AsyncIterator[tuple[str, asyncpg.Connection[asyncpg.Record]]]":
    """A database beside the others, as it was at this revision: its owner's address, and a connection for looking."""
    superuser = await asyncpg.connect(postgres.superuser_url)
    await superuser.execute("CREATE DATABASE older OWNER jaboti_owner TEMPLATE template0")
    owner, looking = (make_url(url).set(database="older") for url in (postgres.owner_url, postgres.superuser_url))
    engine = create_async_engine(owner.set(drivername="postgresql+asyncpg"), poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.run_sync(_upgraded, revision)
    await engine.dispose()
    older = await asyncpg.connect(looking.render_as_string(hide_password=False))
    try:
        yield owner.render_as_string(hide_password=False), older
    finally:
        await older.close()
        await superuser.execute("DROP DATABASE older")
        await superuser.close()


def _upgraded(connection: Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def _differences(connection: Connection) -> Sequence[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
    return [each for each in compare_metadata(context, metadata) if "alembic_version" not in str(each)]


async def _told(connection: "asyncpg.Connection[asyncpg.Record]", question: str, schema: str) -> list[str]:
    await connection.execute(f"SET search_path = {schema}")
    told = await connection.fetch(question, schema)
    return [line for line in map(str, map(tuple, told)) if "alembic_version" not in line]
