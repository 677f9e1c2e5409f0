"""The two roles: one owns the schema and migrates it, the other runs the application and is bound by row security."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import text

from jaboti_adapters.postgres.engine import Database
from jaboti_adapters.postgres.migrations import APP_ROLE, head
from jaboti_adapters.postgres.statements import Statement
from jaboti_domain.kernel.errors import Unavailable

if TYPE_CHECKING:
    import asyncpg
    from asyncpg import Record

OWNER_ROLE = "jaboti_owner"

_ROLE = Statement(
    text("""
    SELECT current_user AS name, rolsuper AS is_super, rolbypassrls AS bypasses, (
        SELECT count(*) FROM pg_class
        WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'v', 'm')
          AND pg_has_role(relowner, 'MEMBER')
    ) AS owned
    FROM pg_roles WHERE rolname = current_user
    """)
)
_BARE_TABLES = Statement(
    text("""
    SELECT t.relname AS name
    FROM pg_class t JOIN pg_attribute a ON a.attrelid = t.oid
    WHERE t.relnamespace = current_schema()::regnamespace AND t.relkind IN ('r', 'p') AND NOT a.attisdropped
      AND (a.attname = 'company_id' OR t.relname = 'company' AND a.attname = 'id')
      AND NOT (t.relrowsecurity AND t.relforcerowsecurity AND EXISTS (
        SELECT FROM pg_policy p
        WHERE p.polrelid = t.oid AND p.polcmd = '*'
          AND pg_get_expr(p.polqual, t.oid) ~ 'app[.]company_id'
          AND coalesce(pg_get_expr(p.polwithcheck, t.oid), 'app.company_id') ~ 'app[.]company_id'
      ))
    ORDER BY 1
    """)
)
_LAX_POLICIES = Statement(
    text("""
    SELECT p.polname || ' on ' || p.polrelid::regclass AS name
    FROM pg_policy p JOIN pg_class t ON t.oid = p.polrelid
    CROSS JOIN LATERAL (
        VALUES (p.polqual, p.polcmd <> 'a'), (p.polwithcheck, p.polcmd = 'a' OR p.polwithcheck IS NOT NULL)
    ) AS condition (expression, is_used)
    WHERE t.relnamespace = current_schema()::regnamespace AND p.polpermissive AND is_used
      AND coalesce(pg_get_expr(expression, t.oid), 'true') !~ 'app[.](company_id|user_id|queue)'
    ORDER BY 1
    """)
)
_HISTORY = Statement(text("SELECT has_table_privilege(to_regclass('alembic_version'), 'SELECT') AS readable"))
_REVISION = Statement(text("SELECT version_num AS revision FROM alembic_version"))


class UnsafeDatabase(Unavailable):
    """The application does not run on a database that would not keep companies apart."""

    code = "database.unsafe"

    def __init__(self, troubles: Sequence[str]) -> None:
        self.troubles = tuple(troubles)
        super().__init__(troubles=self.troubles)


async def create_roles(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Create those of the two that are missing; done by a superuser."""
    for role in (OWNER_ROLE, APP_ROLE):
        if not await connection.fetchval("SELECT true FROM pg_roles WHERE rolname = $1", role):
            await connection.execute(f"CREATE ROLE {role} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE")


async def check_runtime_role(database: Database) -> None:
    """Raise UnsafeDatabase, naming all that is wrong, unless row-level security binds the role on every table.

    That is: it is no superuser, may not bypass it and owns nothing; every table of companies has it, forced, with its
    policy and without one that lets everybody in; and the schema is the one that this code knows.
    """
    async with database.single() as session:
        troubles = [
            *_troubles_of(*await session.fetch(_ROLE)),
            *(f"row-level security does not cover table {row['name']}" for row in await session.fetch(_BARE_TABLES)),
            *(f"policy {row['name']} lets everybody in" for row in await session.fetch(_LAX_POLICIES)),
        ]
        (history,) = await session.fetch(_HISTORY)
        revisions = [row["revision"] for row in await session.fetch(_REVISION)] if history["readable"] else []
    if revisions != [head()]:
        troubles.append(f"the schema is at {', '.join(revisions) or 'nothing'}, not at {head()}: migrate first")
    if troubles:
        raise UnsafeDatabase(troubles)


def _troubles_of(role: "Record") -> Iterator[str]:
    if role["is_super"]:
        yield f"role {role['name']} is a superuser"
    if role["bypasses"]:
        yield f"role {role['name']} may bypass row-level security"
    if role["owned"]:
        yield f"role {role['name']} owns tables, or may act for their owner"
