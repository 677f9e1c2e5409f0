"""Users and their sessions, which belong to no company."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, UniqueConstraint, Uuid

from jaboti_adapters.postgres.tables.columns import at, id_, metadata, text_, texts, version

user_account = Table(
    "user_account",
    metadata,
    Column("id", Uuid, primary_key=True),
    *texts("email", "name", "password_hash"),
    Column("enabled", Boolean, nullable=False),
    at("created_at"),
    text_("shown"),
    version(),
    Column("primary_company_id", Uuid, ForeignKey("company.id")),
    UniqueConstraint("email", name="user_account_email_key"),
)
"""`primary_company_id` is written with memberships, and does not count as a change of the account."""

session = Table(
    "session",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("user_id", Uuid, ForeignKey("user_account.id"), nullable=False),
    id_("active_company_id", nullable=True),
    *texts("device", "address"),
    Column("counter", Integer, nullable=False),
    at("opened_at"),
    at("used_at"),
    at("ended_at", nullable=True),
    version(),
    Index(None, "user_id", "opened_at"),
)
