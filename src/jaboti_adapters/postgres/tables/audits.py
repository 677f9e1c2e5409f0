"""The audit log."""

from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, Index, LargeBinary, PrimaryKeyConstraint, Table

from jaboti_adapters.postgres.tables.columns import at, id_, metadata, text_, texts

audit_entry = Table(
    "audit_entry",
    metadata,
    id_("company_id"),
    Column("seq", BigInteger, nullable=False),
    at("at"),
    text_("action"),
    id_("actor_id", nullable=True),
    *texts("actor_name", "address", "subject"),
    id_("subject_id"),
    text_("details", nullable=True),
    Column("salt", LargeBinary),
    Column("digest", LargeBinary, nullable=False),
    Column("seal", LargeBinary, nullable=False),
    PrimaryKeyConstraint("company_id", "seq"),
    ForeignKeyConstraint(["company_id"], ["company.id"]),
    Index(None, "company_id", "at"),
    Index(None, "company_id", "actor_id", "seq"),
    Index(None, "company_id", "subject_id"),
)
"""`details` and `salt` are null when they were forgotten; what they said stays sealed in `digest`."""

audit_head = Table(
    "audit_head",
    metadata,
    id_("company_id"),
    Column("seq", BigInteger, nullable=False),
    Column("last", LargeBinary, nullable=False),
    Column("seal", LargeBinary, nullable=False),
    PrimaryKeyConstraint("company_id"),
    ForeignKeyConstraint(["company_id"], ["company.id"]),
)
