"""Files that come with messages, and files that go out with them."""

import hashlib
from collections.abc import AsyncIterable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from attrs import evolve, frozen

from jaboti_adapters.memory.channel import MemoryChannel
from jaboti_adapters.memory.media import MemoryMediaFiles
from jaboti_domain.chat.use_cases import fetch as fetching
from jaboti_domain.chat.use_cases.attach import Attachment
from jaboti_domain.chat.use_cases.fetch import FetchFile
from jaboti_domain.integration.content import Media, MediaFile, Text
from jaboti_domain.integration.errors import GiveUp, MendSettings, NotTried, OutcomeUnknown, SlowDown, TryAgain
from jaboti_domain.kernel.errors import Unavailable
from jaboti_domain.kernel.ids import ChatId, CompanyId, MediaId
from jaboti_domain.media.model import Media as File
from jaboti_domain.media.model import MediaState, StoredFile
from tests.unit.chat.shop import MARINA, Shop, a_shop, message, now
from tests.unit.media.samples import HTML, JPEG, PDF, PNG

SOON = TryAgain(error_code="http_503", title="Away", is_outage=True)
Hinder = Callable[[object], None]


def a_picture(content: bytes = PNG, *, provider_id: str = "f-1", sha256: str | None = None, **more: Any) -> Media:
    """A client's file as a platform tells of it."""
    sha256 = sha256 or hashlib.sha256(content).hexdigest()
    file = MediaFile(type="image", provider_id=provider_id, mime_type="image/png", sha256=sha256, **more)
    return Media(media=file, caption="Olha")


def hindered(*errors: Exception) -> Hinder:
    """One after the other, then nothing more."""
    waiting = list(errors)

    def hinder(_: object) -> None:
        if waiting:
            raise waiting.pop(0)

    return hinder


async def came(content: bytes | None = PNG, *, file: Media | None = None, hinder: Hinder | None = None) -> Shop:
    """Marina has sent a picture, which lies at the platform."""
    shop = await a_shop(phone=MemoryChannel(hinder=hinder or (lambda _: None)))
    if content is not None:
        shop.phone.files["f-1"] = content
    await shop.receive(message(file or a_picture(content or PNG)))
    return shop


async def fetch(shop: Shop, *, after: timedelta = timedelta(0), fetch: FetchFile | None = None) -> list[MediaState]:
    """What a worker does, at a time to come."""
    claim = shop.jaboti.claim_files
    await _turn(shop, after)
    fetch_file = fetch or shop.jaboti.fetch_file
    return [await fetch_file(each) for each in await claim(shop.company.id, at_most=9)]


async def _turn(shop: Shop, after: timedelta) -> None:
    """Let what waits fall due, as time would."""
    async with shop.jaboti.send_message.new_uow(shop.company.id) as uow:
        for media in (await uow.media.find([(await file_of(shop)).id])).values():
            if media.due_at is not None and media.due_at <= now() + after:
                media.due_at = now() - timedelta(seconds=1)
                await uow.media.save(media)
                await uow.commit()


async def file_of(shop: Shop) -> File:
    """What is known of the only file."""
    shown = (await shop.messages())[0]["media"]
    return await shop.jaboti.media_reads.one(shop.company.id, MediaId(UUID(shown["id"])))


async def test_a_message_is_there_before_its_file() -> None:
    shop = await came()
    (shown,) = await shop.messages()
    assert (shown["content"], shown["mediaType"], shown["metadata"]["mediaState"]) == ("Olha", "image", "PENDING")
    assert shown["media"]["url"] == f"/media/{shown['media']['id']}"
    assert (await file_of(shop)).state is MediaState.PENDING


