"""How far it has come that what is too old goes."""

from sqlalchemy import JSON, Column, ForeignKeyConstraint, PrimaryKeyConstraint, Table

from jaboti_adapters.postgres.tables.columns import at, id_, metadata

retention_run = Table(
    "retention_run",
    metadata,
    id_("company_id"),
    at("began_at"),
    at("ended_at", nullable=True),
    Column("removed", JSON, nullable=False),
    PrimaryKeyConstraint("company_id"),
    ForeignKeyConstraint(["company_id"], ["company.id"]),
)
"""The last one of each company; without `ended_at` it is under way, or broke off."""
