"""A file: uploaded to be sent, or on its way to us from a platform."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

from attrs import define, evolve, field, frozen
from attrs.setters import frozen as frozen_field

from jaboti_domain.integration.content import MediaFile
from jaboti_domain.kernel.actor import Actor
from jaboti_domain.kernel.events import Aggregate, Named
from jaboti_domain.kernel.ids import CompanyId, IntegrationId, MediaId, MessageId, new_id
from jaboti_domain.media.errors import (
    EmptyMedia,
    MediaLost,
    MediaPending,
    MediaTypeMismatch,
    NoSuchMedia,
    OversizedMedia,
    UnfitMedia,
)
from jaboti_domain.media.limits import LIMITS, STILL_STICKER, MediaType, natural_type
from jaboti_domain.media.names import clean_name
from jaboti_domain.media.types import OPUS, is_animated, type_of

HANDLES_LAST = timedelta(days=29)
"""WhatsApp keeps what it is given for 30 days."""


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


@frozen(kw_only=True)
class Handle:
    """What a platform calls a file that we gave it, for one account and for a while."""

    integration_id: IntegrationId
    provider_id: str
    until: datetime


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
    integration_id: IntegrationId | None = field(default=None, on_setattr=frozen_field)
    """Through what it came, with the message `message_id`; None for what was uploaded."""
    message_id: MessageId | None = field(default=None, on_setattr=frozen_field)
    attempts: int = 0
    """How often it was fetched. It fences off whoever held it before."""
    due_at: datetime | None = None
    """When it is to be fetched (again)."""
    handles: Sequence[Handle] = ()

    @classmethod
    def expected(
        cls,
        media_id: MediaId,
        file: MediaFile,
        *,
        company_id: CompanyId,
        integration_id: IntegrationId,
        message_id: MessageId,
        at: datetime,
    ) -> Self:
        """A client's message came, and its file has to be fetched."""
        return cls(
            id=media_id,
            company_id=company_id,
            state=MediaState.PENDING,
            mime_type=file.mime_type,
            size=file.size,
            filename=clean_name(file.filename),
            created_at=at,
            integration_id=integration_id,
            message_id=message_id,
            due_at=at,
        )

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

    def is_held_by(self, attempt: int) -> bool:
        """Whether it is still to come, and nobody has taken it over since this attempt."""
        return self.state is MediaState.PENDING and self.attempts == attempt

    def arrived(self, stored: StoredFile, *, declared: str | None, filename: str | None) -> None:
        """Its bytes are here. What they are, they say themselves, whatever they were declared to be."""
        try:
            self.mime_type = type_of(stored.head, declared=declared)
        except MediaTypeMismatch:
            self.mime_type = type_of(stored.head)
        self.state, self.due_at = MediaState.READY, None
        self.sha256, self.size, self.animated = stored.sha256, stored.size, is_animated(stored.head)
        self.filename = self.filename or clean_name(filename)

    def lost(self) -> None:
        """It will never be here."""
        self.state, self.due_at = MediaState.FAILED, None

    def shown_in(self, file: MediaFile) -> MediaFile:
        """A message's file, as it stands with it now."""
        if self.state is not MediaState.READY:
            return evolve(file, state=self.state.value)
        return evolve(
            file, state=None, mime_type=self.mime_type, size=self.size, sha256=self.sha256, filename=self.filename
        )

    def handed_over(self, integration_id: IntegrationId, provider_id: str, *, at: datetime) -> None:
        """A platform has it now under this name, for the messages of this account."""
        others = (each for each in self.handles if each.integration_id != integration_id and each.until > at)
        self.handles = (
            *others,
            Handle(integration_id=integration_id, provider_id=provider_id, until=at + HANDLES_LAST),
        )

    def handle(self, integration_id: IntegrationId, *, at: datetime) -> str | None:
        """What the platform calls it, if it has it still."""
        good = (h for h in self.handles if h.integration_id == integration_id and h.until > at)
        return next((handle.provider_id for handle in good), None)

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
            voice=kind is MediaType.AUDIO and mime_type == OPUS,
        )
