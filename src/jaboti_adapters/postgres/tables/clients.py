"""Clients, the names by which channels know them, what they are found by, and what parts them after a merge."""

from sqlalchemy import (
    JSON,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    text,
)

from jaboti_adapters.postgres.tables.columns import at, id_, ids, metadata, of_company, text_, texts, version

LIVING = "removed_at IS NULL AND merged_into IS NULL"
"""Which clients are there: the condition of indexes and lists."""

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
    Column("contacts", JSON, nullable=False),
    at("updated_at"),
    at("blocked_at", nullable=True),
    at("removed_at", nullable=True),
    Column("name_key", Text(collation="C"), nullable=False),
    *texts("sought", "card"),
    PrimaryKeyConstraint("company_id", "id"),
    ForeignKeyConstraint(["company_id"], ["company.id"]),
    of_company("client", "merged_into"),
    Index("client_name_idx", "company_id", "name_key", "id", postgresql_where=text(LIVING)),
    Index(
        "client_document_key",
        "company_id",
        "document",
        unique=True,
        postgresql_where=text(f"document IS NOT NULL AND {LIVING}"),
    ),
    Index("client_email_idx", "company_id", "email", postgresql_where=text(f"email IS NOT NULL AND {LIVING}")),
    Index("client_merged_into_idx", "company_id", "merged_into", postgresql_where=text("merged_into IS NOT NULL")),
)
"""`identities` are `[kind, key, address]` in order, as they stand in `client_identity`, which keeps them unique.

`sought` is the text that a client is found by (client/search.py), its fields separated by form feeds, empty for one who
is gone; a trigger keeps `client_term` in step with it. `card` is the client as the wire shows it, `shown` as a chat
shows it.
"""

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

client_term = Table(
    "client_term",
    metadata,
    id_("company_id"),
    Column("term", Text(collation="C"), nullable=False),
    id_("client_id"),
    PrimaryKeyConstraint("company_id", "term", "client_id"),
)
"""Every end of every word in `client.sought`, cut off after 16 characters: what has a part in it begins with the part.

Written by the trigger `keep_client_terms` alone, and so without a foreign key.
"""

client_merge = Table(
    "client_merge",
    metadata,
    *ids("company_id", "id", "client_id", "absorbed_id"),
    at("at"),
    Column("absorbed", JSON, nullable=False),
    Column("before", JSON, nullable=False),
    Column("chats", JSON, nullable=False),
    at("undone_at", nullable=True),
    version(),
    PrimaryKeyConstraint("company_id", "id"),
    of_company("client", "client_id"),
    ForeignKeyConstraint(
        ["company_id", "absorbed_id"], ["client.company_id", "client.id"], name="client_merge_absorbed_id_fkey"
    ),
    Index(None, "company_id", "client_id", "absorbed_id"),
)
"""Portraits (client/details.py) of both as they were, and the chats that were the absorbed one's."""
