"""What is known of files; their bytes are elsewhere."""

from sqlalchemy import JSON, BigInteger, Boolean, Column, Index, PrimaryKeyConstraint, Table, text

from jaboti_adapters.postgres.tables.columns import at, count, id_, ids, metadata, text_, version

media = Table(
    "media",
    metadata,
    *ids("company_id", "id"),
    text_("state"),
    text_("mime_type", nullable=True),
    Column("size", BigInteger),
    text_("sha256", nullable=True),
    text_("filename", nullable=True),
    Column("animated", Boolean, nullable=False),
    id_("uploaded_by_id", nullable=True),
    text_("uploaded_by_name", nullable=True),
    at("created_at"),
    version(),
    id_("integration_id", nullable=True),
    id_("message_id", nullable=True),
    count("attempts"),
    at("due_at", nullable=True),
    Column("handles", JSON),
    PrimaryKeyConstraint("company_id", "id"),
    Index("media_content_idx", "company_id", "sha256"),
    Index("media_due_idx", "company_id", "due_at", "id", postgresql_where=text("state = 'PENDING'")),
)
"""`message_id` is no foreign key: the message refers to its file, and is never deleted."""
