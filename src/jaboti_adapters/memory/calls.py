"""The call log."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from attrs import frozen

from jaboti_adapters.documents import call_document
from jaboti_adapters.memory.store import MemoryStore
from jaboti_domain.integration.calls import Call, CallOutcome, Direction, LastCalls
from jaboti_domain.integration.ports.stores import CallLog
from jaboti_domain.integration.queries import CallFilter, CallReads
from jaboti_domain.kernel.errors import InvalidCursor
from jaboti_domain.kernel.ids import CompanyId, IntegrationId
from jaboti_domain.kernel.paging import Cursor, JsonPage

KEPT = 10_000
"""Calls of a company: there is room in a process for so many."""


@frozen
class MemoryCallLog(CallLog):
    """Kept at once; beyond so many, the oldest make room."""

    _store: MemoryStore

    @property
    def dropped(self) -> int:
        return 0

    def note(self, call: Call) -> None:
        calls = self._store.calls.setdefault(call.company_id, [])
        calls.append(call)
        if len(calls) > 2 * KEPT:
            del calls[:-KEPT]

    async def flush(self) -> None:
        """Everything is kept already."""

    async def forget(self, company_id: CompanyId, *, before: datetime, at_most: int = 10_000) -> int:
        old = {call.id for call in _oldest_first(self._store, company_id) if call.at < before}
        gone = set(sorted(old)[:at_most])
        self._store.calls[company_id] = [call for call in _oldest_first(self._store, company_id) if call.id not in gone]
        return len(gone)


@frozen
class MemoryCallReads(CallReads):
    """Always of this moment."""

    _store: MemoryStore

    async def page(self, company_id: CompanyId, *, where: CallFilter, after: Cursor | None, limit: int) -> JsonPage:
        end = _place_in(after) if after else None
        calls = [
            call
            for call in reversed(_oldest_first(self._store, company_id))
            if (end is None or _place(call) < end) and _holds(call, where)
        ]
        last = calls[limit - 1] if len(calls) > limit else None
        following = Cursor([last.at.isoformat(), str(last.id)]) if last else None
        return JsonPage(msgspec.json.encode(list(map(call_document, calls[:limit]))), following)

    async def last(self, company_id: CompanyId, integration_id: IntegrationId) -> LastCalls:
        taken = [
            call
            for call in _oldest_first(self._store, company_id)
            if call.integration_id == integration_id and call.outcome is CallOutcome.OK
        ]
        newest = {call.direction: call.at for call in taken}
        return LastCalls(inbound_at=newest.get(Direction.IN), outbound_at=newest.get(Direction.OUT))


def _oldest_first(store: MemoryStore, company_id: CompanyId) -> Sequence[Call]:
    return sorted(store.calls.get(company_id, ()), key=_place)


def _holds(call: Call, where: CallFilter) -> bool:
    return (
        where.platform in (None, call.platform)
        and where.direction in (None, call.direction)
        and where.outcome in (None, call.outcome)
        and (where.since is None or call.at >= where.since)
        and (where.until is None or call.at < where.until)
        and (where.peers is None or call.peer in where.peers)
        and (where.integrations is None or call.integration_id in where.integrations)
    )


def _place(call: Call) -> tuple[datetime, UUID]:
    return call.at, call.id


def _place_in(cursor: Cursor) -> tuple[datetime, UUID]:
    try:
        at, call_id = cursor.key
        moment, place = datetime.fromisoformat(at), UUID(call_id)
    except ValueError as error:
        raise InvalidCursor() from error
    if moment.tzinfo is None:
        raise InvalidCursor()
    return moment, place
