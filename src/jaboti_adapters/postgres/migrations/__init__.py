"""The schema's history (Alembic). `migrate` brings a database to its newest state.

Alembic takes half a second to load, and a server that starts does not need it: it is loaded where it is used.
"""

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlalchemy.ext.asyncio import AsyncConnection

APP_ROLE = "jaboti_app"

_HOME = Path(__file__).parent
_ROLE_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")


def head() -> str:
    """The newest revision that this code knows: its files are numbered, and each follows the one before."""
    return max(path.name[:4] for path in (_HOME / "versions").glob("[0-9]*.py"))


async def migrate(owner_url: str, *, app_role: str = APP_ROLE) -> str:
    """Bring the schema to the newest revision, let the application's role use it, and return the revision.

    All in one transaction; a schema that is there already stays as it is. Of two at once, one waits for the other.
    """
    if not _ROLE_NAME.fullmatch(app_role):
        raise ValueError(f"not the name of a role: {app_role!r}")
    from sqlalchemy import make_url
    from sqlalchemy.ext.asyncio import create_async_engine
    from sqlalchemy.pool import NullPool

    engine = create_async_engine(make_url(owner_url).set(drivername="postgresql+asyncpg"), poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            await connection.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtext('jaboti migrations'))")
            await connection.run_sync(_upgrade)
            await _grant(connection, app_role)
    finally:
        await engine.dispose()
    return head()


def _upgrade(connection: "Connection") -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_HOME).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


async def _grant(connection: "AsyncConnection", role: str) -> None:
    for statement in (
        f"GRANT USAGE ON SCHEMA public TO {role}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
        f"REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {role}",
        f"REVOKE UPDATE, DELETE ON audit_entry FROM {role}",
        f"GRANT UPDATE (details, salt) ON audit_entry TO {role}",
        f"REVOKE DELETE ON audit_head FROM {role}",
    ):
        await connection.exec_driver_sql(statement)
