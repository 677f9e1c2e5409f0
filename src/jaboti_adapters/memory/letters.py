"""Dead letters."""

from collections.abc import Sequence
from functools import partial
from uuid import UUID

import msgspec
from attrs import frozen

from jaboti_adapters.documents import letter_document
from jaboti_adapters.memory.entries import EntryRow
from jaboti_adapters.memory.store import MemoryStore
from jaboti_adapters.memory.transaction import Transaction
from jaboti_domain.integration.errors import DeadLetterNotDead, DeadLetterNotFound
from jaboti_domain.integration.letters import DeadLetter, entry_in
from jaboti_domain.integration.ports.journal import Outcome
from jaboti_domain.integration.ports.stores import DeadLetterRepository
from jaboti_domain.integration.queries import DeadLetterReads
from jaboti_domain.kernel.errors import InvalidCursor
from jaboti_domain.kernel.ids import CompanyId
from jaboti_domain.kernel.paging import Cursor, JsonPage


@frozen
class MemoryDeadLetters(DeadLetterRepository):
    """Of one unit of work."""

    _transaction: Transaction

    async def get(self, letter_id: UUID) -> DeadLetter:
        company_id, store = self._transaction.company_id, self._transaction.store
        entry_id = entry_in(company_id, letter_id)
        await self._transaction.lock("letter", [letter_id])
        row = None if entry_id is None else store.entries.row(company_id, entry_id)
        if row is None:
            raise DeadLetterNotFound()
        if row.outcome is not Outcome.DEAD:
            raise DeadLetterNotDead()
        return _letter(store, row)

    async def replay(self, letter: DeadLetter) -> None:
        entries, clock = self._transaction.store.entries, self._transaction.store.clock
        self._transaction.then(lambda: entries.revive(letter.company_id, letter.entry_id, at=clock()))

    async def done(self, letter: DeadLetter, *, reason: str) -> None:
        entries = self._transaction.store.entries
        self._transaction.then(partial(entries.bury, letter.company_id, letter.entry_id, reason=reason))


@frozen
class MemoryDeadLetterReads(DeadLetterReads):
    """Always of this moment."""

    _store: MemoryStore

    async def page(self, company_id: CompanyId, *, after: Cursor | None, limit: int) -> JsonPage:
        end = _id_in(after) if after else None
        rows = [row for row in self._dead(company_id) if end is None or row.entry.id < end]
        following = Cursor([str(rows[limit - 1].entry.id)]) if len(rows) > limit else None
        letters = [letter_document(_letter(self._store, row), size=len(row.entry.raw)) for row in rows[:limit]]
        return JsonPage(msgspec.json.encode(letters), following)

    def _dead(self, company_id: CompanyId) -> Sequence[EntryRow]:
        return sorted(self._store.entries.dead(company_id), key=lambda row: -row.entry.id)


def _letter(store: MemoryStore, row: EntryRow) -> DeadLetter:
    entry = row.entry
    return DeadLetter(
        entry_id=entry.id,
        company_id=entry.company_id,
        integration_id=entry.integration_id,
        platform=store.integrations.rows[entry.integration_id].platform,
        event_key=entry.event_key,
        raw=entry.raw,
        received_at=entry.received_at,
        attempts=entry.attempts,
        reason=row.reason,
    )


def _id_in(cursor: Cursor) -> int:
    try:
        (entry_id,) = cursor.key
        return int(entry_id)
    except ValueError as error:
        raise InvalidCursor() from error
