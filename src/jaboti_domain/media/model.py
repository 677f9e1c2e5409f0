"""A file: uploaded to be sent, or on its way to us from a platform."""

from datetime import datetime
from enum import StrEnum
from typing import Self

from attrs import define, field, frozen
from attrs.setters import frozen as frozen_field

from jaboti_domain.integration.content import MediaFile
from jaboti_domain.kernel.actor import Actor
from jaboti_domain.kernel.events import Aggregate, Named
from jaboti_domain.kernel.ids import CompanyId, MediaId, new_id
from jaboti_domain.media.errors import (
    EmptyMedia,
    MediaLost,
    MediaPending,
    NoSuchMedia,
    OversizedMedia,
    UnfitMedia,
)
from jaboti_domain.media.limits import LIMITS, STILL_STICKER, MediaType, natural_type
from jaboti_domain.media.names import clean_name
from jaboti_domain.media.types import is_animated, type_of


class MediaState(StrEnum):
    """Whether the bytes are here."""

    PENDING = "PENDING"
    READY = "READY"
    FAILED = "FAILED"


@frozen(kw_only=True)
class StoredFile:
    """Bytes as they were stored: by the hash of their content (SHA-256, hexadecimal); `head` is how they begin."""

    sha256: str
    size: int
    head: bytes = field(repr=False)


@define(kw_only=True)
class Media(Aggregate):
    """One file of a company. Equal contents are stored once, and known under as many ids as they came."""

    id: MediaId = field(on_setattr=frozen_field)
    company_id: CompanyId = field(on_setattr=frozen_field)
    state: MediaState
    mime_type: str | None = None
    """What the content is; of what has not arrived, what the platform says that it is."""
    size: int | None = None
    sha256: str | None = None
    filename: str | None = None
    animated: bool = False
    uploaded_by: Named | None = field(default=None, on_setattr=frozen_field)
    created_at: datetime = field(on_setattr=frozen_field)

    @classmethod
    def uploaded(
        cls, actor: Actor, stored: StoredFile, *, declared: str | None, filename: str | None, at: datetime
    ) -> Self:
        """An attendant brought it. Raises EmptyMedia, MediaTypeMismatch."""
        if not stored.size:
            raise EmptyMedia()
        return cls(
            id=MediaId(new_id()),
            company_id=actor.company_id,
            state=MediaState.READY,
            mime_type=type_of(stored.head, declared=declared),
            size=stored.size,
            sha256=stored.sha256,
            filename=clean_name(filename),
            animated=is_animated(stored.head),
            uploaded_by=Named(actor.user_id, actor.name),
            created_at=at,
        )

    def content(self) -> tuple[str, int]:
        """The hash and size of what can be read. Raises MediaPending, MediaLost."""
        if self.state is MediaState.PENDING:
            raise MediaPending()
        if self.state is MediaState.FAILED or self.sha256 is None or self.size is None:
            raise MediaLost()
        return self.sha256, self.size

    def attached(self, kind: MediaType | None) -> MediaFile:
        """The file as a message carries it, shown as `kind`, or else as files of its type usually are.

        Raises MediaPending, NoSuchMedia (of what never arrived), UnfitMedia, OversizedMedia.
        """
        try:
            sha256, size = self.content()
        except MediaLost:
            raise NoSuchMedia() from None
        mime_type = self.mime_type or ""
        kind = kind or natural_type(mime_type)
        limit = LIMITS[kind] if kind is not MediaType.STICKER or self.animated else STILL_STICKER
        if limit.types is not None and mime_type not in limit.types:
            raise UnfitMedia(given=mime_type, expected=sorted(limit.types))
        if size > limit.size:
            raise OversizedMedia(limit=limit.size)
        return MediaFile(
            type=kind.value,
            media_id=str(self.id),
            mime_type=mime_type,
            sha256=sha256,
            size=size,
            filename=self.filename,
        )
