"""What messages cost."""

from sqlalchemy import Column, Date, ForeignKeyConstraint, Index, Integer, PrimaryKeyConstraint, Table, Uuid

from jaboti_adapters.postgres.tables.columns import (
    at,
    id_,
    ids,
    is_number,
    metadata,
    money,
    of_company,
    text_,
    texts,
    version,
)

rate = Table(
    "rate",
    metadata,
    *texts("market", "category", "currency"),
    Column("valid_from", Date, nullable=False),
    money("amount"),
    PrimaryKeyConstraint("market", "category", "currency", "valid_from"),
    is_number("amount"),
)
"""The installation's rate cards."""

usage = Table(
    "usage",
    metadata,
    *ids("company_id", "integration_id"),
    text_("provider_id"),
    *ids("message_id", "chat_id"),
    id_("attendant_id", nullable=True),
    id_("department_id", nullable=True),
    at("at"),
    *texts("category", "kind"),
    text_("country", nullable=True),
    money("amount", nullable=True),
    text_("currency"),
    Column("rated_from", Date),
    PrimaryKeyConstraint("company_id", "integration_id", "provider_id"),
    of_company("integration", "integration_id"),
    of_company("chat", "chat_id"),
    is_number("amount"),
    Index("usage_at_idx", "company_id", "at", postgresql_include=["currency", "amount"]),
)
"""One row for each message that was delivered and charged, or is free; without an amount there was no rate card."""

budget = Table(
    "budget",
    metadata,
    Column("company_id", Uuid, nullable=False),
    money("amount", digits=18),
    text_("currency"),
    Column("warned_month", Date),
    Column("warned_percent", Integer, nullable=False),
    version(),
    PrimaryKeyConstraint("company_id"),
    ForeignKeyConstraint(["company_id"], ["company.id"]),
    is_number("amount"),
)
