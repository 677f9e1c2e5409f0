"""What a place for the bytes of files promises."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterable
from datetime import timedelta

import pytest

from jaboti_adapters.clock import SystemClock
from jaboti_domain.kernel.errors import Unavailable
from jaboti_domain.kernel.ids import CompanyId, new_id
from jaboti_domain.media.model import StoredFile
from jaboti_domain.media.ports import MediaFiles
from jaboti_domain.media.types import HEAD

MIB = 1024 * 1024
LARGE = bytes(range(256)) * (3 * MIB // 256) + b"the end"
now = SystemClock()


class Interrupted(Exception):
    """Whoever brings a file stops in the middle."""


async def pieces_of(*pieces: bytes, broken: bool = False) -> AsyncIterator[bytes]:
    """Bytes as they come in."""
    for piece in pieces:
        await asyncio.sleep(0)
        yield piece
    if broken:
        raise Interrupted()


def cut(content: bytes, size: int) -> Iterable[bytes]:
    """In pieces of so many bytes."""
    return (content[place : place + size] for place in range(0, len(content), size))


class MediaFilesContract:
    """Override the fixture `files`."""

    @pytest.fixture
    async def files(self) -> MediaFiles:
        """The place under test."""
        raise NotImplementedError

    @pytest.fixture
    def company_id(self) -> CompanyId:
        """Whoever owns the files."""
        return CompanyId(new_id())

    async def test_what_was_put_is_read(self, files: MediaFiles, company_id: CompanyId) -> None:
        stored = await files.put(company_id, pieces_of(*cut(LARGE, 65_536)))
        digest = hashlib.sha256(LARGE).hexdigest()
        assert stored == StoredFile(sha256=digest, size=len(LARGE), head=LARGE[:HEAD])
        assert await files.size(company_id, digest) == len(LARGE)
        assert await whole(files, company_id, digest) == LARGE

    @pytest.mark.parametrize("size", [1, 7, 4096])
    async def test_how_it_comes_in_pieces_does_not_matter(
        self, files: MediaFiles, company_id: CompanyId, size: int
    ) -> None:
        content = LARGE[: 3 * 4096 + 5]
        stored = await files.put(company_id, pieces_of(b"", *cut(content, size)))
        assert stored.sha256 == hashlib.sha256(content).hexdigest()
        assert stored.head == content[:HEAD]

    async def test_nothing_at_all_can_be_put(self, files: MediaFiles, company_id: CompanyId) -> None:
        stored = await files.put(company_id, pieces_of())
        assert (stored.size, stored.head) == (0, b"")
        assert await whole(files, company_id, stored.sha256) == b""

    @pytest.mark.parametrize(
        ("start", "end"), [(0, 1), (5, 5), (len(LARGE) - 7, None), (MIB - 3, 2 * MIB + 9), (0, len(LARGE)), (9, 10**9)]
    )
    async def test_parts_of_it_are_read(
        self, files: MediaFiles, company_id: CompanyId, start: int, end: int | None
    ) -> None:
        stored = await files.put(company_id, pieces_of(LARGE))
        read = b"".join([piece async for piece in files.read(company_id, stored.sha256, start=start, end=end)])
        assert read == LARGE[start:end]

    async def test_who_breaks_off_leaves_nothing(self, files: MediaFiles, company_id: CompanyId) -> None:
        with pytest.raises(Interrupted):
            await files.put(company_id, pieces_of(LARGE, b"more", broken=True))
        assert await files.size(company_id, hashlib.sha256(LARGE + b"more").hexdigest()) is None
        assert await old(files, company_id) == set()

    async def test_a_company_sees_its_own_files_only(self, files: MediaFiles, company_id: CompanyId) -> None:
        stored, other = await files.put(company_id, pieces_of(b"ours")), CompanyId(new_id())
        assert await files.size(other, stored.sha256) is None
        with pytest.raises(Unavailable):
            await whole(files, other, stored.sha256)
        assert not await files.delete(other, stored.sha256)
        assert await old(files, other) == set()
        assert await whole(files, company_id, stored.sha256) == b"ours"

    async def test_what_is_deleted_is_gone(self, files: MediaFiles, company_id: CompanyId) -> None:
        stored = await files.put(company_id, pieces_of(b"ours"))
        assert await files.delete(company_id, stored.sha256)
        assert not await files.delete(company_id, stored.sha256)
        assert await files.size(company_id, stored.sha256) is None
        with pytest.raises(Unavailable):
            await whole(files, company_id, stored.sha256)

    async def test_the_old_ones_are_told(self, files: MediaFiles, company_id: CompanyId) -> None:
        stored = {(await files.put(company_id, pieces_of(name))).sha256 for name in (b"a", b"b", b"c")}
        assert await old(files, company_id) == stored
        assert {each async for each in files.older_than(company_id, now() - timedelta(hours=1))} == set()

    async def test_what_is_put_again_is_young_again(self, files: MediaFiles, company_id: CompanyId) -> None:
        stored = await files.put(company_id, pieces_of(b"ours"))
        await asyncio.sleep(0.02)
        moment = now()
        await asyncio.sleep(0.02)
        assert await files.put(company_id, pieces_of(b"ours")) == stored
        assert not await files.delete(company_id, stored.sha256, unless_since=moment)
        assert {each async for each in files.older_than(company_id, moment)} == set()
        assert await files.delete(company_id, stored.sha256, unless_since=now() + timedelta(seconds=1))

    async def test_the_same_many_times_at_once_is_one(self, files: MediaFiles, company_id: CompanyId) -> None:
        puts = (files.put(company_id, pieces_of(*cut(LARGE, MIB))) for _ in range(8))
        assert {each.sha256 for each in await asyncio.gather(*puts)} == await old(files, company_id)


async def whole(files: MediaFiles, company_id: CompanyId, sha256: str) -> bytes:
    """All of it."""
    return b"".join([piece async for piece in files.read(company_id, sha256)])


async def old(files: MediaFiles, company_id: CompanyId) -> set[str]:
    """All that there is."""
    return {each async for each in files.older_than(company_id, now() + timedelta(seconds=1))}
