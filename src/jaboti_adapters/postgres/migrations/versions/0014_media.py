"""Files that travel with messages."""

from jaboti_adapters.postgres.migrations.rules import protect, run

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """A message may refer to a file of its company."""
    run(
        """
        CREATE TABLE media (
            company_id uuid NOT NULL,
            id uuid NOT NULL,
            state text NOT NULL,
            mime_type text,
            size bigint,
            sha256 text,
            filename text,
            animated boolean NOT NULL,
            uploaded_by_id uuid,
            uploaded_by_name text,
            created_at timestamptz NOT NULL,
            version integer NOT NULL,
            CONSTRAINT media_pkey PRIMARY KEY (company_id, id)
        )
        """,
        "CREATE INDEX media_content_idx ON media (company_id, sha256)",
        "ALTER TABLE message ADD COLUMN media_id uuid",
        """
        ALTER TABLE message ADD CONSTRAINT message_media_company_id_fkey
            FOREIGN KEY (company_id, media_id) REFERENCES media (company_id, id)
            ON DELETE SET NULL (media_id)
        """,
        "CREATE INDEX message_media_idx ON message (company_id, media_id) WHERE media_id IS NOT NULL",
    )
    protect("media")
