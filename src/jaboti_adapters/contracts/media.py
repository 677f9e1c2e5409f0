"""What a store promises about files, of which it keeps what is known."""

import hashlib

import pytest

from jaboti_adapters.contracts.scene import Scene
from jaboti_adapters.contracts.suite import BackendContract
from jaboti_domain.chat.message import Message
from jaboti_domain.integration.content import Media as MediaContent
from jaboti_domain.kernel.errors import StaleVersion
from jaboti_domain.kernel.ids import MediaId, new_id
from jaboti_domain.media.errors import MediaNotFound
from jaboti_domain.media.limits import MediaType
from jaboti_domain.media.model import Media, StoredFile

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + bytes(40)


def a_stored_file(content: bytes = PNG) -> StoredFile:
    """As if it had been stored."""
    return StoredFile(sha256=hashlib.sha256(content).hexdigest(), size=len(content), head=content[:8192])


def an_upload(scene: Scene, *, content: bytes = PNG, filename: str | None = "conta.png") -> Media:
    """Ana's file."""
    return Media.uploaded(scene.ana, a_stored_file(content), declared=None, filename=filename, at=scene.now())


async def keep_media(scene: Scene, *media: Media) -> None:
    """Save them."""
    async with scene.uow() as uow:
        await uow.media.save(*media)
        await uow.commit()


class MediaContract(BackendContract):
    """Files as rows."""

    async def test_what_was_saved_is_found(self, scene: Scene) -> None:
        media = an_upload(scene)
        await keep_media(scene, media)
        assert media.version == 1
        async with scene.uow() as uow:
            assert await uow.media.find([media.id, MediaId(new_id())]) == {media.id: media}
            assert await uow.media.peek(media.id) == media
        assert await scene.backend.media_reads.one(scene.company_id, media.id) == media

    async def test_what_is_absent_or_another_companys_is_not_there(self, scene: Scene) -> None:
        elsewhere = await Scene.set_in(scene.backend)
        foreign = an_upload(elsewhere)
        await keep_media(elsewhere, foreign)
        for media_id in (foreign.id, MediaId(new_id())):
            async with scene.uow() as uow:
                assert await uow.media.find([media_id]) == {}
                assert await uow.media.peek(media_id) is None
            with pytest.raises(MediaNotFound):
                await scene.backend.media_reads.one(scene.company_id, media_id)

    async def test_what_is_not_committed_is_not_there(self, scene: Scene) -> None:
        media = an_upload(scene)
        async with scene.uow() as uow:
            await uow.media.save(media)
        with pytest.raises(MediaNotFound):
            await scene.backend.media_reads.one(scene.company_id, media.id)

    async def test_of_two_changes_to_the_same_the_second_is_stale(self, scene: Scene) -> None:
        media = an_upload(scene)
        await keep_media(scene, media)
        first = await scene.backend.media_reads.one(scene.company_id, media.id)
        first.filename, media.filename = "a.png", "b.png"
        await keep_media(scene, first)
        with pytest.raises(StaleVersion):
            await keep_media(scene, media)
        assert (await scene.backend.media_reads.one(scene.company_id, media.id)).filename == "a.png"

    async def test_a_message_carries_its_file(self, scene: Scene) -> None:
        media = an_upload(scene)
        await keep_media(scene, media)
        message = await say(scene, media)
        kept = await scene.message(message.id)
        assert (kept.content, kept.content.file) == (message.content, media.attached(MediaType.IMAGE))
        shown = await scene.backend.chat_reads.message(scene.company_id, message.id)
        assert f'"/media/{media.id}"'.encode() in shown

    async def test_a_file_and_the_message_with_it_are_kept_in_one_unit(self, scene: Scene) -> None:
        media = an_upload(scene)
        chat = await scene.a_chat(attendant=scene.ana)
        async with scene.uow() as uow:
            loaded = await uow.chats.get(chat.id)
            content = MediaContent(media=media.attached(None))
            message = loaded.send(scene.ana, content, at=scene.now())
            await uow.chats.save(loaded)
            await uow.media.save(media)
            await uow.commit()
        assert (await scene.message(message.id)).content == content


async def say(scene: Scene, media: Media) -> Message:
    """Ana sends it in a new chat."""
    chat = await scene.a_chat(attendant=scene.ana)
    async with scene.change(chat.id) as changed:
        return changed.send(scene.ana, MediaContent(media=media.attached(None), caption="Segue"), at=scene.now())
