"""Merges of clients."""

from attrs import evolve, frozen

from jaboti_adapters.memory.transaction import Transaction
from jaboti_domain.client.merging import Merge
from jaboti_domain.client.ports import MergeRepository
from jaboti_domain.kernel.ids import ClientId


@frozen
class MemoryMerges(MergeRepository):
    """Of one unit of work."""

    _transaction: Transaction

    async def find_last(self, client_id: ClientId, absorbed_id: ClientId) -> Merge | None:
        pair = (self._transaction.company_id, client_id, absorbed_id)
        rows = await self._transaction.locked("merge", lambda: self._of(pair))
        last = max(rows, key=lambda row: (row.at, row.id), default=None)
        return evolve(last) if last else None

    async def save(self, *merges: Merge) -> None:
        for merge in merges:
            self._transaction.save(self._transaction.store.merges, merge.id, merge)

    def _of(self, pair: tuple[object, ...]) -> list[Merge]:
        return [row for row in self._transaction.store.merges.where("pair", pair) if row.undone_at is None]
