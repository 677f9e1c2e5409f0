"""The tables, and the rules by which companies can't see one another."""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Statements stand apart by blank lines."""
    for name in ("0001_tables.sql", "0001_security.sql"):
        for statement in Path(__file__).with_name(name).read_text(encoding="utf-8").split("\n\n"):
            op.get_bind().exec_driver_sql(statement)
