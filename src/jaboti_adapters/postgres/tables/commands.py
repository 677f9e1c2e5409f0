"""Commands that were carried out, and what was answered."""

from sqlalchemy import Column, Index, LargeBinary, PrimaryKeyConstraint, Table

from jaboti_adapters.postgres.tables.columns import at, id_, ids, metadata, text_

command = Table(
    "command",
    metadata,
    *ids("company_id", "user_id"),
    text_("key"),
    Column("fingerprint", LargeBinary, nullable=False),
    at("at"),
    id_("subject", nullable=True),
    Column("answer", LargeBinary),
    PrimaryKeyConstraint("company_id", "user_id", "key"),
    Index(None, "company_id", "at"),
)
