"""Commands that may be repeated."""

from jaboti_adapters.postgres.migrations.rules import protect, run

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """A row is written with what the command did."""
    run(
        """
        CREATE TABLE command (
            company_id uuid NOT NULL,
            user_id uuid NOT NULL,
            key text NOT NULL,
            fingerprint bytea NOT NULL,
            at timestamptz NOT NULL,
            subject uuid,
            answer bytea,
            CONSTRAINT command_pkey PRIMARY KEY (company_id, user_id, key)
        )
        """,
        "CREATE INDEX command_at_idx ON command (company_id, at)",
    )
    protect("command")
