"""Reads of clients, for screens and for sheets."""

from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from attrs import frozen
from sqlalchemy import ColumnElement, FromClause, Integer, Select, Text, Uuid, and_, func, not_, select, tuple_

from jaboti_adapters.postgres.clients import details_of
from jaboti_adapters.postgres.engine import Database, Session
from jaboti_adapters.postgres.queries import client_search
from jaboti_adapters.postgres.queries.paging import LIMIT, place_in
from jaboti_adapters.postgres.queries.scope import within_company
from jaboti_adapters.postgres.queries.utf8 import utf8
from jaboti_adapters.postgres.statements import Statement, param
from jaboti_adapters.postgres.tables import client
from jaboti_domain.client.details import Details
from jaboti_domain.client.errors import ClientNotFound
from jaboti_domain.client.queries import ClientFilter, ClientReads
from jaboti_domain.client.search import NAME_KEY, Part
from jaboti_domain.kernel.folding import folded
from jaboti_domain.kernel.ids import ClientId, CompanyId
from jaboti_domain.kernel.paging import Cursor, Json, JsonPage

if TYPE_CHECKING:
    from asyncpg import Record

    from jaboti_adapters.postgres.pool import Rows

REACH = 5000
"""So many names are walked along in the hope of a page."""
MOST_WORDS = 4
"""So many words narrow a search that no word makes short."""
BEGINNING, OTHERS = "0", "1"
"""Ranks: the name begins with what was typed, or not."""

_C = client.c
_BEGINS_SO = and_(_C.name_key >= param("prefix_low", Text), _C.name_key < param("prefix_high", Text))
ONE = within_company(
    select(utf8(_C.card).label("json")).where(*client_search.living(), _C.id == param("client_id", Uuid))
)
ATTRIBUTE_NAMES = within_company(
    select(func.json_object_keys(_C.attributes).label("name")).where(*client_search.living()).distinct()
)
DETAILS_AFTER = within_company(
    select(_C.id, _C.name, _C.phone, _C.document_kind, _C.document, _C.email, _C.contacts, _C.attributes)
    .where(*client_search.living(), _C.id > param("after", Uuid))
    .order_by(_C.id)
    .limit(LIMIT)
)


class Way(Enum):
    """How clients are come by."""

    BEGINNING = "the names that begin so"
    WALK = "along the names"
    REACH = "along the first REACH names"
    WORDS = "by words that they have"


class Shape(NamedTuple):
    """What the text of a list's statement depends on; the rest are its parameters."""

    way: Way
    parts: client_search.Shape
    words: int
    typed: bool
    goes_on: bool


@lru_cache(maxsize=512)
def listed(shape: Shape) -> Statement:
    """At most LIMIT + 1 clients by name: `document`, and where each stands."""
    where = list(_conditions(shape))
    if shape.way is Way.REACH:
        walked = select(_C.id, _C.name_key, _C.sought, _C.card).where(*where).order_by(_C.name_key, _C.id)
        clients: FromClause = walked.limit(param("reach", Integer)).subquery("walked")
        found = _shown(clients)
    else:
        clients = client
        found = _shown(clients).where(*where)
    return within_company(found.where(*client_search.has_parts(shape.parts, clients)))


def _shown(clients: FromClause) -> Select[Any]:
    document = utf8(clients.c.card).label("document")
    place = clients.c.name_key, clients.c.id
    return select(document, *place).select_from(clients).order_by(*place).limit(LIMIT + 1)


def _conditions(shape: Shape) -> Iterator[ColumnElement[bool]]:
    yield from client_search.living()
    if shape.goes_on:
        yield tuple_(_C.name_key, _C.id) > tuple_(param("after_name", Text), param("after_id", Uuid))
    if shape.way is Way.BEGINNING:
        yield _BEGINS_SO
    elif shape.typed:
        yield not_(_BEGINS_SO)
    if shape.words:
        yield client_search.has_terms(*map(_word, range(shape.words)))


def _word(number: int) -> str:
    return f"word_{number}"


@frozen
class _Place:
    """Where a page ended."""

    rank: str
    name: str
    id: str

    @property
    def arguments(self) -> Mapping[str, object]:
        return {"after_name": self.name, "after_id": UUID(self.id)}


