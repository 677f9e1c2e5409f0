"""Bytes of files on their way, a piece at a time: counted, hashed, packed for the platforms and unpacked."""

import re
from binascii import Error as BadBase64
from binascii import a2b_base64, b2a_base64
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Mapping
from hashlib import sha256 as new_sha256
from secrets import token_hex

from attrs import define, field

from jaboti_domain.integration.errors import GiveUp, SendingFailed, TryAgain
from jaboti_domain.integration.transfers import LARGEST, MediaUpload

TRIES = 3
"""A file that is not what was promised is asked for so often: it may have been cut on its way."""
PIECE = 1 << 16
LARGEST_HEAD = 1 << 16
_BASE64 = re.compile(rb'"base64"\s*:\s*"')
_LONGEST_NAME = 64
_QUOTED = str.maketrans({'"': "%22", "\r": "%0D", "\n": "%0A"})


def too_large() -> GiveUp:
    """No later try makes it smaller."""
    return GiveUp(error_code="media_too_large", title="The file is larger than any that is taken")


def spoilt(code: str, title: str) -> SendingFailed:
    """What came is not what was promised."""
    return TryAgain(error_code=code, title=title, at_most=TRIES)


async def checked(
    pieces: AsyncIterable[bytes], *, size: int | None = None, sha256: str | None = None, largest: int = LARGEST
) -> AsyncGenerator[bytes, None]:
    """The same bytes. Raises GiveUp beyond `largest`, and TryAgain after the last one unless all are as promised.

    A size counts where no hash was promised.
    """
    count, digest = 0, new_sha256()
    async for piece in pieces:
        count += len(piece)
        if count > largest:
            raise too_large()
        digest.update(piece)
        yield piece
    if sha256 and digest.hexdigest() != sha256:
        raise spoilt("media_hash_mismatch", "The file is not the one that the platform described")
    if not sha256 and size is not None and count != size:
        raise spoilt("media_cut_short", "The file has another size than the platform said")


async def from_base64(text: AsyncIterable[bytes]) -> AsyncGenerator[bytes, None]:
    """The bytes that a text in base64 stands for. Raises TryAgain when it is none."""
    rest = b""
    try:
        async for piece in text:
            rest += piece
            whole = len(rest) // 4 * 4
            if whole:
                decoded = a2b_base64(rest[:whole], strict_mode=True)
                rest = rest[whole:]
                yield decoded
        if rest:
            raise spoilt("media_unreadable", "The base64 ends in the middle of a byte")
    except BadBase64:
        raise spoilt("media_unreadable", "The file is not in base64") from None


async def to_base64(pieces: AsyncIterable[bytes]) -> AsyncGenerator[bytes, None]:
    """The same in base64."""
    rest = b""
    async for piece in pieces:
        rest += piece
        whole = len(rest) // 3 * 3
        if whole:
            yield b2a_base64(rest[:whole], newline=False)
            rest = rest[whole:]
    if rest:
        yield b2a_base64(rest, newline=False)


async def split_at_base64(answer: AsyncIterator[bytes]) -> tuple[bytes, AsyncGenerator[bytes, None]]:
    """What an object says before its `base64`, as an object of its own, and the text of that. Raises TryAgain."""
    head = bytearray()
    async for piece in answer:
        looked = max(0, len(head) - _LONGEST_NAME)
        head += piece
        if found := _BASE64.search(head, looked):
            return bytes(head[: found.end()]) + b'"}', _until_quote(bytes(head[found.end() :]), answer)
        if len(head) > LARGEST_HEAD:
            break
    raise spoilt("media_unreadable", "There is no file in the answer")


async def _until_quote(begun: bytes, answer: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
    piece: bytes | None = begun
    while piece is not None:
        text, quote, _ = piece.partition(b'"')
        yield text
        if quote:
            return
        piece = await anext(answer, None)
    raise spoilt("media_cut_short", "The answer ended before the file did")


@define(kw_only=True)
class Parcel:
    """A request's body that is written as it is read, once."""

    content_type: str
    length: int
    before: bytes = field(repr=False)
    inside: AsyncIterable[bytes] = field(repr=False)
    after: bytes = field(repr=False)
    may_be_whole: bool = field(default=False, init=False)
    """Whether its end was begun to be written: what was cut off before is nothing that anybody could have taken."""

    async def pieces(self) -> AsyncGenerator[bytes, None]:
        """All of it, in order."""
        yield self.before
        async for piece in self.inside:
            yield piece
        self.may_be_whole = True
        yield self.after

    @property
    def headers(self) -> Mapping[str, str]:
        """What tells the receiver about it."""
        return {"content-type": self.content_type, "content-length": str(self.length)}


def multipart(fields: Mapping[str, str], file: MediaUpload) -> Parcel:
    """A form with a file, whose part has the name `file`."""
    boundary = token_hex(16)
    parts = [f'--{boundary}\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, v in fields.items()]
    name = (file.filename or file.type).translate(_QUOTED)
    described = f'Content-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: {file.mime_type}'
    before = f"{''.join(parts)}--{boundary}\r\n{described}\r\n\r\n".encode("utf-8", "replace")
    after = f"\r\n--{boundary}--\r\n".encode()
    return Parcel(
        content_type=f"multipart/form-data; boundary={boundary}",
        length=len(before) + file.size + len(after),
        before=before,
        inside=_sized(file),
        after=after,
    )


def base64_inside(before: bytes, file: MediaUpload, after: bytes) -> Parcel:
    """JSON with a file in base64 between its two ends."""
    return Parcel(
        content_type="application/json",
        length=len(before) + (file.size + 2) // 3 * 4 + len(after),
        before=before,
        inside=to_base64(_sized(file)),
        after=after,
    )


async def _sized(file: MediaUpload) -> AsyncGenerator[bytes, None]:
    """Its bytes; GiveUp when there are more or less of them than it says, before the platform could count."""
    count = 0
    async for piece in file.read():
        count += len(piece)
        if count > file.size:
            break
        yield piece
    if count != file.size:
        raise GiveUp(error_code="media_changed", title="The file has another size than when it was stored")
