"""Files on their way between a platform and us, piece by piece: no file is ever whole in memory."""

from collections.abc import AsyncIterable, AsyncIterator, Callable

from attrs import field, frozen

LARGEST = 100 * 1024 * 1024
"""No platform takes or gives a larger file."""


@frozen(kw_only=True)
class RemoteMedia:
    """A file that a platform gives us, as the platform describes it: nothing of that has been checked."""

    chunks: AsyncIterator[bytes] = field(repr=False)
    """Its bytes, once. It raises what `MediaTransfer.open` raises, after the last of them also when they are not those
    that the platform promised: what it gave counts only when it has ended well."""
    mime_type: str | None = None
    size: int | None = None
    sha256: str | None = None
    """Of the whole file, in lower-case hexadecimal."""
    filename: str | None = None


@frozen(kw_only=True)
class MediaUpload:
    """A file of ours that a platform is to have."""

    type: str
    """image, video, audio, document or sticker: as what the message will show it."""
    mime_type: str
    size: int
    filename: str | None = None
    read: Callable[[], AsyncIterable[bytes]] = field(repr=False)
    """All of its bytes, from the beginning at each call."""
