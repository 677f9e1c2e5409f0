"""Notes about clients and chats."""

from jaboti_adapters.postgres.migrations.rules import protect, run

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """A note is about a client or about a chat."""
    run(
        """
        CREATE TABLE note (
            company_id uuid NOT NULL,
            id uuid NOT NULL,
            client_id uuid,
            chat_id uuid,
            author_id uuid NOT NULL,
            author_name text NOT NULL,
            text text NOT NULL,
            created_at timestamptz NOT NULL,
            updated_at timestamptz NOT NULL,
            removed_at timestamptz,
            shown text NOT NULL,
            version integer NOT NULL,
            CONSTRAINT note_pkey PRIMARY KEY (company_id, id),
            CONSTRAINT note_client_company_id_fkey FOREIGN KEY (company_id, client_id)
                REFERENCES client (company_id, id),
            CONSTRAINT note_chat_company_id_fkey FOREIGN KEY (company_id, chat_id) REFERENCES chat (company_id, id),
            CONSTRAINT note_subject_check CHECK ((client_id IS NULL) <> (chat_id IS NULL))
        )
        """,
        "CREATE INDEX note_client_idx ON note (company_id, client_id, created_at, id)",
        "CREATE INDEX note_chat_idx ON note (company_id, chat_id, created_at, id)",
    )
    protect("note")
