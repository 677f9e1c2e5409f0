"""Receipts of those who were forgotten."""

from sqlalchemy import JSON, Column, PrimaryKeyConstraint, Table

from jaboti_adapters.postgres.tables.columns import at, id_, ids, metadata, of_company, texts

erasure = Table(
    "erasure",
    metadata,
    *ids("company_id", "client_id"),
    at("at"),
    id_("by_id"),
    *texts("by_name", "digest"),
    Column("erased", JSON, nullable=False),
    PrimaryKeyConstraint("company_id", "client_id"),
    of_company("client", "client_id"),
)
