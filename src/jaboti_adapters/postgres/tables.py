"""Every table, in one metadata.

Keys of a company's tables begin with `company_id`, so that row-level security holds and a sharded server can spread
them by company. Tables without that column (`user_account`, `session`) belong to no company.
"""

from collections.abc import Iterator

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

metadata = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "fk": "%(table_name)s_%(referred_table_name)s_%(column_0_name)s_fkey",
        "uq": "%(table_name)s_%(column_1_name)s_key",
        "ix": "%(table_name)s_%(column_1_name)s_idx",
        "ck": "%(table_name)s_%(constraint_name)s_check",
    }
)

MOMENT = DateTime(timezone=True)


def _id(name: str, *, nullable: bool = False) -> Column[object]:
    return Column(name, Uuid, nullable=nullable)


def _ids(*names: str) -> Iterator[Column[object]]:
    return map(_id, names)


def _text(name: str, *, nullable: bool = False) -> Column[str]:
    return Column(name, Text, nullable=nullable)


def _texts(*names: str) -> Iterator[Column[str]]:
    return map(_text, names)


def _at(name: str, *, nullable: bool = False) -> Column[object]:
    return Column(name, MOMENT, nullable=nullable)


def _count(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False, server_default=text("0"))


def _version() -> Column[int]:
    return Column("version", Integer, nullable=False)


def _of_company(table: str, column: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["company_id", column], [f"{table}.company_id", f"{table}.id"])


company = Table(
    "company",
    metadata,
    Column("id", Uuid, primary_key=True),
    *_texts("name", "time_zone", "currency"),
    _at("created_at"),
    _version(),
)

user_account = Table(
    "user_account",
    metadata,
    Column("id", Uuid, primary_key=True),
    *_texts("email", "name", "password_hash"),
    Column("enabled", Boolean, nullable=False),
    _at("created_at"),
    _text("shown"),
    _version(),
    UniqueConstraint("email", name="user_account_email_key"),
)

session = Table(
    "session",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("user_id", Uuid, ForeignKey("user_account.id"), nullable=False),
    _id("active_company_id", nullable=True),
    *_texts("device", "address"),
    Column("counter", Integer, nullable=False),
    _at("opened_at"),
    _at("used_at"),
    _at("ended_at", nullable=True),
    _version(),
    Index(None, "user_id", "opened_at"),
)

department = Table(
    "department",
    metadata,
    *_ids("company_id", "id"),
    *_texts("name", "name_key", "description"),
    _at("created_at"),
    _text("shown"),
    _version(),
    PrimaryKeyConstraint("company_id", "id"),
    ForeignKeyConstraint(["company_id"], ["company.id"]),
    UniqueConstraint("company_id", "name_key"),
)

membership = Table(
    "membership",
    metadata,
    *_ids("company_id", "user_id"),
    _text("role"),
    Column("is_primary", Boolean, nullable=False),
    Column("enabled", Boolean, nullable=False),
    _at("created_at"),
    _version(),
    PrimaryKeyConstraint("company_id", "user_id"),
    ForeignKeyConstraint(["company_id"], ["company.id"]),
    ForeignKeyConstraint(["user_id"], ["user_account.id"]),
    Index("membership_user_id_idx", "user_id"),
)

membership_department = Table(
    "membership_department",
    metadata,
    *_ids("company_id", "user_id", "department_id"),
    PrimaryKeyConstraint("company_id", "user_id", "department_id"),
    ForeignKeyConstraint(
        ["company_id", "user_id"], ["membership.company_id", "membership.user_id"], ondelete="CASCADE"
    ),
    _of_company("department", "department_id"),
)

