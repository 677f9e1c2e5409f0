"""Files on a real disk."""

import asyncio
import os
import tracemalloc
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import pytest

from jaboti_adapters.contracts.media_files import MIB, Interrupted, MediaFilesContract, now, old, pieces_of, whole
from jaboti_adapters.media.disk import INCOMING, DiskMediaFiles
from jaboti_domain.kernel.errors import Unavailable
from jaboti_domain.kernel.ids import CompanyId, new_id
from jaboti_domain.media.ports import MediaFiles


class TestDiskMediaFiles(MediaFilesContract):
    @pytest.fixture
    async def files(self, tmp_path: Path) -> DiskMediaFiles:
        return DiskMediaFiles(tmp_path / "media")


COMPANY = CompanyId(new_id())


@pytest.fixture
def files(tmp_path: Path) -> DiskMediaFiles:
    return DiskMediaFiles(tmp_path)


def everything(tmp_path: Path) -> list[Path]:
    return [each for each in tmp_path.rglob("*") if each.is_file()]


def unfinished(tmp_path: Path) -> list[Path]:
    return list((tmp_path / str(COMPANY) / INCOMING).iterdir())


async def test_the_company_comes_first_in_the_path_and_others_may_not_look(
    files: DiskMediaFiles, tmp_path: Path
) -> None:
    stored = await files.put(COMPANY, pieces_of(b"ours"))
    [place] = everything(tmp_path)
    assert place.relative_to(tmp_path).parts == (str(COMPANY), stored.sha256[:2], stored.sha256)
    assert [each.stat().st_mode & 0o077 for each in (place, place.parent)] == [0, 0]


async def test_a_second_process_sees_the_same_files(files: DiskMediaFiles, tmp_path: Path) -> None:
    stored = await files.put(COMPANY, pieces_of(b"ours"))
    assert await whole(DiskMediaFiles(tmp_path), COMPANY, stored.sha256) == b"ours"


async def test_it_appears_only_when_it_is_safe_on_the_disk(files: DiskMediaFiles, tmp_path: Path) -> None:
    """What a crash leaves is either whole, or in the place of what is unfinished."""
    order: list[str] = []
    replace, sync = Path.replace, os.fsync

    def replacing(self: Path, target: Path) -> Path:
        order.append("appears")
        return replace(self, target)

    def syncing(descriptor: int) -> None:
        order.append("safe")
        sync(descriptor)

    with patch.object(Path, "replace", replacing), patch.object(os, "fsync", syncing):
        await files.put(COMPANY, pieces_of(b"ours"))
    assert order == ["safe", "appears", "safe", "safe"]


async def test_who_breaks_off_or_is_cancelled_leaves_no_file(files: DiskMediaFiles, tmp_path: Path) -> None:
    with pytest.raises(Interrupted):
        await files.put(COMPANY, pieces_of(bytes(MIB), broken=True))

    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield bytes(MIB)
            await asyncio.sleep(0.001)

    task = asyncio.create_task(files.put(COMPANY, endless()))
    await asyncio.sleep(0.05)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert unfinished(tmp_path) == []


async def test_what_a_crash_left_is_cleared_away_when_it_is_old(files: DiskMediaFiles, tmp_path: Path) -> None:
    await files.put(COMPANY, pieces_of(b"ours"))
    left = tmp_path / str(COMPANY) / INCOMING / "left"
    left.write_bytes(b"half")
    assert {each async for each in files.older_than(COMPANY, now() - timedelta(hours=1))} == set()
    assert unfinished(tmp_path) == [left]
    assert len(await old(files, COMPANY)) == 1
    assert unfinished(tmp_path) == []


async def test_a_full_disk_is_said_to_be_unavailable_and_leaves_nothing(files: DiskMediaFiles, tmp_path: Path) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with patch.object(os, "fsync", full), pytest.raises(Unavailable):
        await files.put(COMPANY, pieces_of(b"ours"))
    assert unfinished(tmp_path) == []


async def test_a_directory_that_can_not_be_used_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    away: MediaFiles = DiskMediaFiles(tmp_path / "file")
    with pytest.raises(Unavailable):
        await away.put(COMPANY, pieces_of(b"ours"))


@pytest.mark.parametrize("name", ["../../etc/passwd", "a" * 63, "A" * 64, "", "a" * 65])
async def test_only_hashes_are_names(files: DiskMediaFiles, name: str) -> None:
    with pytest.raises(ValueError, match="hash"):
        await files.size(COMPANY, name)


async def test_a_large_file_is_never_in_memory_as_a_whole(files: DiskMediaFiles) -> None:
    async def large() -> AsyncIterator[bytes]:
        for number in range(64):
            yield bytes([number]) * MIB

    tracemalloc.start()
    stored = await files.put(COMPANY, large())
    read = 0
    async for piece in files.read(COMPANY, stored.sha256):
        read += len(piece)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert read == stored.size == 64 * MIB
    assert peak < 8 * MIB
