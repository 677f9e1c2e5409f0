"""Statements: written with SQLAlchemy Core, compiled once, at first use, to SQL with `$1`, `$2`, ... for asyncpg."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any
from typing import cast as typed

import msgspec
from sqlalchemy import (
    ARRAY,
    JSON,
    BindParameter,
    ColumnClause,
    Text,
    Uuid,
    bindparam,
    cast,
    column,
    func,
    make_url,
    select,
)
from sqlalchemy.dialects.postgresql.asyncpg import PGCompiler_asyncpg
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ClauseElement
from sqlalchemy.types import TypeEngine

from jaboti_adapters.postgres.errors import in_our_words

_encode = msgspec.json.Encoder().encode


class _Compiler(PGCompiler_asyncpg):
    def visit_bindparam(self, bindparam: Any, *args: Any, **settings: Any) -> Any:
        """A value that no call gives is a constant, and written out."""
        visit: Any = super().visit_bindparam
        return visit(bindparam, *args, **{**settings, "literal_binds": not bindparam.required})


_DIALECT = make_url("postgresql+asyncpg://").get_dialect()()
_DIALECT.statement_compiler = _Compiler

Row = tuple[object, ...]


class Statement:
    """A statement with named parameters. Constants become part of its text, so that partial indexes are of use."""

    def __init__(self, construct: ClauseElement) -> None:
        self._construct = construct

    @cached_property
    def sql(self) -> str:
        """What the server is asked to prepare."""
        return self._compiled.string

    @cached_property
    def names(self) -> Sequence[str]:
        """The parameters, in the order of `$1`, `$2`, ..."""
        return tuple(self._compiled.positiontup or ())

    def arguments(self, values: Mapping[str, object]) -> list[object]:
        """The values in the order of `names`; there may be others."""
        return [values[name] for name in self.names]

    @cached_property
    def _compiled(self) -> SQLCompiler:
        return typed(SQLCompiler, self._construct.compile(dialect=_DIALECT))


def param(name: str, kind: TypeEngine[Any] | type[TypeEngine[Any]]) -> BindParameter[Any]:
    """A value that each call gives."""
    return bindparam(name, type_=kind)


def array(name: str, kind: TypeEngine[Any] | type[TypeEngine[Any]]) -> BindParameter[Any]:
    """A list of values that each call gives."""
    return bindparam(name, type_=ARRAY(kind))


COMPANY = param("company_id", Uuid)
"""The company of the unit of work: every statement about a company's table names it."""


class Given:
    """Rows that each call hands over: `one` takes exactly one, `many` any number.

    One row travels as a parameter per column, many as one JSON document: asyncpg spends ten times as long on arrays.
    """

    def __init__(self, name: str, *columns: ColumnClause[Any]) -> None:
        self._name = name
        self._names = [c.name for c in columns]
        self._parameters = [f"{name}_{c.name}" for c in columns]
        params = (param(f"{name}_{c.name}", _given(c)).label(c.name) for c in columns)
        self.one = select(*params).subquery(f"given_{name}")
        record = func.json_to_recordset(param(name, JSON)).table_valued(*(column(c.name, _in_json(c)) for c in columns))
        read = record.render_derived(name=f"record_{name}", with_types=True)
        self.many = select(*(cast(read.c[c.name], _given(c)).label(c.name) for c in columns)).subquery(f"given_{name}")

    def one_row(self, row: Row) -> dict[str, object]:
        """The arguments for `one`."""
        return dict(zip(self._parameters, row, strict=True))

    def rows(self, rows: Iterable[Iterable[object]]) -> dict[str, object]:
        """The arguments for `many`. Raises Invalid for text that UTF-8 can't say."""
        with in_our_words:
            document = _encode([dict(zip(self._names, row, strict=True)) for row in rows])
        return {self._name: document.decode()}


def _in_json(one: ColumnClause[Any]) -> TypeEngine[Any]:
    return Text() if isinstance(one.type, JSON) else _given(one)


def _given(one: ColumnClause[Any]) -> TypeEngine[Any]:
    """How a column is ordered is its own affair."""
    return Text() if isinstance(one.type, Text) else one.type