async def test_then_it_is_fetched_and_told() -> None:
    shop = await came()
    assert await fetch(shop) == [MediaState.READY]
    (shown,) = await shop.messages()
    assert "mediaState" not in shown["metadata"]
    assert (shown["media"]["mimeType"], shown["media"]["size"]) == ("image/png", len(PNG))
    media = await shop.jaboti.open_media(shop.ana, media_id=MediaId(UUID(shown["media"]["id"])))
    assert b"".join([piece async for piece in shop.jaboti.open_media.pieces(media)]) == PNG
    events = await shop.jaboti.stream.after(shop.company.id, 0, limit=99)
    assert events is not None
    assert events[-1].name == "message.file_changed"
    assert await fetch(shop) == []


async def test_what_it_is_its_content_says() -> None:
    shop = await came(HTML, file=a_picture(HTML, filename="../foto.png"))
    assert await fetch(shop) == [MediaState.READY]
    media = await file_of(shop)
    assert (media.mime_type, media.filename) == ("text/html", "foto.png")


@pytest.mark.parametrize(
    "error",
    [
        SOON,
        SlowDown(error_code="429", title="Slower", retry_after=30.0),
        MendSettings(error_code="190", title="Token"),
        Unavailable(),
        RuntimeError("nobody knows"),
    ],
)
async def test_what_fails_for_now_is_fetched_again(error: Exception) -> None:
    shop = await came(hinder=hindered(error))
    assert await fetch(shop) == [MediaState.PENDING]
    assert await fetch(shop) == []
    assert (await shop.messages())[0]["metadata"]["mediaState"] == "PENDING"
    assert await fetch(shop, after=timedelta(minutes=1)) == [MediaState.READY]
    assert (await file_of(shop)).attempts == 2


@pytest.mark.parametrize(("tries", "error"), [(1, GiveUp(error_code="gone", title="")), (6, ValueError())])
async def test_what_never_will_be_had_is_told(tries: int, error: Exception) -> None:
    shop = await came(hinder=hindered(*[error] * 9))
    states = [state for _ in range(9) for state in await fetch(shop, after=timedelta(hours=1))]
    assert states == [MediaState.PENDING] * (tries - 1) + [MediaState.FAILED]
    (shown,) = await shop.messages()
    assert (shown["content"], shown["metadata"]["mediaState"]) == ("Olha", "FAILED")


@pytest.mark.parametrize("checks", [True, False], ids=["as we do", "mutant: the hash is not checked"])
async def test_another_file_than_was_promised_is_never_shown(monkeypatch: pytest.MonkeyPatch, checks: bool) -> None:
    if not checks:
        monkeypatch.setattr(fetching, "_must_be", lambda promised, stored: None)
    shop = await came(JPEG, file=a_picture(PNG))
    states = [state for _ in range(9) for state in await fetch(shop, after=timedelta(hours=1))]
    assert (states == [MediaState.PENDING] * 2 + [MediaState.FAILED]) is checks


async def test_a_server_that_was_away_for_days_loses_nothing_but_not_for_ever() -> None:
    shop = await came(hinder=hindered(*[SOON] * 999))
    for _ in range(20):
        assert await fetch(shop, after=timedelta(hours=1)) == [MediaState.PENDING]
    late = evolve(shop.jaboti.fetch_file, give_up_files_after=timedelta(0))
    assert await fetch(shop, after=timedelta(hours=1), fetch=late) == [MediaState.FAILED]


async def test_a_file_that_never_ends_is_given_up() -> None:
    shop = await came(PNG * 100, file=a_picture(PNG * 100))
    small = evolve(shop.jaboti.fetch_file, largest=1000)
    assert await fetch(shop, fetch=small) == [MediaState.FAILED]


