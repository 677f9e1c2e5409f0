"""Companies, their departments and members."""

from sqlalchemy import Boolean, Column, ForeignKeyConstraint, Index, PrimaryKeyConstraint, Table, UniqueConstraint, Uuid

from jaboti_adapters.postgres.tables.columns import at, ids, metadata, of_company, text_, texts, version

company = Table(
    "company",
    metadata,
    Column("id", Uuid, primary_key=True),
    *texts("name", "time_zone", "currency"),
    at("created_at"),
    version(),
)

department = Table(
    "department",
    metadata,
    *ids("company_id", "id"),
    *texts("name", "name_key", "description"),
    at("created_at"),
    text_("shown"),
    version(),
    PrimaryKeyConstraint("company_id", "id"),
    ForeignKeyConstraint(["company_id"], ["company.id"]),
    UniqueConstraint("company_id", "name_key"),
)

membership = Table(
    "membership",
    metadata,
    *ids("company_id", "user_id"),
    text_("role"),
    Column("is_primary", Boolean, nullable=False),
    Column("enabled", Boolean, nullable=False),
    at("created_at"),
    version(),
    PrimaryKeyConstraint("company_id", "user_id"),
    ForeignKeyConstraint(["company_id"], ["company.id"]),
    ForeignKeyConstraint(["user_id"], ["user_account.id"]),
    Index("membership_user_id_idx", "user_id"),
)

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
