"""The two walls between companies, to be taken down one at a time: what statements ask for, and row-level security."""

import re
from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import pytest

from jaboti_adapters.postgres.pool import Link
from jaboti_adapters.postgres.statements import Statement
from jaboti_adapters.postgres.tables import metadata
from tests.integration.isolation.world import Superuser

TABLES = sorted(table.name for table in metadata.tables.values() if "company_id" in table.c)
BUT_ITS_EVENTS = [table for table in TABLES if table != "company_stream"]
"""Nothing is written when the numbers of all companies' events go up with it."""
_FILTER = re.compile(r"(?:\b(?P<table>\w+)\.)?\bcompany_id = (?P<value>\$\d+(?:::UUID)?|entered\.company_id)")


@asynccontextmanager
async def no_row_security(superuser: Superuser, tables: Collection[str] = (*TABLES, "company")) -> AsyncIterator[None]:
    """Every row of these tables is for everybody. The application, which refuses to start like that, is running."""
    for table in tables:
        await superuser.execute(f"CREATE POLICY nobody_looks ON {table} USING (true) WITH CHECK (true)")
    try:
        yield
    finally:
        for table in tables:
            await superuser.execute(f"DROP POLICY nobody_looks ON {table}")


@contextmanager
def no_filters(patch: pytest.MonkeyPatch, tables: Collection[str] | None = None) -> Iterator[Sequence[str]]:
    """No statement asks for the company's rows (of these tables); gives the statements that were robbed of it."""
    planned = Link._planned
    robbed: dict[str, str] = {}

    async def careless(self: Link, statement: Statement, worn: Any) -> Any:
        asked = statement.sql
        statement.__dict__["sql"] = robbed.setdefault(asked, _careless(asked, tables))
        try:
            return await planned(self, statement, worn)
        finally:
            statement.__dict__["sql"] = asked

    with patch.context() as patched:
        patched.setattr(Link, "_planned", careless)
        yield _Robbed(robbed)


class _Robbed(Sequence[str]):
    """Those that are not as they were."""

    def __init__(self, statements: dict[str, str]) -> None:
        self._statements = statements

    def __len__(self) -> int:
        return len(self._found)

    def __getitem__(self, place: Any) -> Any:
        return self._found[place]

    @property
    def _found(self) -> list[str]:
        return [careless for asked, careless in self._statements.items() if asked != careless]


def _careless(sql: str, tables: Collection[str] | None) -> str:
    def robbed(found: re.Match[str]) -> str:
        table = found["table"]
        if tables is not None and (table or _only_table(sql)) not in tables:
            return found[0]
        value = found["value"]
        return f"{value}{'' if '.' in value or '::' in value else '::UUID'} IS NOT NULL"

    return _FILTER.sub(robbed, sql)


def _only_table(sql: str) -> str | None:
    """The table of a statement whose columns say of no table that they are its."""
    found = re.search(r"\b(?:FROM|UPDATE|INTO) (\w+)", sql)
    return found[1] if found else None
