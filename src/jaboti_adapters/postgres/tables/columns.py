"""The one metadata, and the columns that tables are made of."""

from collections.abc import Iterator
from decimal import Decimal

from sqlalchemy import CheckConstraint, Column, DateTime, ForeignKeyConstraint, Integer, MetaData, Text, Uuid, text
from sqlalchemy import Numeric as Number

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


def id_(name: str, *, nullable: bool = False) -> Column[object]:
    """A UUID."""
    return Column(name, Uuid, nullable=nullable)


def ids(*names: str) -> Iterator[Column[object]]:
    """Several."""
    return map(id_, names)


def text_(name: str, *, nullable: bool = False) -> Column[str]:
    """Text of any length."""
    return Column(name, Text, nullable=nullable)


def texts(*names: str) -> Iterator[Column[str]]:
    """Several."""
    return map(text_, names)


def at(name: str, *, nullable: bool = False) -> Column[object]:
    """A moment."""
    return Column(name, MOMENT, nullable=nullable)


def count(name: str) -> Column[int]:
    """A number that begins with 0."""
    return Column(name, Integer, nullable=False, server_default=text("0"))


def money(name: str, *, digits: int = 12, nullable: bool = False) -> Column[Decimal]:
    """An amount with six decimals."""
    return Column(name, Number(digits, 6), nullable=nullable)


def is_number(name: str) -> CheckConstraint:
    """An amount that is one: NaN, which the type would take, poisons every sum, and nothing costs less than nothing."""
    return CheckConstraint(f"{name} >= 0 AND {name} <> 'NaN'", name=name)


def version() -> Column[int]:
    """What is compared before a row is changed."""
    return Column("version", Integer, nullable=False)


def of_company(table: str, column: str, *, on_delete: str | None = None) -> ForeignKeyConstraint:
    """This column refers to a row of the same company."""
    return ForeignKeyConstraint(["company_id", column], [f"{table}.company_id", f"{table}.id"], ondelete=on_delete)
