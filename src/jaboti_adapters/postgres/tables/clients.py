"""Clients, and the names by which channels know them."""

from sqlalchemy import JSON, Column, ForeignKeyConstraint, Index, Integer, PrimaryKeyConstraint, Table

from jaboti_adapters.postgres.tables.columns import at, id_, ids, metadata, of_company, text_, texts, version

client = Table(
    "client",
    metadata,
    *ids("company_id", "id"),
    text_("name"),
    text_("phone", nullable=True),
    text_("document_kind", nullable=True),
    text_("document", nullable=True),
    text_("email", nullable=True),
    Column("attributes", JSON, nullable=False),
    at("created_at"),
    id_("merged_into", nullable=True),
    text_("shown"),
    version(),
    Column("identities", JSON, nullable=False),
    PrimaryKeyConstraint("company_id", "id"),
    ForeignKeyConstraint(["company_id"], ["company.id"]),
    of_company("client", "merged_into"),
)
"""`identities` are `[kind, key, address]` in order, as they stand in `client_identity`, which keeps them unique."""

client_identity = Table(
    "client_identity",
    metadata,
    id_("company_id"),
    *texts("kind", "key"),
    id_("client_id"),
    text_("address"),
    Column("position", Integer, nullable=False),
    PrimaryKeyConstraint("company_id", "kind", "key"),
    of_company("client", "client_id"),
    Index(None, "company_id", "client_id"),
)
