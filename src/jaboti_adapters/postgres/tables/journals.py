"""What platforms told us."""

from sqlalchemy import (
    BigInteger,
    Column,
    Identity,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    text,
)

from jaboti_adapters.postgres.tables.columns import at, count, id_, ids, metadata, text_, texts

journal = Table(
    "journal",
    metadata,
    id_("company_id"),
    Column("id", BigInteger, Identity(always=True), nullable=False),
    id_("integration_id"),
    *texts("event_key", "lane"),
    Column("raw", LargeBinary, nullable=False),
    at("received_at"),
    text_("outcome"),
    text_("reason", nullable=True),
    count("attempts"),
    at("due_at"),
    at("settled_at", nullable=True),
    PrimaryKeyConstraint("company_id", "id"),
    UniqueConstraint("company_id", "integration_id", "event_key"),
    Index(
        "journal_lane_idx",
        "company_id",
        "integration_id",
        "lane",
        "id",
        postgresql_where=text("outcome = 'PENDING'"),
    ),
    Index("journal_due_idx", "company_id", "due_at", "id", postgresql_where=text("outcome = 'PENDING'")),
    Index("journal_dead_idx", "company_id", "id", postgresql_where=text("outcome = 'DEAD'")),
    postgresql_with={"fillfactor": "80"},
)
"""Raw items are bytes: jsonb refuses NUL and lone surrogates, and one odd message would hold up its whole batch."""

journal_lane = Table(
    "journal_lane",
    metadata,
    *ids("company_id", "integration_id"),
    text_("lane"),
    PrimaryKeyConstraint("company_id", "integration_id", "lane"),
)
"""One row for each lane that ever was; a worker holds the row's lock while it works on the lane."""
