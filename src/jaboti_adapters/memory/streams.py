"""The companies' streams of events."""

from collections.abc import Sequence

from attrs import frozen

from jaboti_adapters.memory.store import MemoryStore
from jaboti_domain.kernel.events import Position, Recorded
from jaboti_domain.kernel.ids import CompanyId
from jaboti_domain.kernel.ports import EventStream


@frozen
class MemoryEventStream(EventStream):
    """Of all companies; they begin anew, in another epoch, with each store."""

    _store: MemoryStore

    async def head(self, company_id: CompanyId) -> Position:
        return Position(epoch=self._store.epoch, seq=self._store.history_of(company_id).seq)

    async def after(self, company_id: CompanyId, seq: int, *, limit: int) -> Sequence[Recorded] | None:
        return self._store.history_of(company_id).after(seq, limit)
