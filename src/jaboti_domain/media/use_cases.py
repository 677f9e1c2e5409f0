"""Bringing files, and looking at them."""

from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Callable, Collection
from datetime import datetime, timedelta

from attrs import frozen

from jaboti_domain.kernel.actor import Actor, Operation
from jaboti_domain.kernel.errors import Invalid, Unavailable
from jaboti_domain.kernel.ids import CompanyId, MediaId
from jaboti_domain.kernel.ports import Clock
from jaboti_domain.media.model import Media, StoredFile
from jaboti_domain.media.ports import MediaFiles, MediaReads, MediaUnitOfWork

UNSENT_AFTER = timedelta(days=7)
"""How long what was brought may wait to be sent."""
STRAY_AFTER = timedelta(days=1)
"""How old bytes of which nobody knows have to be: what is being brought is younger."""
AT_ONCE = 500


@frozen(kw_only=True)
class StoreBytes:
    """The first half of an upload: the bytes are safe, and nobody knows of them yet."""

    media_files: MediaFiles

    async def __call__(self, actor: Actor, pieces: AsyncIterable[bytes]) -> StoredFile:
        """Whatever `pieces` raises is passed on, and leaves nothing."""
        actor.must(Operation.UPLOAD_MEDIA)
        return await self.media_files.put(actor.company_id, pieces)


@frozen(kw_only=True)
class DropContents:
    """Bytes that no file has any more are gone; who brings the same meanwhile finds them, or is told to come again."""

    new_uow: Callable[[CompanyId], MediaUnitOfWork]
    media_files: MediaFiles

    async def __call__(
        self, company_id: CompanyId, hashes: Collection[str], *, unless_since: datetime | None = None
    ) -> int:
        """How many contents are gone; those that were stored (again) since then stay. Raises Unavailable."""
        dropped = 0
        for sha256 in hashes:
            async with self.new_uow(company_id) as uow:
                await uow.media.hold(sha256)
                if not await uow.media.needed([sha256]):
                    dropped += await self.media_files.delete(company_id, sha256, unless_since=unless_since)
        return dropped


@frozen(kw_only=True)
class SweepFiles:
    """What was brought and never sent goes, and what a crash or an erasure left behind."""

    new_uow: Callable[[CompanyId], MediaUnitOfWork]
    media_files: MediaFiles
    drop: DropContents
    clock: Clock
    unsent_after: timedelta = UNSENT_AFTER
    stray_after: timedelta = STRAY_AFTER

    async def __call__(self, company_id: CompanyId) -> int:
        """How many contents are gone. Raises Unavailable."""
        dropped, at = 0, self.clock()
        async for hashes in self._unused(company_id, before=at - self.unsent_after):
            dropped += await self.drop(company_id, hashes)
        strays = self.media_files.older_than(company_id, at - self.stray_after)
        async for hashes in _in_batches(strays):
            dropped += await self._drop_strays(company_id, hashes, since=at - self.stray_after)
        return dropped

    async def _unused(self, company_id: CompanyId, *, before: datetime) -> AsyncIterator[Collection[str]]:
        after: MediaId | None = None
        while True:
            async with self.new_uow(company_id) as uow:
                hashes, after = await uow.media.remove_unused(created_before=before, after=after, at_most=AT_ONCE)
                await uow.commit()
            yield hashes
            if after is None:
                return

    async def _drop_strays(self, company_id: CompanyId, hashes: Collection[str], *, since: datetime) -> int:
        async with self.new_uow(company_id) as uow:
            needed = await uow.media.needed(hashes)
        return await self.drop(company_id, set(hashes) - set(needed), unless_since=since)


@frozen(kw_only=True)
class AddMedia:
    """The second half: what was stored is a file of the company's that can be sent."""

    new_uow: Callable[[CompanyId], MediaUnitOfWork]
    media_files: MediaFiles
    drop: DropContents
    clock: Clock

    async def __call__(
        self, actor: Actor, *, stored: StoredFile, declared: str | None = None, filename: str | None = None
    ) -> Media:
        """Raises EmptyMedia, MediaTypeMismatch; Unavailable when the bytes were cleared away meanwhile."""
        actor.must(Operation.UPLOAD_MEDIA)
        try:
            media = Media.uploaded(actor, stored, declared=declared, filename=filename, at=self.clock())
        except Invalid:
            await self.drop(actor.company_id, [stored.sha256])
            raise
        async with self.new_uow(actor.company_id) as uow:
            await uow.media.hold(stored.sha256)
            if await self.media_files.size(actor.company_id, stored.sha256) != stored.size:
                raise Unavailable()
            await uow.media.save(media)
            await uow.commit()
        return media


@frozen(kw_only=True)
class OpenMedia:
    """Somebody looks at a file."""

    media_reads: MediaReads
    media_files: MediaFiles

    async def __call__(self, actor: Actor, *, media_id: MediaId) -> Media:
        """What is known of it. Raises MediaNotFound, MediaPending, MediaLost; Unavailable when its bytes are gone."""
        actor.must(Operation.READ_MEDIA)
        media = await self.media_reads.one(actor.company_id, media_id)
        sha256, size = media.content()
        if await self.media_files.size(actor.company_id, sha256) != size:
            raise Unavailable()
        return media

    def pieces(self, media: Media, *, start: int = 0, end: int | None = None) -> AsyncGenerator[bytes, None]:
        """Its bytes from `start` until just before `end`."""
        sha256, _ = media.content()
        return self.media_files.read(media.company_id, sha256, start=start, end=end)


async def _in_batches(hashes: AsyncIterator[str]) -> AsyncIterator[Collection[str]]:
    batch = list[str]()
    async for sha256 in hashes:
        batch.append(sha256)
        if len(batch) == AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch
