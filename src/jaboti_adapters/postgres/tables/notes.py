"""Notes."""

from sqlalchemy import CheckConstraint, Index, PrimaryKeyConstraint, Table

from jaboti_adapters.postgres.tables.columns import at, id_, ids, metadata, of_company, texts, version

note = Table(
    "note",
    metadata,
    *ids("company_id", "id"),
    id_("client_id", nullable=True),
    id_("chat_id", nullable=True),
    id_("author_id"),
    *texts("author_name", "text"),
    at("created_at"),
    at("updated_at"),
    at("removed_at", nullable=True),
    *texts("shown"),
    version(),
    PrimaryKeyConstraint("company_id", "id"),
    of_company("client", "client_id"),
    of_company("chat", "chat_id"),
    CheckConstraint("(client_id IS NULL) <> (chat_id IS NULL)", name="subject"),
    Index("note_client_idx", "company_id", "client_id", "created_at", "id"),
    Index("note_chat_idx", "company_id", "chat_id", "created_at", "id"),
)
"""`shown` is the note as the wire shows it. The text of one that was removed is empty."""
