"""What platforms tell of accounts and their templates."""

from jaboti_adapters.postgres.migrations.rules import run

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Nobody wrote down what was told before."""
    run(
        "ALTER TABLE integration ADD COLUMN news json NOT NULL DEFAULT '[]'",
        "ALTER TABLE integration ALTER COLUMN news DROP DEFAULT",
    )
