"""The companies' events."""

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, PrimaryKeyConstraint, Table, Uuid, text

from jaboti_adapters.postgres.tables.columns import at, id_, metadata, text_

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
    id_("company_id"),
    Column("seq", BigInteger, nullable=False),
    at("at"),
    text_("name"),
    Column("audience", JSON, nullable=False),
    Column("data", JSON, nullable=False),
    PrimaryKeyConstraint("company_id", "seq"),
)