@pytest.mark.parametrize("fenced", [True, False], ids=["as we do", "mutant: no fence"])
async def test_who_was_too_late_changes_nothing(monkeypatch: pytest.MonkeyPatch, fenced: bool) -> None:
    """A worker slept; another one took over when the lease was over, and was told that the file is gone."""
    if not fenced:
        monkeypatch.setattr(File, "is_held_by", lambda media, attempt: True)
    shop = await came(hinder=hindered(GiveUp(error_code="gone", title="")))
    claim = evolve(shop.jaboti.claim_files, lease=timedelta(0))
    (slow,) = await claim(shop.company.id, at_most=1)
    (quick,) = await claim(shop.company.id, at_most=1)
    assert (slow.attempt, quick.attempt) == (1, 2)
    assert await shop.jaboti.fetch_file(quick) is MediaState.FAILED
    await shop.jaboti.fetch_file(slow)
    assert ((await file_of(shop)).state is MediaState.FAILED) is fenced


async def test_bytes_that_were_cleared_away_before_they_were_written_down_are_fetched_again() -> None:
    """The same content was somebody else's, who was forgotten at that moment."""
    shop = await came()
    files = shop.jaboti.fetch_file.media_files
    (expected,) = await evolve(shop.jaboti.claim_files, lease=timedelta(0))(shop.company.id, at_most=1)

    @frozen
    class Cleared(MemoryMediaFiles):
        async def put(self, company_id: CompanyId, pieces: AsyncIterable[bytes]) -> StoredFile:
            stored = await files.put(company_id, pieces)
            await files.delete(company_id, stored.sha256)
            return stored

    with pytest.raises(Unavailable):
        await evolve(shop.jaboti.fetch_file, media_files=Cleared())(expected)
    assert (await file_of(shop)).state is MediaState.PENDING
    assert await fetch(shop) == [MediaState.READY]


async def test_the_same_message_again_brings_no_second_file() -> None:
    shop = await a_shop()
    shop.phone.files["f-1"] = PNG
    inbound = message(a_picture())
    await shop.receive(inbound, inbound)
    await shop.receive(inbound)
    assert await fetch(shop) == [MediaState.READY]
    assert await fetch(shop) == []


async def test_a_channel_without_files_shows_the_platforms_own_link() -> None:
    shop = await a_shop()
    receive = evolve(shop.jaboti.receive_inbound, transfers={})
    shop = evolve_shop(shop, receive)
    await shop.receive(message(a_picture(link="https://a.example/b.png")))
    (shown,) = await shop.messages()
    assert (shown["media"]["id"], shown["media"]["url"]) == (None, "https://a.example/b.png")


async def test_who_had_only_written_from_the_phone_has_files_too() -> None:
    shop = await a_shop()
    shop.phone.files["f-1"] = PNG
    await shop.receive(message(a_picture(), from_phone=True, peer=MARINA))
    assert await fetch(shop) == [MediaState.READY]


def evolve_shop(shop: Shop, receive: Any) -> Shop:
    jaboti = evolve(shop.jaboti, receive_inbound=receive)
    return Shop(jaboti=jaboti, phone=shop.phone, company=shop.company, departments=shop.departments, line=shop.line)


async def bring(shop: Shop, content: bytes = PDF, name: str = "boleto.pdf") -> Attachment:
    """Ana uploads a file."""

    async def pieces() -> Any:
        yield content

    stored = await shop.jaboti.store_bytes(shop.ana, pieces())
    media = await shop.jaboti.add_media(shop.ana, stored=stored, filename=name)
    return Attachment(media_id=media.id)


async def say(shop: Shop, chat_id: ChatId, attachment: Attachment) -> None:
    await shop.jaboti.send_message(shop.ana, chat_id=chat_id, content=Text(body="Segue"), attachment=attachment)


async def test_a_file_is_given_to_the_platform_before_its_message() -> None:
    shop = await a_shop()
    chat_id, attachment = await shop.taken(), await bring(shop)
    await say(shop, chat_id, attachment)
    await shop.dispatch()
    (outbound,) = shop.phone.sent
    assert shop.phone.uploads == [PDF]
    file = outbound.content.file
    assert file is not None
    assert (file.provider_id, file.filename, outbound.content.text) == ("file-1", "boleto.pdf", "Segue")
    assert (await shop.messages())[-1]["status"] == "SENT"


