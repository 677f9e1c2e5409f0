"""Tables in which each row is an aggregate with its version."""

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from sqlalchemy import Column, Subquery, Table, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql.dml import ReturningInsert

from jaboti_adapters.postgres.statements import COMPANY, Given, Row, Statement
from jaboti_adapters.postgres.unit import Unit
from jaboti_domain.kernel.errors import Refusal, StaleVersion
from jaboti_domain.kernel.events import Aggregate

A = TypeVar("A", bound=Aggregate)


class Shelf(Generic[A]):
    """Writes many aggregates at once: new ones are inserted, known ones updated unless somebody changed them.

    A new one whose place is taken is refused as `taken`. Columns in `but` are others' to write.
    """

    def __init__(self, table: Table, *, taken: type[Refusal] = StaleVersion, but: Sequence[str] = ()) -> None:
        self._taken = taken
        columns = [c for c in table.c if c.name not in but]
        self._given = Given("row", *(c for c in columns if c.name not in ("company_id", "version")), table.c.version)
        self._statement = Statement(_upsert(table, columns, self._given.many))

    async def keep(self, unit: Unit, aggregates: Sequence[A], row_of: Callable[[A], Row]) -> None:
        """Write them, each as its next version. Raises StaleVersion, or `taken`.

        `row_of` gives the values of all its columns but `company_id` and `version`, in the table's order.
        """
        if not aggregates:
            return
        rows = [(*row_of(aggregate), aggregate.version + 1) for aggregate in aggregates]
        written = await unit.fetch(self._statement, **self._given.rows(rows))
        if len(written) < len(rows):
            raise self._taken() if any(aggregate.version == 0 for aggregate in aggregates) else StaleVersion()
        for aggregate in aggregates:
            aggregate.version += 1


def _upsert(table: Table, columns: Sequence[Column[Any]], row: Subquery) -> ReturningInsert[tuple[object, ...]]:
    keys = [c.name for c in table.primary_key]
    values = select(*(COMPANY if c.name == "company_id" else row.c[c.name] for c in columns))
    adding = insert(table).from_select([c.name for c in columns], values)
    return adding.on_conflict_do_update(
        index_elements=keys,
        set_={c.name: adding.excluded[c.name] for c in columns if c.name not in keys},
        where=table.c.version == adding.excluded.version - 1,
    ).returning(table.c.version)
