"""Companies say how long they keep what, and chats whether their words have gone."""

from jaboti_adapters.postgres.migrations.rules import open_to_queues, protect, run

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """A chat that was opened again after its words had gone, and has ended again, is in the index again."""
    run(
        "ALTER TABLE company ADD COLUMN retention json",
        "ALTER TABLE chat ADD COLUMN expired_at timestamptz",
        """
        CREATE INDEX chat_ended_idx ON chat (company_id, ended_at, id)
        WHERE ended_at IS NOT NULL AND (expired_at IS NULL OR expired_at < ended_at)
        """,
        """
        CREATE TABLE retention_run (
            company_id uuid NOT NULL,
            began_at timestamptz NOT NULL,
            ended_at timestamptz,
            removed json NOT NULL,
            CONSTRAINT retention_run_pkey PRIMARY KEY (company_id),
            CONSTRAINT retention_run_company_company_id_fkey FOREIGN KEY (company_id) REFERENCES company (id)
        )
        """,
    )
    protect("retention_run")
    open_to_queues("retention_run")
