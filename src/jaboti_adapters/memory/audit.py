"""The audit log."""

from collections.abc import Sequence
from functools import partial
from uuid import UUID

import msgspec
from attrs import evolve, frozen

from jaboti_adapters.memory.store import MemoryStore
from jaboti_adapters.memory.transaction import Transaction
from jaboti_adapters.showing import time_shown
from jaboti_domain.audit.model import Entry, Head, Seal, entry_after
from jaboti_domain.audit.ports import AuditChains
from jaboti_domain.audit.queries import AuditFilter, AuditReads
from jaboti_domain.kernel.deeds import Deed
from jaboti_domain.kernel.errors import InvalidCursor
from jaboti_domain.kernel.ids import CompanyId
from jaboti_domain.kernel.paging import Cursor, JsonPage
from jaboti_domain.kernel.ports import AuditTrail


@frozen
class MemoryAuditTrail(AuditTrail):
    """Of one unit of work."""

    _transaction: Transaction
    _seal: Seal

    async def add(self, *deeds: Deed) -> None:
        for deed in deeds:
            self._transaction.then(partial(self._add, deed))

    async def forget(self, *, subject: str, subject_id: UUID) -> None:
        self._transaction.then(partial(self._forget, subject, subject_id))

    def _add(self, deed: Deed) -> None:
        store, company_id = self._transaction.store, self._transaction.company_id
        entry = entry_after(store.audit_heads.get(company_id), deed, company_id=company_id, seal=self._seal)
        store.audit_entries.setdefault(company_id, []).append(entry)
        store.audit_heads[company_id] = Head.of(company_id, seq=entry.seq, last=entry.seal, seal=self._seal)

    def _forget(self, subject: str, subject_id: UUID) -> None:
        entries = self._transaction.store.audit_entries.get(self._transaction.company_id, [])
        for place, entry in enumerate(entries):
            if (entry.deed.subject, entry.deed.subject_id) == (subject, subject_id):
                deed = evolve(entry.deed, before=None, after=None)
                entries[place] = evolve(entry, deed=deed, details=None)


@frozen
class MemoryAuditChains(AuditChains):
    """As they are."""

    _store: MemoryStore

    async def head(self, company_id: CompanyId) -> Head | None:
        return self._store.audit_heads.get(company_id)

    async def entries(self, company_id: CompanyId, *, after: int, limit: int) -> Sequence[Entry]:
        entries = self._store.audit_entries.get(company_id, [])
        return [entry for entry in entries if entry.seq > after][:limit]


@frozen
class MemoryAuditReads(AuditReads):
    """Always of this moment."""

    _store: MemoryStore

    async def page(self, company_id: CompanyId, *, where: AuditFilter, after: Cursor | None, limit: int) -> JsonPage:
        end = _seq_in(after) if after else None
        entries = [
            entry
            for entry in reversed(self._store.audit_entries.get(company_id, []))
            if (end is None or entry.seq < end) and _holds(entry.deed, where)
        ]
        shown, goes_on = entries[:limit], len(entries) > limit
        following = Cursor([str(shown[-1].seq)]) if goes_on else None
        return JsonPage(msgspec.json.encode(list(map(_shown, shown))), following)


def _holds(deed: Deed, where: AuditFilter) -> bool:
    return (
        where.actor_id in (None, deed.actor_id)
        and where.action in (None, deed.action)
        and where.subject_id in (None, deed.subject_id)
        and (where.since is None or deed.at >= where.since)
        and (where.until is None or deed.at < where.until)
    )


def _seq_in(cursor: Cursor) -> int:
    try:
        (seq,) = cursor.key
        return int(seq)
    except ValueError as error:
        raise InvalidCursor() from error


def _shown(entry: Entry) -> dict[str, object]:
    deed = entry.deed
    details = msgspec.json.decode(entry.details.text) if entry.details else {"before": None, "after": None}
    return {
        "id": entry.seq,
        "at": time_shown(deed.at),
        "action": deed.action,
        "actor": {"id": deed.actor_id, "name": deed.actor_name},
        "subject": {"kind": deed.subject, "id": deed.subject_id},
        "before": details["before"],
        "after": details["after"],
        "address": deed.address,
        "forgotten": entry.details is None,
    }