client = Table(
    "client",
    metadata,
    *_ids("company_id", "id"),
    _text("name"),
    _text("phone", nullable=True),
    _text("document_kind", nullable=True),
    _text("document", nullable=True),
    _text("email", nullable=True),
    Column("attributes", JSON, nullable=False),
    _at("created_at"),
    _id("merged_into", nullable=True),
    _text("shown"),
    _version(),
    Column("identities", JSON, nullable=False),
    PrimaryKeyConstraint("company_id", "id"),
    ForeignKeyConstraint(["company_id"], ["company.id"]),
    _of_company("client", "merged_into"),
)
"""`identities` are `[kind, key, address]` in order, as they stand in `client_identity`, which keeps them unique."""

client_identity = Table(
    "client_identity",
    metadata,
    _id("company_id"),
    *_texts("kind", "key"),
    _id("client_id"),
    _text("address"),
    Column("position", Integer, nullable=False),
    PrimaryKeyConstraint("company_id", "kind", "key"),
    _of_company("client", "client_id"),
    Index(None, "company_id", "client_id"),
)

integration = Table(
    "integration",
    metadata,
    *_ids("company_id", "id"),
    *_texts("platform", "account", "name", "status"),
    Column("settings", JSON, nullable=False),
    Column("credentials", JSON, nullable=False),
    Column("bot", JSON),
    Column("reopen_seconds", Integer, nullable=False),
    _text("trouble", nullable=True),
    _version(),
    PrimaryKeyConstraint("company_id", "id"),
    ForeignKeyConstraint(["company_id"], ["company.id"]),
)
"""`credentials` maps each name to its sealed value in base64."""

integration_account = Table(
    "integration_account",
    metadata,
    *_texts("platform", "account"),
    _text("owner", nullable=True),
    *_ids("company_id", "integration_id"),
    PrimaryKeyConstraint("platform", "account"),
    _of_company("integration", "integration_id"),
    Index("integration_account_integration_id_idx", "integration_id"),
    Index("integration_account_owner_idx", "platform", "owner"),
)
"""Who has which account, over all companies: a small table that a sharded server would keep whole everywhere."""

chat = Table(
    "chat",
    metadata,
    *_ids("company_id", "id", "client_id", "integration_id"),
    *_texts("platform", "status"),
    _at("started_at"),
    _id("attendant_id", nullable=True),
    _id("department_id", nullable=True),
    _at("queued_at", nullable=True),
    _at("first_human_at", nullable=True),
    _at("ended_at", nullable=True),
    _count("last_seq"),
    _id("last_message_id", nullable=True),
    _text("last_sender_type", nullable=True),
    _text("last_text", nullable=True),
    _text("last_media_type", nullable=True),
    _at("active_at"),
    _count("read_seq"),
    _count("unread"),
    _count("bot_turns"),
    _at("window_closes_at", nullable=True),
    _at("window_entered_at", nullable=True),
    _text("shown"),
    _version(),
    PrimaryKeyConstraint("company_id", "id"),
    _of_company("client", "client_id"),
    _of_company("integration", "integration_id"),
    _of_company("department", "department_id"),
    Index(
        "chat_open_key",
        "company_id",
        "client_id",
        "integration_id",
        unique=True,
        postgresql_where=text("status <> 'CLOSED'"),
    ),
    Index("chat_list_idx", "company_id", "status", text("active_at DESC"), text("id DESC")),
    Index("chat_attendant_idx", "company_id", "attendant_id", "status", text("active_at DESC"), text("id DESC")),
    Index("chat_client_idx", "company_id", "client_id", "started_at"),
    postgresql_with={"fillfactor": "70"},
)
"""`active_at` is when the last message was taken, or when the chat began. `shown` is the beginning of what the wire
shows (documents.chat_shown), written with every change of the row: what no other row and no clock decides."""