@pytest.mark.parametrize("remembers", [True, False], ids=["as we do", "mutant: nothing is remembered"])
async def test_the_platform_gets_it_once_for_many_messages(monkeypatch: pytest.MonkeyPatch, remembers: bool) -> None:
    if not remembers:
        monkeypatch.setattr(File, "handed_over", lambda *about, **at: None)
    shop = await a_shop()
    chat_id, attachment = await shop.taken(), await bring(shop)
    for _ in range(3):
        await say(shop, chat_id, attachment)
        await shop.dispatch()
    assert (len(shop.phone.sent), len(shop.phone.uploads)) == (3, 1 if remembers else 3)


async def test_it_gets_it_again_when_it_has_forgotten_it() -> None:
    shop = await a_shop()
    chat_id, attachment = await shop.taken(), await bring(shop)
    await say(shop, chat_id, attachment)
    await shop.dispatch()
    later = evolve(shop.jaboti.hand_over, clock=lambda: now() + timedelta(days=30))
    deliver = evolve(shop.jaboti.deliver, hand_over=later)
    await say(shop, chat_id, attachment)
    (parcel,) = await shop.claimed()
    await shop.settle(await deliver(parcel))
    assert len(shop.phone.uploads) == 2


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (SOON, "SENDING"),
        (RuntimeError("nobody knows"), "SENDING"),
        (OutcomeUnknown(error_code="cut", title=""), "SENDING"),
        (GiveUp(error_code="131053", title="No"), "FAILED"),
    ],
)
async def test_a_file_that_does_not_get_there_leaves_no_doubt_about_its_message(error: Exception, status: str) -> None:
    """Nothing was sent: whatever happened to the file, the message is tried again at once, and never flagged."""
    shop = await a_shop(phone=MemoryChannel(hinder=hindered(error)))
    chat_id = await shop.taken()
    await say(shop, chat_id, await bring(shop))
    (parcel,) = await shop.claimed()
    delivery = await shop.jaboti.deliver(parcel)
    await shop.settle(delivery)
    shown = (await shop.messages())[-1]
    assert (shop.phone.sent, shown["status"]) == ([], status)
    assert "possiblyDoubled" not in shown["metadata"]
    assert not isinstance(delivery.failure, OutcomeUnknown)


async def test_what_was_in_doubt_stays_in_doubt_when_its_file_fails() -> None:
    shop = await a_shop()
    chat_id = await shop.taken()
    await say(shop, chat_id, await bring(shop))
    (parcel,) = await shop.claimed()
    unsure = evolve(parcel, errand=evolve(parcel.errand, unsure=True))
    shop.phone.hinder = hindered(SOON)
    ready = await shop.jaboti.hand_over(unsure)
    assert getattr(ready, "still_unsure", None) is True


async def test_a_file_that_is_gone_fails_its_message() -> None:
    shop = await a_shop()
    chat_id, attachment = await shop.taken(), await bring(shop)
    await say(shop, chat_id, attachment)
    async with shop.jaboti.send_message.new_uow(shop.company.id) as uow:
        media = (await uow.media.find([attachment.media_id]))[attachment.media_id]
        media.lost()
        await uow.media.save(media)
        await uow.commit()
    await shop.dispatch()
    (shown,) = [each for each in await shop.messages() if each["senderType"] == "ATTENDANT"]
    assert (shown["status"], shown["error"]["code"]) == ("FAILED", "media_gone")


async def test_bytes_that_are_not_there_now_are_waited_for() -> None:
    shop = await a_shop()
    chat_id, attachment = await shop.taken(), await bring(shop)
    await say(shop, chat_id, attachment)
    sha256, _ = (await shop.jaboti.media_reads.one(shop.company.id, attachment.media_id)).content()
    await shop.jaboti.open_media.media_files.delete(shop.company.id, sha256)
    (parcel,) = await shop.claimed()
    delivery = await shop.jaboti.deliver(parcel)
    assert isinstance(delivery.failure, NotTried)
