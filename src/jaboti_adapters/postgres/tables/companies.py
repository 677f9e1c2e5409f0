"""Companies, their departments and members."""

from sqlalchemy import JSON, Boolean, Column, ForeignKeyConstraint, Index, PrimaryKeyConstraint, Table, Uuid, text

from jaboti_adapters.postgres.tables.columns import at, ids, metadata, of_company, text_, texts, version

company = Table(
    "company",
    metadata,
    Column("id", Uuid, primary_key=True),
    *texts("name", "time_zone", "currency"),
    at("created_at"),
    version(),
    Column("hours", JSON),
    Column("bot", JSON),
    Column("retention", JSON),
)
"""`hours`, `bot` and `retention` are written as they are shown; without `retention` it is as usual."""

department = Table(
    "department",
    metadata,
    *ids("company_id", "id"),
    *texts("name", "name_key", "description"),
    at("created_at"),
    text_("shown"),
    version(),
    text_("sort_key"),
    at("removed_at", nullable=True),
    PrimaryKeyConstraint("company_id", "id"),
    ForeignKeyConstraint(["company_id"], ["company.id"]),
    Index(
        "department_name_key_key", "company_id", "name_key", unique=True, postgresql_where=text("removed_at IS NULL")
    ),
)
"""Two that exist never have the same `name_key`; `sort_key` is the name as lists are sorted by it."""

membership = Table(
    "membership",
    metadata,
    *ids("company_id", "user_id"),
    text_("role"),
    Column("enabled", Boolean, nullable=False),
    at("created_at"),
    version(),
    *texts("name", "sort_key", "shown"),
    at("left_at", nullable=True),
    PrimaryKeyConstraint("company_id", "user_id"),
    ForeignKeyConstraint(["company_id"], ["company.id"]),
    ForeignKeyConstraint(["user_id"], ["user_account.id"]),
    Index("membership_user_id_idx", "user_id"),
)
"""Who has left keeps their row, and with it their name (`shown` is how chats show it). Which of a user's companies is
the primary one stands in `user_account`."""

membership_department = Table(
    "membership_department",
    metadata,
    *ids("company_id", "user_id", "department_id"),
    PrimaryKeyConstraint("company_id", "user_id", "department_id"),
    ForeignKeyConstraint(
        ["company_id", "user_id"], ["membership.company_id", "membership.user_id"], ondelete="CASCADE"
    ),
    of_company("department", "department_id"),
)
