"""The schema that the migrations make is the one that the statements are written for."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path

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
_COLUMNS = """
SELECT table_name, column_name, data_type, is_nullable, column_default, is_identity
FROM information_schema.columns WHERE table_schema = $1 ORDER BY 1, ordinal_position
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


async def test_clients_of_before_are_found_afterwards(postgres: EmbeddedPostgres) -> None:
    superuser = await asyncpg.connect(postgres.superuser_url)
    await superuser.execute("CREATE DATABASE older OWNER jaboti_owner TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'")
    try:
        await _upgrade(postgres.owner_url.replace("/jaboti?", "/older?"), "0003")
        older = await asyncpg.connect(postgres.superuser_url.replace("/jaboti?", "/older?"))
        await older.execute(_CLIENT_OF_BEFORE)
        await migrate(postgres.owner_url.replace("/jaboti?", "/older?"))
        client = await older.fetchrow("SELECT name_key, sought, card, updated_at = created_at AS fresh FROM client")
        terms = await older.fetchval(
            "SELECT count(*) FROM client_term WHERE term IN ('conceicao', 'ceicao', '87654321')"
        )
        await older.close()
    finally:
        await superuser.execute("DROP DATABASE older WITH (FORCE)")
        await superuser.close()
    assert client is not None
    assert (client["name_key"], client["fresh"], terms) == ("ze conceicao", True, 3)
    assert json.loads(client["card"])["identities"] == [{"kind": "PHONE", "address": "554187654321"}]


_CLIENT_OF_BEFORE = """
WITH here AS (INSERT INTO company VALUES (gen_random_uuid(), 'A', 'UTC', 'BRL', now(), 1) RETURNING id)
INSERT INTO client (company_id, id, name, phone, attributes, created_at, shown, version, identities)
SELECT id, gen_random_uuid(), 'Zé Conceição', '+5541987654321', '{}', now(), '{}', 3,
       '[["PHONE", "554187654321", "554187654321"]]'
FROM here
"""


async def _upgrade(url: str, revision: str) -> None:
    engine = create_async_engine(make_url(url).set(drivername="postgresql+asyncpg"), poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.run_sync(_to, revision)
    await engine.dispose()


def _to(connection: Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def _differences(connection: Connection) -> Sequence[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
    return [each for each in compare_metadata(context, metadata) if "alembic_version" not in str(each)]


async def _told(connection: "asyncpg.Connection[asyncpg.Record]", question: str, schema: str) -> list[str]:
    await connection.execute(f"SET search_path = {schema}")
    told = await connection.fetch(question, schema)
    return [line for line in map(str, map(tuple, told)) if "alembic_version" not in line]
