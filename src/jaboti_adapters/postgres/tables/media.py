"""What is known of files; their bytes are elsewhere."""

from sqlalchemy import BigInteger, Boolean, Column, Index, PrimaryKeyConstraint, Table

from jaboti_adapters.postgres.tables.columns import at, id_, ids, metadata, text_, version

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
    PrimaryKeyConstraint("company_id", "id"),
    Index("media_content_idx", "company_id", "sha256"),
)
