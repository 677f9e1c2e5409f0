"""Integrations can be removed, and dead letters are found."""

from jaboti_adapters.postgres.migrations.rules import run

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """The index holds dead entries only: what ends well never enters it."""
    run(
        "ALTER TABLE integration ADD COLUMN quality text, ADD COLUMN removed_at timestamptz",
        "CREATE INDEX journal_dead_idx ON journal (company_id, id) WHERE outcome = 'DEAD'",
    )
