"""What a store promises about files, of which it keeps what is known."""

import asyncio
import hashlib
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

import pytest

from jaboti_adapters.contracts.scene import Scene
from jaboti_adapters.contracts.suite import BackendContract
from jaboti_domain.chat.message import Message
from jaboti_domain.integration.content import Media as MediaContent
from jaboti_domain.integration.content import MediaFile
from jaboti_domain.kernel.errors import StaleVersion
from jaboti_domain.kernel.ids import IntegrationId, MediaId, MessageId, new_id
from jaboti_domain.media.errors import MediaNotFound
from jaboti_domain.media.limits import MediaType
from jaboti_domain.media.model import Media, MediaState, StoredFile

MINUTE = timedelta(minutes=1)
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

    async def test_what_is_due_is_claimed_once_and_due_again_when_the_lease_is_over(self, scene: Scene) -> None:
        first, second = await expected(scene, minutes_ago=2), await expected(scene, minutes_ago=1)
        await expected(scene, minutes_ago=-1)
        assert [each.id for each in await claim(scene, at_most=1)] == [first.id]
        (again,) = await claim(scene, lease=timedelta(0))
        assert (again.id, again.attempts) == (second.id, 1)
        (thrice,) = await claim(scene)
        assert (thrice.id, thrice.attempts) == (second.id, 2)
        assert await claim(scene) == []

    async def test_what_is_claimed_counts_though_nothing_else_is_saved(self, scene: Scene) -> None:
        media = await expected(scene)
        (claimed,) = await claim(scene)
        kept = await scene.backend.media_reads.one(scene.company_id, media.id)
        assert (kept.attempts, kept.version) == (1, 2)
        assert kept.due_at is not None
        assert kept.due_at > scene.now()
        assert claimed.attempts == 1

    async def test_what_was_claimed_can_be_changed_in_the_same_unit(self, scene: Scene) -> None:
        media = await expected(scene)
        async with scene.uow() as uow:
            (claimed,) = await uow.media.claim(at_most=9, lease=MINUTE)
            claimed.lost()
            await uow.media.save(claimed)
            await uow.commit()
        assert (await scene.backend.media_reads.one(scene.company_id, media.id)).state is MediaState.FAILED

    async def test_nothing_is_claimed_without_a_commit(self, scene: Scene) -> None:
        await expected(scene)
        async with scene.uow() as uow:
            assert len(await uow.media.claim(at_most=9, lease=MINUTE)) == 1
        assert len(await claim(scene)) == 1

    async def test_two_who_claim_at_once_share(self, scene: Scene) -> None:
        wanted = {(await expected(scene)).id for _ in range(2)}
        async with scene.uow() as one, scene.uow() as other:
            first = await one.media.claim(at_most=1, lease=MINUTE)
            second = await other.media.claim(at_most=9, lease=MINUTE)
            await one.commit()
            await other.commit()
        assert {each.id for each in (*first, *second)} == wanted

    async def test_integrations_that_are_busy_are_passed_over(self, scene: Scene) -> None:
        await expected(scene)
        other = await expected(scene, integration_id=(await scene.an_integration()).id)
        claimed = await claim(scene, passing_over=[scene.integration.id])
        assert [each.id for each in claimed] == [other.id]

    async def test_what_is_here_is_not_to_be_fetched(self, scene: Scene) -> None:
        ready, lost = await expected(scene), await expected(scene)
        ready.arrived(a_stored_file(), declared=None, filename=None)
        lost.lost()
        await keep_media(scene, ready, lost, an_upload(scene))
        assert await claim(scene) == []

    async def test_companies_with_something_due_are_told_longest_waiting_first(self, scene: Scene) -> None:
        other, idle = [await Scene.set_in(scene.backend) for _ in range(2)]
        await expected(scene, minutes_ago=1)
        await expected(other, minutes_ago=3)
        await expected(idle, minutes_ago=-3)
        mine = {scene.company_id, other.company_id, idle.company_id}
        waiting = [each for each in await scene.backend.media_queue.companies_waiting(limit=999) if each in mine]
        assert waiting == [other.company_id, scene.company_id]

    async def test_contents_that_some_file_has_are_needed(self, scene: Scene) -> None:
        media, elsewhere = an_upload(scene), await Scene.set_in(scene.backend)
        await keep_media(scene, media)
        await keep_media(elsewhere, an_upload(elsewhere, content=b"theirs"))
        theirs = a_stored_file(b"theirs").sha256
        async with scene.uow() as uow:
            assert set(await uow.media.needed([media.sha256 or "", theirs, "0" * 64])) == {media.sha256}
            assert set(await uow.media.needed([])) == set()

    async def test_who_holds_a_content_is_waited_for(self, scene: Scene) -> None:
        order = list[str]()

        async def other() -> None:
            async with scene.uow() as uow:
                await uow.media.hold("a" * 64)
                order.append("other")

        async with scene.uow() as uow:
            await uow.media.hold("a" * 64)
            task = asyncio.create_task(other())
            await asyncio.sleep(0.2)
            order.append("first")
        await task
        assert order == ["first", "other"]

    async def test_what_no_message_carries_is_removed_page_by_page(self, scene: Scene) -> None:
        old = [an_upload(scene, content=b"%d" % n) for n in range(5)]
        elsewhere = await Scene.set_in(scene.backend)
        await keep_media(scene, *old)
        await keep_media(elsewhere, an_upload(elsewhere))
        await say(scene, old[1])
        removed, after, pages = set[str](), None, 0
        while True:
            async with scene.uow() as uow:
                hashes, after = await uow.media.remove_unused(created_before=later(scene), after=after, at_most=2)
                await uow.commit()
            removed |= set(hashes)
            pages += 1
            if after is None:
                break
        assert (removed, pages) == ({each.sha256 for each in old if each is not old[1]}, 4)
        async with scene.uow() as uow:
            assert set(await uow.media.find([each.id for each in old])) == {old[1].id}
        async with elsewhere.uow() as uow:
            assert len(await uow.media.needed([a_stored_file().sha256])) == 1

    async def test_what_is_young_stays(self, scene: Scene) -> None:
        media = an_upload(scene)
        await keep_media(scene, media)
        async with scene.uow() as uow:
            hashes, after = await uow.media.remove_unused(
                created_before=scene.now() - timedelta(days=1), after=None, at_most=9
            )
            await uow.commit()
        assert (list(hashes), after) == ([], media.id)
        assert await scene.backend.media_reads.one(scene.company_id, media.id) == media

    async def test_what_has_still_to_come_is_counted(self, scene: Scene) -> None:
        before = (await scene.backend.media_queue.account()).waiting
        media = await expected(scene, minutes_ago=5)
        account = await scene.backend.media_queue.account()
        assert account.waiting == before + 1
        assert account.oldest is not None
        assert account.oldest <= media.created_at
        media.lost()
        await keep_media(scene, media)
        assert (await scene.backend.media_queue.account()).waiting == before

    async def test_what_platforms_call_it_is_remembered(self, scene: Scene) -> None:
        media, at = an_upload(scene), scene.now()
        media.handed_over(scene.integration.id, "4490709327384033", at=at)
        await keep_media(scene, media)
        kept = await scene.backend.media_reads.one(scene.company_id, media.id)
        assert kept.handle(scene.integration.id, at=at) == "4490709327384033"
        assert kept.handle(scene.integration.id, at=at + timedelta(days=30)) is None
        assert kept.handle((await scene.an_integration()).id, at=at) is None
        assert kept == media


