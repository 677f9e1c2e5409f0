"""The call log."""

from sqlalchemy import Column, ForeignKeyConstraint, Index, Integer, PrimaryKeyConstraint, Table

from jaboti_adapters.postgres.tables.columns import at, id_, metadata, text_, texts

call_log = Table(
    "call_log",
    metadata,
    id_("company_id"),
    at("at"),
    id_("id"),
    id_("integration_id"),
    *texts("platform", "direction", "kind", "outcome"),
    Column("http_status", Integer),
    Column("latency_ms", Integer, nullable=False),
    text_("request_id", nullable=True),
    text_("peer", nullable=True),
    Column("items", Integer),
    text_("error_code", nullable=True),
    text_("error_title", nullable=True),
    PrimaryKeyConstraint("company_id", "at", "id"),
    ForeignKeyConstraint(["company_id"], ["company.id"]),
    Index("call_log_last_idx", "company_id", "integration_id", "direction", "outcome", "at"),
)
"""What is written of all companies together; whoever writes it sees none of it."""
