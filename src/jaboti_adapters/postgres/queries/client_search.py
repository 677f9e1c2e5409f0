"""Finding clients: by the rarest thing that is looked for, or along the names (decision 6).

Every end of every word of a client is a row of `client_term`, so that whoever has a part in a word has a row that
begins with it: a range of an index, which row-level security leaves in use. Rows of a common part are too many to be
put in order; then a walk along the names soon meets enough who have it.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    FromClause,
    Select,
    Text,
    Uuid,
    column,
    func,
    literal_column,
    or_,
    select,
    true,
)

from jaboti_adapters.postgres.clients import BETWEEN_FIELDS
from jaboti_adapters.postgres.engine import Session
from jaboti_adapters.postgres.queries.scope import HERE, within_company
from jaboti_adapters.postgres.statements import Statement, array, param
from jaboti_adapters.postgres.tables import client, client_term
from jaboti_domain.client.search import ANYWHERE, Field, Part
from jaboti_domain.kernel.ids import CompanyId

if TYPE_CHECKING:
    from asyncpg import Record

TERM = 16
"""So much of the end of a word is kept."""
FEW = 2000
"""So many rows are put in order at once; with more, the names are walked along."""
BEYOND = "\U0010ffff"
"""Comes after every letter."""

Shape = tuple[frozenset[Field], ...]
"""The fields in which each part may be: what the text of a statement depends on."""

_LIVING = (client.c.removed_at.is_(None), client.c.merged_into.is_(None))
_WORDS = (
    func.unnest(array("lows", Text), array("highs", Text))
    .table_valued(column("low", Text), column("high", Text), with_ordinality="place")
    .render_derived("word")
)
_SOME = (
    select(literal_column("1"))
    .where(
        client_term.c.company_id == HERE,
        client_term.c.term >= _WORDS.c.low.collate("C"),
        client_term.c.term < _WORDS.c.high.collate("C"),
    )
    .limit(FEW)
    .correlate(_WORDS)
    .subquery("some")
)
_COUNTED = select(func.count().label("rows")).select_from(_SOME).correlate(_WORDS).lateral("counted")
COUNT = within_company(select(_WORDS.c.place, _COUNTED.c.rows).select_from(_WORDS.join(_COUNTED, true())))


def living() -> list[ColumnElement[bool]]:
    """Which clients are there, in this company."""
    return [client.c.company_id == HERE, *_LIVING]


def has_parts(shape: Shape, clients: FromClause) -> list[ColumnElement[bool]]:
    """Whether a client has all of the parts `part_0`, `part_1`, ..."""
    return [_has(f"part_{number}", fields, clients) for number, fields in enumerate(shape)]


def shape_of(parts: Sequence[Part]) -> Shape:
    """The shape of what is looked for."""
    return tuple(part.fields for part in parts)


def arguments(parts: Sequence[Part]) -> dict[str, object]:
    """The arguments for `has_parts`."""
    return {f"part_{number}": part.text for number, part in enumerate(parts)}


def has_terms(*anchors: str) -> ColumnElement[bool]:
    """Whether a client has rows in all of the ranges `<anchor>_low` to `<anchor>_high`.

    An array makes the planner look each of them up; of a join it might make a scan of all clients.
    """
    first, *others = [_in_range(anchor) for anchor in anchors]
    found = first.intersect(*others) if others else first.distinct()
    return client.c.id == func.any(func.array(found.scalar_subquery(), type_=ARRAY(Uuid)))


def ranges(anchors: Mapping[str, str]) -> dict[str, object]:
    """The arguments for `has_terms`."""
    return {
        name: bound
        for anchor, word in anchors.items()
        for name, bound in ((f"{anchor}_low", word), (f"{anchor}_high", word + BEYOND))
    }


async def rarest_first(session: Session, company_id: CompanyId, parts: Iterable[Part]) -> list[tuple[int, str]]:
    """The words of the parts that have rows, each with how many there are (at most FEW), fewest first."""
    words = list(dict.fromkeys(part.text[:TERM] for part in parts))
    if not words:
        return []
    highs = [word + BEYOND for word in words]
    rows = await session.fetch(COUNT, company_id=company_id, lows=words, highs=highs)
    return sorted((row["rows"], words[row["place"] - 1]) for row in rows)


async def few_found(session: Session, company_id: CompanyId, parts: Sequence[Part]) -> list[UUID] | None:
    """The clients who are looked for, or None when they may be many."""
    words = await rarest_first(session, company_id, parts)
    if words[0][0] >= FEW:
        return None
    rows: list[Record] = await session.fetch(
        _ids(shape_of(parts)), company_id=company_id, **arguments(parts), **ranges({"rarest": words[0][1]})
    )
    return [row["id"] for row in rows]


@lru_cache(maxsize=256)
def _ids(shape: Shape) -> Statement:
    ours = select(client.c.id).where(*living(), has_terms("rarest"), *has_parts(shape, client))
    return within_company(ours)


def _in_range(anchor: str) -> Select[tuple[object]]:
    return select(client_term.c.client_id).where(
        client_term.c.company_id == HERE,
        client_term.c.term >= param(f"{anchor}_low", Text),
        client_term.c.term < param(f"{anchor}_high", Text),
    )


def _has(part: str, fields: frozenset[Field], clients: FromClause) -> ColumnElement[bool]:
    text = param(part, Text)
    if fields == ANYWHERE:
        return func.strpos(clients.c.sought, text) > 0
    places = sorted(field.value + 1 for field in fields)
    found = (func.split_part(clients.c.sought, BETWEEN_FIELDS, literal_column(str(place))) for place in places)
    return or_(*(func.strpos(field, text) > 0 for field in found))
