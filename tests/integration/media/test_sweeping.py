"""Files that nobody needs any more go, from a real PostgreSQL and a real disk; no other does."""

import asyncio
import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from attrs import field, frozen

from jaboti_adapters.contracts.media import keep_media, say
from jaboti_adapters.contracts.media_files import old, pieces_of
from jaboti_adapters.contracts.scene import Scene
from jaboti_adapters.media.disk import DiskMediaFiles
from jaboti_adapters.postgres.engine import Database
from jaboti_domain.kernel.errors import Unavailable
from jaboti_domain.kernel.ids import CompanyId
from jaboti_domain.media.errors import MediaNotFound, MediaTypeMismatch
from jaboti_domain.media.model import Media, StoredFile
from jaboti_domain.media.use_cases import AddMedia, DropContents, SweepFiles
from tests.integration.postgres.on_postgres import postgres_backend
from tests.unit.media.samples import HTML, PDF, PNG
from tests.unit.media.sweeping import sweep_over

DAY = timedelta(days=1)


@frozen
class Shelf:
    """A company, and where its files are."""

    scene: Scene
    files: DiskMediaFiles

    @property
    def sweep(self) -> SweepFiles:
        return sweep_over(self.scene.backend, files=self.files)

    async def store(self, content: bytes, *, age: timedelta = timedelta(0)) -> StoredFile:
        """Bytes that were stored so long ago."""
        company_id, at = self.scene.company_id, (self.scene.now() - age).timestamp()
        stored = await self.files.put(company_id, pieces_of(content))
        place = self.files.directory / str(company_id) / stored.sha256[:2] / stored.sha256
        os.utime(place, (at, at))
        return stored

    async def bring(self, content: bytes, *, age: timedelta = timedelta(0)) -> Media:
        """A file that Ana brought so long ago."""
        stored = await self.store(content, age=age)
        media = Media.uploaded(self.scene.ana, stored, declared=None, filename="a", at=self.scene.now() - age)
        await keep_media(self.scene, media)
        return media

    async def there(self) -> set[str]:
        """The contents that are on the disk."""
        return await old(self.files, self.scene.company_id)


@pytest.fixture
async def shelf(database: Database, tmp_path: Path) -> Shelf:
    return Shelf(await Scene.set_in(postgres_backend(database)), DiskMediaFiles(tmp_path))


async def test_what_was_never_sent_goes_after_a_week(shelf: Shelf) -> None:
    forgotten, recent = await shelf.bring(PDF, age=8 * DAY), await shelf.bring(PNG, age=6 * DAY)
    sent = await shelf.bring(HTML, age=400 * DAY)
    await say(shelf.scene, sent)
    assert await shelf.sweep(shelf.scene.company_id) == 1
    assert await shelf.there() == {recent.sha256, sent.sha256}
    with pytest.raises(MediaNotFound):
        await shelf.scene.backend.media_reads.one(shelf.scene.company_id, forgotten.id)


async def test_a_content_that_another_file_has_stays(shelf: Shelf) -> None:
    await shelf.bring(PNG, age=8 * DAY)
    sent = await shelf.bring(PNG, age=8 * DAY)
    await say(shelf.scene, sent)
    assert await shelf.sweep(shelf.scene.company_id) == 0
    assert await shelf.there() == {sent.sha256}


async def test_bytes_of_which_nobody_knows_go_after_a_day(shelf: Shelf) -> None:
    await shelf.store(PDF, age=2 * DAY)
    fresh, known = await shelf.store(PNG), await shelf.bring(HTML, age=2 * DAY)
    assert await shelf.sweep(shelf.scene.company_id) == 1
    assert await shelf.there() == {fresh.sha256, known.sha256}


async def test_another_companys_files_are_not_touched(shelf: Shelf) -> None:
    """Not even those with the same content."""
    other = Shelf(await Scene.set_in(shelf.scene.backend), shelf.files)
    await shelf.bring(PNG, age=9 * DAY)
    await other.bring(PNG, age=9 * DAY)
    await other.store(PDF, age=9 * DAY)
    assert await shelf.sweep(shelf.scene.company_id) == 1
    assert (len(await shelf.there()), len(await other.there())) == (0, 2)


@pytest.mark.parametrize("holds", [True, False], ids=["as we do", "mutant: nobody is held off"])
async def test_what_is_brought_while_it_is_swept_is_there_afterwards_or_refused(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, holds: bool
) -> None:
    """Between the question whether anybody needs it and its end, somebody brings the same again."""
    scene, company_id = shelf.scene, shelf.scene.company_id
    stored = await shelf.store(PNG)
    slow = _Slow(shelf.files.directory)
    drop = DropContents(new_uow=scene.backend.uow, media_files=slow)
    add = AddMedia(new_uow=scene.backend.uow, media_files=shelf.files, drop=drop, clock=scene.now)
    if not holds:

        async def hold(self: object, sha256: str) -> None: ...

        async with scene.uow() as uow:
            monkeypatch.setattr(type(uow.media), "hold", hold)
    dropping = asyncio.create_task(drop(company_id, [stored.sha256]))
    await slow.asked.wait()
    added = await asyncio.gather(add(scene.ana, stored=stored), return_exceptions=True)
    await dropping
    is_known = isinstance(added[0], Media)
    is_there = await shelf.files.size(company_id, stored.sha256) is not None
    assert (is_known and not is_there) is not holds


@frozen(slots=False)
class _Slow(DiskMediaFiles):
    """A disk that takes its time to delete."""

    asked: asyncio.Event = field(factory=asyncio.Event)

    async def delete(self, company_id: CompanyId, sha256: str, *, unless_since: datetime | None = None) -> bool:
        self.asked.set()
        await asyncio.sleep(0.3)
        return await DiskMediaFiles.delete(self, company_id, sha256, unless_since=unless_since)


async def test_what_was_refused_leaves_nothing(shelf: Shelf) -> None:
    drop = DropContents(new_uow=shelf.scene.backend.uow, media_files=shelf.files)
    add = AddMedia(new_uow=shelf.scene.backend.uow, media_files=shelf.files, drop=drop, clock=shelf.scene.now)
    with pytest.raises(MediaTypeMismatch):
        await add(shelf.scene.ana, stored=await shelf.store(HTML), declared="image/jpeg")
    assert await shelf.there() == set()


async def test_bytes_that_are_gone_by_then_are_asked_for_again(shelf: Shelf) -> None:
    drop = DropContents(new_uow=shelf.scene.backend.uow, media_files=shelf.files)
    add = AddMedia(new_uow=shelf.scene.backend.uow, media_files=shelf.files, drop=drop, clock=shelf.scene.now)
    stored = await shelf.store(PNG)
    await shelf.files.delete(shelf.scene.company_id, stored.sha256)
    with pytest.raises(Unavailable):
        await add(shelf.scene.ana, stored=stored)