@frozen
class _Search:
    """One search in one company, over a session."""

    session: Session
    company_id: CompanyId
    parts: Sequence[Part]
    prefix: str

    async def beginning(self, after: _Place | None, limit: int) -> "Rows":
        """Those whose name begins with what was typed."""
        return await self._fetch(Shape(Way.BEGINNING, self._shape, 0, True, after is not None), after, limit)

    async def others(self, after: _Place | None, limit: int) -> "Rows":
        """All the others."""
        words = await client_search.rarest_first(self.session, self.company_id, self.parts)
        if not words:
            return await self._fetch(self._by(Way.WALK, after), after, limit)
        if words[0][0] < client_search.FEW:
            return await self._fetch(self._by(Way.WORDS, after, 1), after, limit, words[0][1])
        found = await self._fetch(self._by(Way.REACH, after), after, limit)
        if len(found) > limit:
            return found
        every = [word for _, word in words[:MOST_WORDS]]
        return await self._fetch(self._by(Way.WORDS, after, len(every)), after, limit, *every)

    @property
    def _shape(self) -> client_search.Shape:
        return client_search.shape_of(self.parts)

    def _by(self, way: Way, after: _Place | None, words: int = 0) -> Shape:
        return Shape(way, self._shape, words, bool(self.prefix), after is not None)

    async def _fetch(self, shape: Shape, after: _Place | None, limit: int, *words: str) -> "Rows":
        return await self.session.fetch(
            listed(shape),
            company_id=self.company_id,
            limit=limit,
            reach=REACH,
            prefix_low=self.prefix,
            prefix_high=self.prefix + client_search.BEYOND,
            **(after.arguments if after else {}),
            **client_search.arguments(self.parts),
            **client_search.ranges({_word(number): word for number, word in enumerate(words)}),
        )


class PostgresClientReads(ClientReads):
    """The server writes the JSON."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(self, company_id: CompanyId, *, where: ClientFilter, after: Cursor | None, limit: int) -> JsonPage:
        place = _Place(*map(str, place_in(after, rank=_rank, name=str, id=UUID).values())) if after else None
        parts = where.parts
        if parts is None:
            return JsonPage(b"[]", None)
        prefix = folded(where.typed_name or "")[:NAME_KEY]
        ranked: list[tuple[str, Record]] = []
        async with self._database.single() as session:
            search = _Search(session, company_id, parts, prefix)
            if prefix and (place is None or place.rank == BEGINNING):
                ranked += [(BEGINNING, row) for row in await search.beginning(place, limit)]
                place = None
            if len(ranked) <= limit:
                ranked += [(OTHERS, row) for row in await search.others(place, limit - len(ranked))]
        return _page(ranked, limit)

    async def one(self, company_id: CompanyId, client_id: ClientId) -> Json:
        rows = await self._rows(ONE, company_id, client_id=client_id)
        if not rows:
            raise ClientNotFound()
        document: Json = rows[0]["json"]
        return document

    async def attribute_names(self, company_id: CompanyId) -> Sequence[str]:
        return sorted(row["name"] for row in await self._rows(ATTRIBUTE_NAMES, company_id))

    async def details_after(
        self, company_id: CompanyId, after: ClientId | None, *, limit: int
    ) -> Sequence[tuple[ClientId, Details]]:
        rows = await self._rows(DETAILS_AFTER, company_id, after=after or UUID(int=0), limit=limit)
        return [(row["id"], details_of(row)) for row in rows]

    async def _rows(self, statement: Statement, company_id: CompanyId, **values: object) -> "Rows":
        async with self._database.single() as session:
            return await session.fetch(statement, company_id=company_id, **values)


def _page(ranked: Sequence[tuple[str, "Record"]], limit: int) -> JsonPage:
    shown = ranked[:limit]
    items = b"[" + b",".join(row["document"] for _, row in shown) + b"]"
    if len(ranked) <= limit:
        return JsonPage(items, None)
    rank, last = shown[-1]
    return JsonPage(items, Cursor((rank, last["name_key"], str(last["id"]))))


def _rank(text: str) -> str:
    if text not in (BEGINNING, OTHERS):
        raise ValueError(text)
    return text
