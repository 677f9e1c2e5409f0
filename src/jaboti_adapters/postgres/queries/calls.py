"""Reads of the call log, for screens."""

from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, Uuid, case, cast, func, select, tuple_

from jaboti_adapters.postgres.engine import Database
from jaboti_adapters.postgres.queries.paging import moment_of, page_in, paged, place_in
from jaboti_adapters.postgres.queries.scope import HERE, within_company
from jaboti_adapters.postgres.queries.times import time_in_json
from jaboti_adapters.postgres.statements import Statement, array, param
from jaboti_adapters.postgres.tables import call_log
from jaboti_adapters.postgres.tables.columns import MOMENT
from jaboti_domain.integration.calls import CallOutcome, Direction, LastCalls
from jaboti_domain.integration.queries import CallFilter, CallReads
from jaboti_domain.kernel.ids import CompanyId, IntegrationId
from jaboti_domain.kernel.paging import Cursor, JsonPage

_C = call_log.c
_ERROR = func.json_build_object("code", _C.error_code, "title", func.coalesce(_C.error_title, ""))
_DOCUMENT = func.json_build_object(
    "id",
    _C.id,
    "at",
    time_in_json(_C.at),
    "integrationId",
    _C.integration_id,
    "platform",
    _C.platform,
    "direction",
    _C.direction,
    "kind",
    _C.kind,
    "outcome",
    _C.outcome,
    "httpStatus",
    _C.http_status,
    "latencyMs",
    _C.latency_ms,
    "requestId",
    _C.request_id,
    "peer",
    _C.peer,
    "items",
    _C["items"],
    "error",
    case((_C.error_code.is_not(None), _ERROR)),
)
_CONDITIONS: dict[str, ColumnElement[bool]] = {
    "platform": _C.platform == param("platform", Text),
    "direction": _C.direction == param("direction", Text),
    "outcome": _C.outcome == param("outcome", Text),
    "since": _C.at >= param("since", MOMENT),
    "until": _C.at < param("until", MOMENT),
    "peers": _C.peer == func.any(array("peers", Text)),
    "integrations": _C.integration_id == func.any(array("integrations", Uuid)),
    "after_at": tuple_(_C.at, _C.id) < tuple_(param("after_at", MOMENT), param("after_id", Uuid)),
}


def _last(direction: Direction) -> ColumnElement[Any]:
    of_integration = (_C.company_id == HERE) & (_C.integration_id == param("integration_id", Uuid))
    taken = (_C.direction == direction.value) & (_C.outcome == CallOutcome.OK.value)
    return select(func.max(_C.at)).where(of_integration, taken).scalar_subquery()


LAST = within_company(select(_last(Direction.IN).label("inbound_at"), _last(Direction.OUT).label("outbound_at")))


@cache
def page(conditions: frozenset[str]) -> Statement:
    """The statement for a list with these conditions."""
    where = [_CONDITIONS[name] for name in sorted(conditions) if name in _CONDITIONS]
    listed = select(cast(_DOCUMENT, Text).label("document"), _C.at, _C.id).where(_C.company_id == HERE, *where)
    return paged(listed, "at", "id")


class PostgresCallReads(CallReads):
    """The server writes the JSON."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(self, company_id: CompanyId, *, where: CallFilter, after: Cursor | None, limit: int) -> JsonPage:
        place = place_in(after, after_at=moment_of, after_id=UUID) if after else {}
        values: dict[str, Any] = {
            "platform": where.platform,
            "direction": where.direction,
            "outcome": where.outcome,
            "since": where.since,
            "until": where.until,
            "peers": where.peers if where.peers is None else list(where.peers),
            "integrations": where.integrations if where.integrations is None else list(where.integrations),
            **place,
        }
        given = {name: value for name, value in values.items() if value is not None}
        async with self._database.single() as session:
            (row,) = await session.fetch(page(frozenset(given)), company_id=company_id, limit=limit, **given)
        return page_in(row, "at", "id")

    async def last(self, company_id: CompanyId, integration_id: IntegrationId) -> LastCalls:
        async with self._database.single() as session:
            (row,) = await session.fetch(LAST, company_id=company_id, integration_id=integration_id)
        return LastCalls(**row)
