"""What may be sent as what."""

import pytest
from attrs import evolve

from jaboti_adapters.contracts.builders import a_company, a_membership, a_user, an_actor, now
from jaboti_domain.media.errors import (
    EmptyMedia,
    MediaLost,
    MediaPending,
    MediaTypeMismatch,
    NoSuchMedia,
    OversizedMedia,
    UnfitMedia,
)
from jaboti_domain.media.limits import MIB, MediaType
from jaboti_domain.media.model import Media, MediaState, StoredFile
from tests.unit.media.samples import ANIMATED, HTML, JPEG, MP3, MP4, PDF, PNG, STICKER, TYPES, VOICE

ANA = an_actor(a_membership(a_company().id, a_user()))


def uploaded(head: bytes, *, size: int | None = None, declared: str | None = None, name: str | None = "a.bin") -> Media:
    stored = StoredFile(sha256="0" * 64, size=len(head) if size is None else size, head=head)
    return Media.uploaded(ANA, stored, declared=declared, filename=name, at=now())


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (PNG, "image"),
        (JPEG, "image"),
        (MP4, "video"),
        (VOICE, "audio"),
        (MP3, "audio"),
        (STICKER, "sticker"),
        (PDF, "document"),
        (HTML, "document"),
        (TYPES["gif"][0], "document"),
        (TYPES["vorbis"][0], "document"),
    ],
)
def test_a_file_is_shown_as_files_of_its_type_usually_are(head: bytes, kind: str) -> None:
    file = uploaded(head).attached(None)
    assert (file.type, file.size, file.filename) == (kind, len(head), "a.bin")


@pytest.mark.parametrize(
    ("head", "kind", "largest"),
    [
        (PNG, MediaType.IMAGE, 5 * MIB),
        (MP4, MediaType.VIDEO, 16 * MIB),
        (VOICE, MediaType.AUDIO, 16 * MIB),
        (PNG, MediaType.DOCUMENT, 100 * MIB),
        (STICKER, MediaType.STICKER, 100 * 1024),
        (ANIMATED, MediaType.STICKER, 500 * 1024),
    ],
)
def test_it_may_be_as_large_as_the_channel_takes(head: bytes, kind: MediaType, largest: int) -> None:
    assert uploaded(head, size=largest).attached(kind).type == kind
    with pytest.raises(OversizedMedia):
        uploaded(head, size=largest + 1).attached(kind)


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (PDF, MediaType.IMAGE),
        (HTML, MediaType.IMAGE),
        (TYPES["gif"][0], MediaType.IMAGE),
        (STICKER, MediaType.IMAGE),
        (PNG, MediaType.STICKER),
        (TYPES["vorbis"][0], MediaType.AUDIO),
        (MP3, MediaType.VIDEO),
    ],
)
def test_what_the_channel_does_not_take_is_refused(head: bytes, kind: MediaType) -> None:
    with pytest.raises(UnfitMedia):
        uploaded(head).attached(kind)


def test_nothing_is_no_file_and_what_pretends_is_refused() -> None:
    with pytest.raises(EmptyMedia):
        uploaded(b"")
    with pytest.raises(MediaTypeMismatch):
        uploaded(HTML, declared="image/jpeg")


def test_what_has_not_arrived_can_neither_be_read_nor_sent() -> None:
    pending = evolve(uploaded(PNG), state=MediaState.PENDING)
    failed = evolve(uploaded(PNG), state=MediaState.FAILED)
    with pytest.raises(MediaPending):
        pending.content()
    with pytest.raises(MediaPending):
        pending.attached(None)
    with pytest.raises(MediaLost):
        failed.content()
    with pytest.raises(NoSuchMedia):
        failed.attached(None)
