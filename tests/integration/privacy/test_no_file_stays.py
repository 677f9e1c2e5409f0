"""Whoever is forgotten is in no file any more; what others have, too, they keep."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import UUID

import pytest
from attrs import evolve

from jaboti_adapters.contracts.builders import now
from jaboti_adapters.contracts.media import an_upload, keep_media, say
from jaboti_adapters.contracts.media_files import pieces_of
from jaboti_adapters.contracts.scene import Scene
from jaboti_adapters.media.disk import DiskMediaFiles
from jaboti_adapters.postgres.engine import Database
from jaboti_domain.kernel.errors import Unavailable
from jaboti_domain.kernel.ids import ClientId, MediaId
from jaboti_domain.media.model import Media, MediaState
from jaboti_domain.media.use_cases import DropContents
from tests.integration.privacy.planted import RECEIVED, SENT, Site, files_that_tell, open_site, plant
from tests.unit.media.sweeping import sweep_over


@pytest.fixture
async def site(database: Database, tmp_path: Path) -> AsyncIterator[Site]:
    async with open_site(database, tmp_path) as opened:
        yield opened


async def told_by(site: Site) -> list[str]:
    return await asyncio.to_thread(files_that_tell, site.media)


async def forget(site: Site, client_id: ClientId) -> Any:
    answer = await site.desk.post(f"/clients/{client_id}/anonymize")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def file_of(site: Site, client_id: ClientId, sender: str) -> MediaId:
    """The file that they sent, or were sent."""
    (chat,) = (await site.desk.get("/chats", clientId=str(client_id), category="closed")).json()["items"]
    messages = (await site.desk.get(f"/chats/{chat['id']}/messages")).json()["items"]
    return next(MediaId(UUID(m["media"]["id"])) for m in messages if m["media"] and m["senderType"] == sender)


async def same_for(site: Site, scene: Scene, content: bytes) -> Media:
    """Somebody else was sent the same."""
    media = an_upload(scene, content=content)
    await DiskMediaFiles(site.media).put(scene.company_id, pieces_of(content))
    await keep_media(scene, media)
    await say(scene, media)
    return media


@pytest.mark.parametrize("drops", [True, False], ids=["as we do", "mutant: bytes are left where they are"])
async def test_what_came_and_what_was_sent_goes_from_the_disk(site: Site, drops: bool) -> None:
    client_id, _ = await plant(site)
    assert len(await told_by(site)) == 2
    if drops:
        receipt = await forget(site, client_id)
        assert receipt["erased"]["media"] == 2
    else:

        async def leave(*_: object, **__: object) -> int:
            return 0

        with patch.object(DropContents, "__call__", leave):
            await forget(site, client_id)
    assert len(await told_by(site)) == (0 if drops else 2)


async def test_what_another_client_has_too_stays(site: Site) -> None:
    client_id, _ = await plant(site)
    media = await same_for(site, site.office.scene, SENT)
    elsewhere = await Scene.set_in(site.backend)
    theirs = await same_for(site, elsewhere, RECEIVED)
    await forget(site, client_id)
    assert await told_by(site) == sorted([media.sha256 or "", theirs.sha256 or ""])
    assert (await site.desk.get(f"/media/{media.id}")).content == SENT


async def test_a_brochure_that_was_sent_to_others_stays(site: Site) -> None:
    client_id, _ = await plant(site)
    shown = await file_of(site, client_id, "ATTENDANT")
    async with site.office.scene.uow() as uow:
        (media,) = (await uow.media.find([shown])).values()
    await say(site.office.scene, media)
    await forget(site, client_id)
    assert len(await told_by(site)) == 1
    assert (await site.desk.get(f"/media/{media.id}")).status_code == 200


async def test_bytes_that_could_not_be_reached_go_when_files_are_swept(site: Site) -> None:
    client_id, _ = await plant(site)

    async def away(*_: object, **__: object) -> bool:
        raise Unavailable()

    with patch.object(DiskMediaFiles, "delete", away):
        await forget(site, client_id)
    assert len(await told_by(site)) == 2
    sweep = sweep_over(site.backend, files=DiskMediaFiles(site.media))
    await evolve(sweep, clock=lambda: now() + timedelta(days=2))(site.line.company_id)
    assert await told_by(site) == []


async def test_a_file_that_is_being_fetched_meanwhile_leaves_nothing(site: Site) -> None:
    """It was claimed before the erasure, and is here after it."""
    client_id, _ = await plant(site)
    async with site.office.scene.uow() as uow:
        (media,) = (await uow.media.find([await file_of(site, client_id, "CLIENT")])).values()
        media.state, media.due_at = MediaState.PENDING, media.created_at
        await uow.media.save(media)
        await uow.commit()
    (expected,) = await site.jaboti.claim_files(site.line.company_id, at_most=9)
    await forget(site, client_id)
    await site.jaboti.fetch_file(expected)
    assert await told_by(site) == []


async def test_the_persons_document_names_their_files(site: Site) -> None:
    client_id, _ = await plant(site)
    document = (await site.desk.get(f"/clients/{client_id}/export")).json()
    messages = [each["message"] for chat in document["chats"] for each in chat["timeline"] if "message" in each]
    files = {message["media"]["id"] for message in messages if message["media"]}
    assert files == {str(await file_of(site, client_id, "ATTENDANT")), str(await file_of(site, client_id, "CLIENT"))}