message = Table(
    "message",
    metadata,
    *_ids("company_id", "id", "chat_id"),
    Column("seq", Integer, nullable=False),
    _id("integration_id"),
    Column("outbound", Boolean, nullable=False),
    _text("sender_type"),
    _id("sender_id", nullable=True),
    _text("sender_name", nullable=True),
    Column("content", JSON, nullable=False),
    _id("reply_to", nullable=True),
    _text("status"),
    Column("error", JSON),
    _text("provider_id", nullable=True),
    _at("at"),
    _at("provider_at", nullable=True),
    _text("client_key", nullable=True),
    Column("metadata", JSON, nullable=False),
    Column("possibly_doubled", Boolean, nullable=False),
    _at("edited_at", nullable=True),
    _at("revoked_at", nullable=True),
    Column("reactions", JSON, nullable=False),
    _text("shown"),
    _version(),
    PrimaryKeyConstraint("company_id", "chat_id", "seq"),
    UniqueConstraint("company_id", "id"),
    _of_company("chat", "chat_id"),
    Index(
        "message_provider_key",
        "company_id",
        "integration_id",
        "provider_id",
        "outbound",
        unique=True,
        postgresql_where=text("provider_id IS NOT NULL"),
    ),
    Index(
        "message_client_key_key",
        "company_id",
        "chat_id",
        "client_key",
        unique=True,
        postgresql_where=text("client_key IS NOT NULL"),
    ),
    postgresql_with={"fillfactor": "85"},
)
"""`shown` is the message as the wire shows it (documents.message_shown), written with every change of the row: reading
a page costs a quarter of what it costs to build it."""

milestone = Table(
    "milestone",
    metadata,
    *_ids("company_id", "chat_id"),
    Column("version", Integer, nullable=False),
    _at("at"),
    _text("name"),
    Column("data", JSON, nullable=False),
    PrimaryKeyConstraint("company_id", "chat_id", "version"),
    _of_company("chat", "chat_id"),
)

company_stream = Table(
    "company_stream",
    metadata,
    Column("company_id", Uuid, ForeignKey("company.id"), primary_key=True),
    Column("epoch", BigInteger, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("forgotten", BigInteger, nullable=False, server_default=text("0")),
    postgresql_with={"fillfactor": "50"},
)
"""`seq` numbers a company's events densely, in the order of their commits; those up to `forgotten` are gone."""

event = Table(
    "event",
    metadata,
    _id("company_id"),
    Column("seq", BigInteger, nullable=False),
    _at("at"),
    _text("name"),
    Column("audience", JSON, nullable=False),
    Column("data", JSON, nullable=False),
    PrimaryKeyConstraint("company_id", "seq"),
)

journal = Table(
    "journal",
    metadata,
    _id("company_id"),
    Column("id", BigInteger, Identity(always=True), nullable=False),
    _id("integration_id"),
    *_texts("event_key", "lane"),
    Column("raw", LargeBinary, nullable=False),
    _at("received_at"),
    _text("outcome"),
    _text("reason", nullable=True),
    _count("attempts"),
    _at("due_at"),
    _at("settled_at", nullable=True),
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
    postgresql_with={"fillfactor": "80"},
)
"""Raw items are bytes: jsonb refuses NUL and lone surrogates, and one odd message would hold up its whole batch."""

journal_lane = Table(
    "journal_lane",
    metadata,
    *_ids("company_id", "integration_id"),
    _text("lane"),
    PrimaryKeyConstraint("company_id", "integration_id", "lane"),
)
"""One row for each lane that ever was; a worker holds the row's lock while it works on the lane."""

errand = Table(
    "errand",
    metadata,
    _id("company_id"),
    Column("id", BigInteger, Identity(always=True), nullable=False),
    _id("chat_id"),
    _text("kind"),
    _id("message_id"),
    Column("sending", Boolean, nullable=False),
    Column("unsure", Boolean, nullable=False),
    _count("attempt"),
    _at("due_at"),
    PrimaryKeyConstraint("company_id", "id"),
    Index("errand_chat_idx", "company_id", "chat_id", "id"),
    Index("errand_due_idx", "company_id", "due_at", "id"),
    postgresql_with={"fillfactor": "70"},
)
"""No foreign key: an errand is written with its message, or while its chat is locked."""

CROSS_COMPANY = (journal, journal_lane, errand, integration, integration_account)
"""What intake, workers and dispatchers see of all companies, when `app.queue` is `on`."""
