"""Files: what is known of them, and their bytes."""

import hashlib
from collections.abc import AsyncGenerator, AsyncIterable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from attrs import evolve, field, frozen

from jaboti_adapters.clock import SystemClock
from jaboti_adapters.memory.store import MemoryStore
from jaboti_adapters.memory.transaction import Transaction
from jaboti_domain.kernel.errors import Unavailable
from jaboti_domain.kernel.ids import CompanyId, IntegrationId, MediaId
from jaboti_domain.kernel.ports import Clock
from jaboti_domain.media.errors import MediaNotFound
from jaboti_domain.media.model import Media, MediaState, StoredFile
from jaboti_domain.media.ports import MediaAccount, MediaFiles, MediaQueue, MediaReads, MediaRepository
from jaboti_domain.media.types import HEAD

PIECE = 64 * 1024


@frozen
class MemoryMedia(MediaRepository):
    """Of one unit of work."""

    _transaction: Transaction

    async def find(self, media_ids: Collection[MediaId]) -> Mapping[MediaId, Media]:
        media, company_id = self._transaction.store.media, self._transaction.company_id

        def own() -> list[Media]:
            return [row for row in map(media.get, media_ids) if row and row.company_id == company_id]

        return {row.id: evolve(row) for row in await self._transaction.locked("media", own)}

    async def peek(self, media_id: MediaId) -> Media | None:
        row = self._transaction.store.media.get(media_id)
        return evolve(row) if row and row.company_id == self._transaction.company_id else None

    async def claim(
        self, *, at_most: int, lease: timedelta, passing_over: Collection[IntegrationId] = ()
    ) -> Sequence[Media]:
        store, claimed, at = self._transaction.store, list[Media](), self._transaction.store.clock()
        for row in _due(store, self._transaction.company_id, at):
            key = ("media", row.company_id, row.id)
            if len(claimed) < at_most and row.integration_id not in passing_over and store.locks.is_free(key):
                self._transaction.try_lock(key)
                taken = evolve(row, attempts=row.attempts + 1, due_at=at + lease)
                self._transaction.save(store.media, row.id, taken)
                claimed.append(taken)
        return claimed

    async def hold(self, sha256: str) -> None:
        await self._transaction.lock("content", [sha256])

    async def needed(self, hashes: Collection[str]) -> Collection[str]:
        return {row.sha256 for row in self._rows() if row.sha256 in hashes and row.sha256 is not None}

    async def remove_unused(
        self, *, created_before: datetime, after: MediaId | None, at_most: int
    ) -> tuple[Collection[str], MediaId | None]:
        store = self._transaction.store
        following = [row for row in sorted(self._rows(), key=lambda row: row.id) if after is None or row.id > after]
        looked = following[:at_most]
        unused = [row for row in looked if row.created_at < created_before and not _is_carried(store, row.id)]
        for row in unused:
            self._transaction.then(partial(store.media.drop, row.id))
        return {row.sha256 for row in unused if row.sha256 is not None}, looked[-1].id if looked else None

    def _rows(self) -> list[Media]:
        return [row for row in self._transaction.store.media.rows.values() if self._is_own(row)]

    def _is_own(self, row: Media) -> bool:
        return row.company_id == self._transaction.company_id

    async def save(self, *media: Media) -> None:
        for each in media:
            self._transaction.save(self._transaction.store.media, each.id, each)


@frozen
class MemoryMediaQueue(MediaQueue):
    """Always of this moment."""

    _store: MemoryStore

    async def companies_waiting(self, *, limit: int) -> Sequence[CompanyId]:
        at, companies = self._store.clock(), {row.company_id for row in self._store.media.rows.values()}
        due = [rows[0] for company_id in companies if (rows := _due(self._store, company_id, at))]
        return [row.company_id for row in sorted(due, key=_turn)[:limit]]

    async def account(self) -> MediaAccount:
        rows = [row for row in self._store.media.rows.values() if row.state is MediaState.PENDING]
        return MediaAccount(waiting=len(rows), oldest=min((row.created_at for row in rows), default=None))


@frozen
class MemoryMediaReads(MediaReads):
    """Always of this moment."""

    _store: MemoryStore

    async def one(self, company_id: CompanyId, media_id: MediaId) -> Media:
        row = self._store.media.get(media_id)
        if row is None or row.company_id != company_id:
            raise MediaNotFound()
        return evolve(row)


def _is_carried(store: MemoryStore, media_id: MediaId) -> bool:
    files = (row.message.content.file for row in store.messages.rows.values())
    return any(file is not None and file.media_id == str(media_id) for file in files)


def _due(store: MemoryStore, company_id: CompanyId, at: datetime) -> list[Media]:
    rows = (row for row in store.media.rows.values() if row.company_id == company_id)
    return sorted((r for r in rows if r.state is MediaState.PENDING and r.due_at and r.due_at <= at), key=_turn)


def _turn(row: Media) -> tuple[object, ...]:
    return row.due_at, row.id


@frozen
class MemoryMediaFiles(MediaFiles):
    """Bytes in this process."""

    clock: Clock = field(factory=SystemClock)
    _kept: dict[tuple[CompanyId, str], tuple[bytes, datetime]] = field(factory=dict, init=False)

    async def put(self, company_id: CompanyId, pieces: AsyncIterable[bytes]) -> StoredFile:
        content = b"".join([piece async for piece in pieces])
        sha256 = hashlib.sha256(content).hexdigest()
        self._kept[(company_id, sha256)] = (content, self.clock())
        return StoredFile(sha256=sha256, size=len(content), head=content[:HEAD])

    async def read(
        self, company_id: CompanyId, sha256: str, *, start: int = 0, end: int | None = None
    ) -> AsyncGenerator[bytes, None]:
        if (company_id, sha256) not in self._kept:
            raise Unavailable()
        content = self._kept[(company_id, sha256)][0][start:end]
        for place in range(0, len(content), PIECE):
            yield content[place : place + PIECE]

    async def size(self, company_id: CompanyId, sha256: str) -> int | None:
        kept = self._kept.get((company_id, sha256))
        return len(kept[0]) if kept else None

    async def delete(self, company_id: CompanyId, sha256: str, *, unless_since: datetime | None = None) -> bool:
        kept = self._kept.get((company_id, sha256))
        if kept is None or (unless_since is not None and kept[1] >= unless_since):
            return False
        del self._kept[(company_id, sha256)]
        return True

    async def older_than(self, company_id: CompanyId, moment: datetime) -> AsyncGenerator[str, None]:
        for (owner, sha256), (_, at) in list(self._kept.items()):
            if owner == company_id and at < moment:
                yield sha256
