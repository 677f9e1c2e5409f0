"""What migrations say of more than one table."""

from alembic import op

MINE = "company_id = (SELECT NULLIF(current_setting('app.company_id', true), '')::uuid)"
"""The row belongs to the company that was entered."""
ON_QUEUE = "(SELECT current_setting('app.queue', true)) = 'on'"
"""Whoever looks works for all companies."""


def run(*statements: str) -> None:
    """Run SQL as it is."""
    for statement in statements:
        op.get_bind().exec_driver_sql(statement)


def protect(*tables: str) -> None:
    """A company sees its own rows of these tables, and nobody else's."""
    for table in tables:
        run(
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
            f"CREATE POLICY of_company ON {table} USING ({MINE}) WITH CHECK ({MINE})",
        )


def open_to_queues(*tables: str) -> None:
    """Workers see the rows of all companies in these tables."""
    for table in tables:
        run(f"CREATE POLICY of_queue ON {table} USING ({ON_QUEUE}) WITH CHECK ({ON_QUEUE})")
