"""What chats count for, and how users arrange what they see of it."""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Date,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    text,
)

from jaboti_adapters.postgres.tables.columns import at, id_, ids, metadata, text_, version

NONE = UUID(int=0)
"""Stands for no department, and for no attendant, where a key can't be null."""
ALL = UUID(int=2**128 - 1)
"""Stands for the whole company, where a department might stand."""
DAY, MONTH = "day", "month"
"""Spans."""
SUMS = (
    "chats",
    "ended",
    "waits",
    "wait_seconds",
    "wait_business_seconds",
    "lived_seconds",
    "lived_business_seconds",
)


def _sums() -> Iterator[Column[int]]:
    return (Column(name, BigInteger, nullable=False) for name in SUMS)


chat_interval = Table(
    "chat_interval",
    metadata,
    *ids("company_id", "chat_id"),
    version(),
    text_("state"),
    id_("department_id", nullable=True),
    id_("attendant_id", nullable=True),
    at("since"),
    Column("day", Date, nullable=False),
    Column("hour", SmallInteger, nullable=False),
    Column("seconds", Integer),
    Column("business_seconds", Integer),
    PrimaryKeyConstraint("company_id", "chat_id", "version"),
    Index(
        "chat_interval_open_idx",
        "company_id",
        "state",
        "department_id",
        "attendant_id",
        postgresql_where=text("seconds IS NULL AND state <> 'CLOSED'"),
    ),
    postgresql_with={"fillfactor": "80"},
)
"""No foreign key: an interval is written with the milestone that it began with, and `version` is the milestone's. The
last one of each chat has no `seconds` yet."""

tally_by_day = Table(
    "tally_by_day",
    metadata,
    id_("company_id"),
    text_("span"),
    Column("day", Date, nullable=False),
    *ids("department_id", "attendant_id"),
    *_sums(),
    PrimaryKeyConstraint("company_id", "span", "day", "department_id", "attendant_id"),
    postgresql_with={"fillfactor": "70"},
)
"""Who had what: of each day, and (under its first day) of each month."""

tally_by_hour = Table(
    "tally_by_hour",
    metadata,
    *ids("company_id", "owner_id", "department_id"),
    Column("day", Date, nullable=False),
    Column("hour", SmallInteger, nullable=False),
    *_sums(),
    PrimaryKeyConstraint("company_id", "owner_id", "department_id", "day", "hour"),
    postgresql_with={"fillfactor": "70"},
)
"""When it was. The owner is the whole company or a department, each in the place of a department too; or an attendant,
by the departments in which they had it; or nobody, for what is in no department and has no attendant."""

dashboard_layout = Table(
    "dashboard_layout",
    metadata,
    *ids("company_id", "user_id"),
    Column("widgets", JSON, nullable=False),
    version(),
    PrimaryKeyConstraint("company_id", "user_id"),
    ForeignKeyConstraint(["company_id"], ["company.id"]),
)
