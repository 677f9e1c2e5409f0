"""What files need from outside."""

from collections.abc import AsyncGenerator, AsyncIterable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from attrs import frozen

from jaboti_domain.kernel.ids import CompanyId, IntegrationId, MediaId
from jaboti_domain.kernel.ports import UnitOfWork
from jaboti_domain.media.model import Media, StoredFile


class MediaRepository(Protocol):
    """What a company knows of its files."""

    async def find(self, media_ids: Collection[MediaId]) -> Mapping[MediaId, Media]:
        """Those that exist, locked."""
        ...

    async def peek(self, media_id: MediaId) -> Media | None:
        """As it is now; not locked."""
        ...

    async def claim(
        self, *, at_most: int, lease: timedelta, passing_over: Collection[IntegrationId] = ()
    ) -> Sequence[Media]:
        """Files that are due to be fetched and in nobody else's hands, longest waiting first; one more attempt each.

        At the commit they belong to the claimer for as long as the lease; then they fall due again by themselves. Those
        of integrations that are to be passed over are left alone.
        """
        ...

    async def hold(self, sha256: str) -> None:
        """Nobody else who holds this content adds or drops it until the unit ends."""
        ...

    async def needed(self, hashes: Collection[str]) -> Collection[str]:
        """Those of the contents that some file of the company has."""
        ...

    async def remove_unused(
        self, *, created_before: datetime, after: MediaId | None, at_most: int
    ) -> tuple[Collection[str], MediaId | None]:
        """Look at so many files in the order of their ids; those from before that no message carries are gone.

        Returns their contents, and the last file that was looked at; None: there are no more.
        """
        ...

    async def save(self, *media: Media) -> None:
        """Keep them at the commit, before the messages that refer to them."""
        ...


class MediaUnitOfWork(UnitOfWork, Protocol):
    """What the use cases of files open."""

    @property
    def media(self) -> MediaRepository: ...


@frozen(kw_only=True)
class MediaAccount:
    """How many files have still to come, and since when the first of them has."""

    waiting: int
    oldest: datetime | None


class MediaQueue(Protocol):
    """What is to be fetched, of all companies."""

    async def companies_waiting(self, *, limit: int) -> Sequence[CompanyId]:
        """Companies with files that are due, longest waiting first."""
        ...

    async def account(self) -> MediaAccount:
        """Of all companies."""
        ...


class MediaReads(Protocol):
    """Reads of what is known of files."""

    async def one(self, company_id: CompanyId, media_id: MediaId) -> Media:
        """As it is now. Raises MediaNotFound."""
        ...


class MediaFiles(Protocol):
    """The bytes of files, by company and by the SHA-256 of their content in lower-case hexadecimal.

    Of each content a company has one copy, and no company sees another's. Nothing of a file is held in memory but the
    piece that is at hand. Whatever goes wrong with the storage itself is Unavailable.
    """

    async def put(self, company_id: CompanyId, pieces: AsyncIterable[bytes]) -> StoredFile:
        """Store it for good: after a crash it is whole or not there. What is there already becomes as young as new.

        When `pieces` raises, nothing is stored, and the error is passed on.
        """
        ...

    def read(
        self, company_id: CompanyId, sha256: str, *, start: int = 0, end: int | None = None
    ) -> AsyncGenerator[bytes, None]:
        """The bytes from `start` until just before `end` (None: all the rest). Raises Unavailable when it is gone."""
        ...

    async def size(self, company_id: CompanyId, sha256: str) -> int | None:
        """How many bytes it has; None when it is not there."""
        ...

    async def delete(self, company_id: CompanyId, sha256: str, *, unless_since: datetime | None = None) -> bool:
        """Let it be gone, unless it was stored (again) since then; returns whether it is gone now, and was there."""
        ...

    def older_than(self, company_id: CompanyId, moment: datetime) -> AsyncGenerator[str, None]:
        """The hashes of what was stored before this moment, in no order; what was never finished is cleared away."""
        ...
