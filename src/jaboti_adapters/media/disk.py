"""Files in a directory, which several processes may share."""

import asyncio
import hashlib
import os
from collections.abc import AsyncGenerator, AsyncIterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

import structlog
from attrs import define, field, frozen

from jaboti_domain.kernel.errors import Unavailable
from jaboti_domain.kernel.ids import CompanyId
from jaboti_domain.media.model import StoredFile
from jaboti_domain.media.ports import MediaFiles
from jaboti_domain.media.types import HEAD

log = structlog.get_logger(__name__)
PIECE = 256 * 1024
"""Bytes that are read or written at once, in a thread."""
INCOMING = "incoming"
AWAY = 5.0


@contextmanager
def _in_our_words() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        log.warning("media.storage_failed", error=type(error).__name__)
        raise Unavailable(retry_after=AWAY) from error


@frozen
class DiskMediaFiles(MediaFiles):
    """`<directory>/<company>/<first two digits>/<hash>`; what is not whole yet stands in `<company>/incoming`."""

    directory: Path

    async def put(self, company_id: CompanyId, pieces: AsyncIterable[bytes]) -> StoredFile:
        with _in_our_words():
            writing = await asyncio.to_thread(_Writing.begin, self._home(company_id))
        try:
            async for piece in pieces:
                if writing.take(piece):
                    with _in_our_words():
                        await asyncio.to_thread(writing.write)
            with _in_our_words():
                return await asyncio.to_thread(writing.finish)
        except BaseException:
            await asyncio.shield(asyncio.to_thread(writing.undo))
            raise

    async def read(
        self, company_id: CompanyId, sha256: str, *, start: int = 0, end: int | None = None
    ) -> AsyncGenerator[bytes, None]:
        with _in_our_words():
            file = await asyncio.to_thread(_opened, self._place(company_id, sha256), start)
        try:
            left = None if end is None else end - start
            while left is None or left > 0:
                wanted = PIECE if left is None else min(PIECE, left)
                with _in_our_words():
                    piece = await asyncio.to_thread(file.read, wanted)
                if not piece:
                    return
                left = None if left is None else left - len(piece)
                yield piece
        finally:
            file.close()

    async def size(self, company_id: CompanyId, sha256: str) -> int | None:
        place = self._place(company_id, sha256)
        with _in_our_words():
            return await asyncio.to_thread(_size_of, place)

    async def delete(self, company_id: CompanyId, sha256: str, *, unless_since: datetime | None = None) -> bool:
        place = self._place(company_id, sha256)
        with _in_our_words():
            return await asyncio.to_thread(_delete, place, unless_since)

    async def older_than(self, company_id: CompanyId, moment: datetime) -> AsyncGenerator[str, None]:
        home = self._home(company_id)
        with _in_our_words():
            shelves = await asyncio.to_thread(_shelves_of, home, moment)
        for shelf in shelves:
            with _in_our_words():
                names = await asyncio.to_thread(_old_in, shelf, moment)
            for name in names:
                yield name

    def _home(self, company_id: CompanyId) -> Path:
        return self.directory / str(company_id)

    def _place(self, company_id: CompanyId, sha256: str) -> Path:
        if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
            raise ValueError("not the hash of a file")
        return self._home(company_id) / sha256[:2] / sha256


@define(eq=False)
class _Writing:
    """A file that is being written; its methods but `take` are for threads."""

    home: Path
    place: Path
    file: BinaryIO
    size: int = 0
    head: bytes = b""
    _hash: "hashlib._Hash" = field(factory=hashlib.sha256, init=False)
    _waiting: bytearray = field(factory=bytearray, init=False)

    @classmethod
    def begin(cls, home: Path) -> "_Writing":
        incoming = home / INCOMING
        incoming.mkdir(parents=True, exist_ok=True, mode=0o700)
        place = incoming / uuid4().hex
        descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        return cls(home, place, open(descriptor, "wb", buffering=0))

    def take(self, piece: bytes) -> bool:
        """Hold it; returns whether there is so much now that it should be written."""
        self.size += len(piece)
        if len(self.head) < HEAD:
            self.head += piece[: HEAD - len(self.head)]
        self._waiting += piece
        return len(self._waiting) >= PIECE

    def write(self) -> None:
        self._hash.update(self._waiting)
        rest = memoryview(self._waiting)
        while rest:
            rest = rest[self.file.write(rest) :]
        rest.release()
        self._waiting = bytearray()

    def finish(self) -> StoredFile:
        """Write the rest, and let it appear as a whole."""
        self.write()
        os.fsync(self.file.fileno())
        self.file.close()
        sha256 = self._hash.hexdigest()
        shelf = self.home / sha256[:2]
        shelf.mkdir(exist_ok=True, mode=0o700)
        self.place.replace(shelf / sha256)
        for directory in (shelf, self.home):
            _sync(directory)
        return StoredFile(sha256=sha256, size=self.size, head=self.head)

    def undo(self) -> None:
        self.file.close()
        self.place.unlink(missing_ok=True)


def _sync(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _opened(place: Path, start: int) -> BinaryIO:
    file = os.fdopen(os.open(place, os.O_RDONLY), "rb", buffering=0)
    file.seek(start)
    return file


def _size_of(place: Path) -> int | None:
    try:
        return place.stat().st_size
    except FileNotFoundError:
        return None


def _delete(place: Path, unless_since: datetime | None) -> bool:
    try:
        if unless_since is not None and _written_at(place) >= unless_since:
            return False
        place.unlink()
    except FileNotFoundError:
        return False
    return True


def _shelves_of(home: Path, moment: datetime) -> Sequence[Path]:
    """The directories with files; those that were never finished are cleared away."""
    if not home.is_dir():
        return []
    for unfinished in _old_in(home / INCOMING, moment):
        (home / INCOMING / unfinished).unlink(missing_ok=True)
    return [each for each in home.iterdir() if each.name != INCOMING]


def _old_in(shelf: Path, moment: datetime) -> Sequence[str]:
    names = []
    with suppress(FileNotFoundError):
        for place in shelf.iterdir():
            with suppress(FileNotFoundError):
                if _written_at(place) < moment:
                    names.append(place.name)
    return names


def _written_at(place: Path) -> datetime:
    return datetime.fromtimestamp(place.stat().st_mtime, UTC)
