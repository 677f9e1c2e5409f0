"""Files that are on their way: from platforms to us, and to them."""

from jaboti_adapters.postgres.migrations.rules import open_to_queues, run

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """What came with a message is fetched by workers, who look at all companies."""
    run(
        """
        ALTER TABLE media
            ADD COLUMN integration_id uuid,
            ADD COLUMN message_id uuid,
            ADD COLUMN attempts integer NOT NULL DEFAULT 0,
            ADD COLUMN due_at timestamptz,
            ADD COLUMN handles json
        """,
        "CREATE INDEX media_due_idx ON media (company_id, due_at, id) WHERE state = 'PENDING'",
    )
    open_to_queues("media")
