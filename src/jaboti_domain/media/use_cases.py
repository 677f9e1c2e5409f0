"""Bringing files, and looking at them."""

from collections.abc import AsyncGenerator, AsyncIterable, Callable

from attrs import frozen

from jaboti_domain.kernel.actor import Actor, Operation
from jaboti_domain.kernel.errors import Unavailable
from jaboti_domain.kernel.ids import CompanyId, MediaId
from jaboti_domain.kernel.ports import Clock
from jaboti_domain.media.model import Media, StoredFile
from jaboti_domain.media.ports import MediaFiles, MediaReads, MediaUnitOfWork


@frozen(kw_only=True)
class StoreBytes:
    """The first half of an upload: the bytes are safe, and nobody knows of them yet."""

    media_files: MediaFiles

    async def __call__(self, actor: Actor, pieces: AsyncIterable[bytes]) -> StoredFile:
        """Whatever `pieces` raises is passed on, and leaves nothing."""
        actor.must(Operation.UPLOAD_MEDIA)
        return await self.media_files.put(actor.company_id, pieces)


@frozen(kw_only=True)
class AddMedia:
    """The second half: what was stored is a file of the company's that can be sent."""

    new_uow: Callable[[CompanyId], MediaUnitOfWork]
    clock: Clock

    async def __call__(
        self, actor: Actor, *, stored: StoredFile, declared: str | None = None, filename: str | None = None
    ) -> Media:
        """Raises EmptyMedia, MediaTypeMismatch."""
        actor.must(Operation.UPLOAD_MEDIA)
        media = Media.uploaded(actor, stored, declared=declared, filename=filename, at=self.clock())
        async with self.new_uow(actor.company_id) as uow:
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