def later(scene: Scene) -> datetime:
    """A moment that comes after all that there is."""
    return scene.now() + MINUTE


async def expected(scene: Scene, *, minutes_ago: int = 0, integration_id: IntegrationId | None = None) -> Media:
    """A file of a message that came so long ago."""
    media = Media.expected(
        MediaId(new_id()),
        MediaFile(type="image", provider_id="1", mime_type="image/png", filename="a.png"),
        company_id=scene.company_id,
        integration_id=integration_id or scene.integration.id,
        message_id=MessageId(new_id()),
        at=scene.now() - minutes_ago * MINUTE,
    )
    await keep_media(scene, media)
    return media


async def claim(
    scene: Scene, *, at_most: int = 9, lease: timedelta = MINUTE, passing_over: Collection[IntegrationId] = ()
) -> Sequence[Media]:
    """What a worker gets, claimed for good."""
    async with scene.uow() as uow:
        claimed = await uow.media.claim(at_most=at_most, lease=lease, passing_over=passing_over)
        await uow.commit()
    return claimed


async def say(scene: Scene, media: Media) -> Message:
    """Ana sends it in a new chat."""
    chat = await scene.a_chat(attendant=scene.ana)
    async with scene.change(chat.id) as changed:
        return changed.send(scene.ana, MediaContent(media=media.attached(None), caption="Segue"), at=scene.now())
