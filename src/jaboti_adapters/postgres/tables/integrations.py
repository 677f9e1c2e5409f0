"""Accounts on platforms."""

from sqlalchemy import JSON, Column, ForeignKeyConstraint, Index, Integer, PrimaryKeyConstraint, Table

from jaboti_adapters.postgres.tables.columns import at, ids, metadata, of_company, text_, texts, version

integration = Table(
    "integration",
    metadata,
    *ids("company_id", "id"),
    *texts("platform", "account", "name", "status"),
    Column("settings", JSON, nullable=False),
    Column("credentials", JSON, nullable=False),
    Column("bot", JSON),
    Column("reopen_seconds", Integer, nullable=False),
    text_("trouble", nullable=True),
    version(),
    text_("quality", nullable=True),
    at("removed_at", nullable=True),
    Column("news", JSON, nullable=False),
    PrimaryKeyConstraint("company_id", "id"),
    ForeignKeyConstraint(["company_id"], ["company.id"]),
)
"""`credentials` maps each name to its sealed value in base64."""

integration_account = Table(
    "integration_account",
    metadata,
    *texts("platform", "account"),
    text_("owner", nullable=True),
    *ids("company_id", "integration_id"),
    PrimaryKeyConstraint("platform", "account"),
    of_company("integration", "integration_id"),
    Index("integration_account_integration_id_idx", "integration_id"),
    Index("integration_account_owner_idx", "platform", "owner"),
)
"""Who has which account, over all companies: a small table that a sharded server would keep whole everywhere.

What was removed has none."""
