"""Reads of the audit log, for screens."""

from functools import cache
from typing import Any

from sqlalchemy import JSON, BigInteger, ColumnElement, DateTime, Text, Uuid, cast, func, select

from jaboti_adapters.postgres.engine import Database
from jaboti_adapters.postgres.queries.paging import page_in, paged, place_in
from jaboti_adapters.postgres.queries.scope import HERE
from jaboti_adapters.postgres.queries.times import time_in_json
from jaboti_adapters.postgres.statements import Statement, param
from jaboti_adapters.postgres.tables import audit_entry
from jaboti_domain.audit.queries import AuditFilter, AuditReads
from jaboti_domain.kernel.ids import CompanyId
from jaboti_domain.kernel.paging import Cursor, JsonPage

_E = audit_entry.c
_DETAILS = cast(_E.details, JSON)
_DOCUMENT = func.json_build_object(
    "id",
    _E.seq,
    "at",
    time_in_json(_E.at),
    "action",
    _E.action,
    "actor",
    func.json_build_object("id", _E.actor_id, "name", _E.actor_name),
    "subject",
    func.json_build_object("kind", _E.subject, "id", _E.subject_id),
    "before",
    _DETAILS["before"],
    "after",
    _DETAILS["after"],
    "address",
    _E.address,
    "forgotten",
    _E.details.is_(None),
)
_CONDITIONS: dict[str, ColumnElement[bool]] = {
    "actor_id": _E.actor_id == param("actor_id", Uuid),
    "action": _E.action == param("action", Text),
    "since": _E.at >= param("since", DateTime(timezone=True)),
    "subject_id": _E.subject_id == param("subject_id", Uuid),
    "until": _E.at < param("until", DateTime(timezone=True)),
    "after": _E.seq < param("after", BigInteger),
}


@cache
def page(conditions: frozenset[str]) -> Statement:
    """The statement for a list with these conditions."""
    where = [_CONDITIONS[name] for name in sorted(conditions)]
    listed = select(cast(_DOCUMENT, Text).label("document"), _E.seq).where(_E.company_id == HERE, *where)
    return paged(listed, "seq")


class PostgresAuditReads(AuditReads):
    """The server writes the JSON."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(self, company_id: CompanyId, *, where: AuditFilter, after: Cursor | None, limit: int) -> JsonPage:
        values: dict[str, Any] = {
            "actor_id": where.actor_id,
            "action": where.action,
            "since": where.since,
            "until": where.until,
            "subject_id": where.subject_id,
            "after": place_in(after, seq=int)["seq"] if after else None,
        }
        given = {name: value for name, value in values.items() if value is not None}
        async with self._database.single() as session:
            (row,) = await session.fetch(page(frozenset(given)), company_id=company_id, limit=limit, **given)
        return page_in(row, "seq")
