"""What the channels take as which kind of message."""

from collections.abc import Mapping
from enum import StrEnum

from attrs import frozen

MIB = 1024 * 1024
LARGEST = 100 * MIB
"""No platform takes or gives more."""


class MediaType(StrEnum):
    """How a message shows its file."""

    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    DOCUMENT = "document"
    STICKER = "sticker"


@frozen
class Limit:
    """The types that are taken (None: any), and the most bytes."""

    types: frozenset[str] | None
    size: int


_ANIMATED, _STILL = 500 * 1024, 100 * 1024
LIMITS: Mapping[MediaType, Limit] = {
    MediaType.IMAGE: Limit(frozenset({"image/jpeg", "image/png"}), 5 * MIB),
    MediaType.VIDEO: Limit(frozenset({"video/mp4", "video/3gpp"}), 16 * MIB),
    MediaType.AUDIO: Limit(
        frozenset({"audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg; codecs=opus"}), 16 * MIB
    ),
    MediaType.DOCUMENT: Limit(None, LARGEST),
    MediaType.STICKER: Limit(frozenset({"image/webp"}), _ANIMATED),
}
"""WhatsApp's own, which hold on every platform that reaches it."""
STILL_STICKER = Limit(LIMITS[MediaType.STICKER].types, _STILL)


def natural_type(mime_type: str) -> MediaType:
    """As what a file of this type is shown when nobody says."""
    takers = (kind for kind, limit in LIMITS.items() if limit.types is not None and mime_type in limit.types)
    return next(takers, MediaType.DOCUMENT)
