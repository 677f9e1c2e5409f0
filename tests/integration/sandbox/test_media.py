"""Files between the platforms and us, over real HTTP: whole and as promised, or sorted by what to do next."""

import asyncio
import random
from base64 import b64decode
from collections.abc import AsyncIterable, AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from hashlib import sha256

import pytest
from attrs import evolve

from jaboti_adapters.channels import HttpPool, _fetching, _files
from jaboti_adapters.channels._http import Basins
from jaboti_adapters.channels.cloudapi.access import Access
from jaboti_domain.integration.content import MediaFile, Text
from jaboti_domain.integration.errors import GiveUp, MendSettings, SendingFailed, SlowDown, TryAgain
from jaboti_domain.integration.messaging import Outbound
from jaboti_domain.integration.transfers import LARGEST
from jaboti_domain.kernel.ids import MessageId, new_id
from jaboti_entrypoints.sandbox.cloudapi.media import MediaShelf
from jaboti_entrypoints.sandbox.evolutionapi import Version
from tests.integration.sandbox.evolution_shop import NAME, EvolutionShop
from tests.integration.sandbox.evolution_shop import TOKEN as KEY
from tests.integration.sandbox.shop import TOKEN, Shop
from tests.integration.sandbox.sides import HERE, MARIA, Side, cloud_side, evolution_side, upload
from tests.unit.channels.test_forged_addresses import Following

pytestmark = pytest.mark.asyncio(loop_scope="module")
BYTES = random.Random(7).randbytes(300_001)
KINDS = ("image", "video", "audio", "document", "sticker")
WAYS = ("cloud", "server", "storage")


@asynccontextmanager
async def by(way: str, shop: Shop, evolution: EvolutionShop, http: HttpPool | None = None) -> AsyncIterator[Side]:
    """One of the ways by which a client's file reaches us."""
    if way == "cloud":
        async with cloud_side(shop, http) as side:
            yield side
        return
    evolution.knobs.turn(media_stored=way == "storage")
    async with evolution_side(evolution, http) as side:
        yield side


def alone(way: str, file: MediaFile) -> MediaFile:
    """The same where the storage is the only place to look."""
    return evolve(file, provider_id=None) if way == "storage" else file


async def failure(side: Side, file: MediaFile) -> SendingFailed:
    with pytest.raises(SendingFailed) as failed:
        await side.fetch(file)
    return failed.value


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", KINDS)
async def test_a_client_s_file_arrives_byte_for_byte(shop: Shop, evolution: EvolutionShop, way: str, kind: str) -> None:
    async with by(way, shop, evolution) as side:
        file = await side.hears(kind, BYTES)
        assert file.sha256 == sha256(BYTES).hexdigest()
        async with side.channel.open(side.integration, alone(way, file)) as media:
            assert (media.size, media.sha256, media.mime_type) == (len(BYTES), file.sha256, file.mime_type)
            assert b"".join([chunk async for chunk in media.chunks]) == BYTES


@pytest.mark.parametrize("version", list(Version))
async def test_each_version_of_evolution_gives_files(evolution: EvolutionShop, version: Version) -> None:
    evolution.knobs.turn(version=version)
    async with evolution_side(evolution) as side:
        file = await side.hears("image", BYTES, caption="foto")
        assert (file.size, file.sha256) == (len(BYTES), sha256(BYTES).hexdigest())
        assert await side.fetch(file) == BYTES


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("checks", [True, False], ids=["as we do", "mutant: the hash is not checked"])
async def test_another_file_than_the_one_that_was_promised_is_not_taken(
    shop: Shop, evolution: EvolutionShop, monkeypatch: pytest.MonkeyPatch, way: str, checks: bool
) -> None:
    if not checks:
        monkeypatch.setattr(_fetching, "checked", _trusting)
    async with by(way, shop, evolution) as side:
        file = alone(way, await side.hears("image", BYTES))
        side.shop.knobs.turn(media_manner="altered")
        if not checks:
            assert await side.fetch(file) != BYTES
            return
        failed = await failure(side, file)
        assert isinstance(failed, TryAgain)
        assert (failed.error_code, failed.at_most) == ("media_hash_mismatch", 3)


async def _trusting(pieces: AsyncIterable[bytes], **_: object) -> AsyncIterator[bytes]:
    async for piece in pieces:
        yield piece


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("manner", ["unsized", "slow"])
async def test_a_file_may_come_slowly_and_without_a_length(
    shop: Shop, evolution: EvolutionShop, way: str, manner: str
) -> None:
    async with by(way, shop, evolution) as side:
        file = alone(way, await side.hears("document", BYTES))
        side.shop.knobs.turn(media_manner=manner, media_pause=0.01)
        assert await side.fetch(file) == BYTES


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("fault", "kind", "code"),
    [
        ({"media_manner": "cut"}, TryAgain, "cut_off"),
        ({"media_manner": "stuck"}, TryAgain, "cut_off"),
        ({"media_status": 503}, TryAgain, "http_503"),
        ({"media_status": 429}, SlowDown, "http_429"),
        ({"media_status": 418}, GiveUp, "http_418"),
    ],
    ids=lambda value: str(value),
)
async def test_a_server_s_troubles_are_sorted_by_what_to_do(
    shop: Shop, evolution: EvolutionShop, way: str, fault: dict[str, object], kind: type[SendingFailed], code: str
) -> None:
    is_stuck = fault == {"media_manner": "stuck"}
    hasty = HttpPool(total=0.5, total_of_file=0.5, allowed_hosts=[HERE]) if is_stuck else None
    async with by(way, shop, evolution, hasty) as side:
        file = alone(way, await side.hears("image", BYTES))
        side.shop.knobs.turn(**fault)
        failed = await failure(side, file)
        assert (type(failed), failed.error_code) == (kind, code)
        assert ("Timeout" in failed.title or "too long" in failed.title) is is_stuck


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("keeps", [True, False], ids=["as we do", "mutant: the cap is not kept"])
async def test_ten_gigabytes_without_a_length_end_at_the_cap(
    shop: Shop, evolution: EvolutionShop, monkeypatch: pytest.MonkeyPatch, way: str, keeps: bool
) -> None:
    cap = 1 << 20
    monkeypatch.setattr(_fetching, "checked", partial(_files.checked, largest=cap if keeps else 1 << 62))
    async with by(way, shop, evolution) as side:
        file = alone(way, await side.hears("video", BYTES))
        side.shop.knobs.turn(media_manner="endless")
        taken = 0
        with pytest.raises(GiveUp if keeps else _Enough):  # noqa: PT012  # what is counted is what comes before
            async with side.channel.open(side.integration, file) as media:
                async for chunk in media.chunks:
                    taken += len(chunk)
                    if taken > 8 * cap:
                        raise _Enough()
    assert (taken <= cap) is keeps


class _Enough(Exception):
    pass


async def test_the_cap_is_what_the_platforms_give_at_most(shop: Shop) -> None:
    async with cloud_side(shop, HttpPool(allowed_hosts=[HERE])) as side:
        file = await side.hears("video", BYTES)
        shop.knobs.turn(media_manner="endless")
        taken = 0
        with pytest.raises(GiveUp):  # noqa: PT012  # what is counted is what comes before
            async with side.channel.open(side.integration, file) as media:
                async for chunk in media.chunks:
                    taken += len(chunk)
    assert LARGEST - (1 << 20) < taken <= LARGEST == 100 * 1024 * 1024


async def test_what_says_itself_to_be_too_large_is_not_even_begun(shop: Shop) -> None:
    async with cloud_side(shop) as side:
        file = await side.hears("document", BYTES)
        huge = evolve(file, size=LARGEST + 1)
        with pytest.raises(GiveUp) as failed:
            _fetching.received(_trusting(_nothing()), huge)
    assert failed.value.error_code == "media_too_large"


async def _nothing() -> AsyncIterator[bytes]:
    yield b""


@pytest.mark.parametrize("way", ["cloud", "storage"])
@pytest.mark.parametrize("follow", [False, True], ids=["as we do", "mutant: redirects are followed"])
async def test_a_redirect_leads_nowhere(shop: Shop, evolution: EvolutionShop, way: str, follow: bool) -> None:
    http = HttpPool(allowed_hosts=[HERE])
    if follow:
        http._for_files = Basins([Following(basin) for basin in http._for_files.all])
    async with listening() as (base, heard), by(way, shop, evolution, http) as side:
        file = alone(way, await side.hears("image", BYTES))
        side.shop.knobs.turn(media_manner="redirected", media_redirect=base)
        failed = await failure(side, file)
        assert bool(heard) is follow
        assert follow or (type(failed), failed.error_code) == (GiveUp, "http_302")


@asynccontextmanager
async def listening(status: str = "404 Not Found") -> AsyncIterator[tuple[str, list[bytes]]]:
    """A server that keeps the heads of what it is asked."""
    heard: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(f"HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, HERE, 0) as server:
        yield f"http://{HERE}:{server.sockets[0].getsockname()[1]}", heard


@pytest.mark.parametrize("careless", [False, True], ids=["as we do", "mutant: the token goes anywhere"])
async def test_the_token_is_shown_to_nobody_else(shop: Shop, monkeypatch: pytest.MonkeyPatch, careless: bool) -> None:
    if careless:
        monkeypatch.setattr(Access, "may_show", lambda self, url: True)
    async with listening() as (base, heard), cloud_side(shop) as side:
        file = await side.hears("image", BYTES)
        shop.knobs.turn(media_elsewhere=base)
        await failure(side, file)
    assert heard
    assert any(TOKEN.encode() in head for head in heard) is careless


async def test_the_key_of_the_server_is_not_shown_to_its_storage(evolution: EvolutionShop) -> None:
    async with listening() as (base, heard), evolution_side(evolution) as side:
        evolution.knobs.turn(media_stored=True, media_elsewhere=base)
        file = await side.hears("image", BYTES)
        assert (await failure(side, alone("storage", file))).error_code == "http_404"
    assert len(heard) == 1
    assert KEY.encode() not in heard[0]
    assert not [name for name in (b"apikey", b"authorization", b"content-type") if name in heard[0].lower()]


@pytest.mark.parametrize("way", ["cloud", "storage"])
async def test_a_dead_file_server_is_an_outage_though_the_platform_is_well(
    shop: Shop, evolution: EvolutionShop, way: str
) -> None:
    async with by(way, shop, evolution) as side:
        side.shop.knobs.turn(media_elsewhere=f"http://{HERE}:9")
        failed = await failure(side, alone(way, await side.hears("image", BYTES)))
    assert isinstance(failed, TryAgain)
    assert (failed.error_code, failed.is_outage) == ("unreachable", True)


async def test_an_address_that_ended_is_asked_anew(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = iter([False])
    fresh = MediaShelf.fresh
    monkeypatch.setattr(MediaShelf, "fresh", lambda shelf, *about: next(ended, None) is None and fresh(shelf, *about))
    async with cloud_side(shop) as side:
        assert await side.fetch(await side.hears("image", BYTES)) == BYTES


async def test_addresses_that_always_end_at_once_are_tried_again_a_few_times(shop: Shop) -> None:
    async with cloud_side(shop) as side:
        file = await side.hears("image", BYTES)
        shop.knobs.turn(media_url_seconds=0)
        failed = await failure(side, file)
    assert isinstance(failed, TryAgain)
    assert (failed.error_code, failed.at_most) == ("http_404", 3)


async def test_an_address_of_the_storage_that_ended_leads_back_to_the_server(evolution: EvolutionShop) -> None:
    evolution.knobs.turn(media_url_seconds=0)
    async with by("storage", None, evolution) as side:  # type: ignore[arg-type]
        file = await side.hears("image", BYTES)
        assert file.link
        assert await side.fetch(file) == BYTES
        assert (await failure(side, alone("storage", file))).error_code == "http_403"


async def test_a_storage_where_nobody_may_call_leads_back_to_the_server(evolution: EvolutionShop) -> None:
    evolution.knobs.turn(media_elsewhere="http://minio:9000")
    async with by("storage", None, evolution) as side:  # type: ignore[arg-type]
        file = await side.hears("image", BYTES)
        assert await side.fetch(file) == BYTES
        failed = await failure(side, alone("storage", file))
        assert (type(failed), failed.error_code) == (GiveUp, "address_not_allowed")


async def test_what_is_gone_is_given_up(shop: Shop, evolution: EvolutionShop) -> None:
    async with cloud_side(shop) as side:
        file = await side.hears("image", BYTES)
        await shop.graph.delete(f"/v25.0/{file.provider_id}")
        gone = await failure(side, file)
    assert (type(gone), gone.error_code) == (GiveUp, "media_gone")
    async with evolution_side(evolution) as side:
        file = await side.hears("image", BYTES)
        evolution.knobs.turn(media_kept=False)
        gone, unknown = await failure(side, file), await failure(side, evolve(file, provider_id="3EB0"))
    assert {(type(each), each.error_code) for each in (gone, unknown)} == {(GiveUp, "media_gone")}


@pytest.mark.parametrize("way", ["cloud", "server"])
async def test_a_dead_server_is_an_outage(shop: Shop, evolution: EvolutionShop, way: str) -> None:
    async with by(way, shop, evolution) as side:
        file = await side.hears("image", BYTES)
        away = evolve(side.integration, settings={**side.integration.settings, "base_url": f"http://{HERE}:9"})
        with pytest.raises(TryAgain) as failed:
            async with side.channel.open(away, file):
                pass
        assert failed.value.is_outage


@pytest.mark.parametrize("way", ["cloud", "server"])
async def test_a_key_that_opens_nothing_is_the_settings_affair(shop: Shop, evolution: EvolutionShop, way: str) -> None:
    async with by(way, shop, evolution) as side:
        file = await side.hears("image", BYTES)
        if way == "cloud":
            shop.knobs.turn(token_revoked=True)
        else:
            evolution.instance.token = "another"
        assert type(await failure(side, file)) is MendSettings


async def test_an_upload_has_an_id_by_which_it_is_sent(shop: Shop) -> None:
    async with cloud_side(shop) as side:
        photo = upload("image", BYTES, "image/png")
        await side.sends(photo, caption="uma foto")
        contract = upload("document", b"%PDF-1.4", "application/pdf", name='"nota"\r\nx: y.pdf')
        await side.sends(contract)
        await side.sends(upload("audio", b"OggS", "audio/ogg"), voice=True)
    sent = [send.body for send in shop.ledger.sends]
    shelf = shop.sandbox.platform.media
    stored = [shelf.get(body[body["type"]]["id"], {"102290129340398"}) for body in sent]
    assert [each.data for each in stored] == [BYTES, b"%PDF-1.4", b"OggS"]
    assert [each.mime_type for each in stored] == ["image/png", "application/pdf", "audio/ogg"]
    assert (sent[0]["image"]["caption"], sent[2]["audio"]["voice"]) == ("uma foto", True)
    assert sent[1]["document"]["filename"] == '"nota"\r\nx: y.pdf'


@pytest.mark.parametrize("size", [10, 12], ids=["it grew", "it shrank"])
@pytest.mark.parametrize("way", ["cloud", "server"])
async def test_a_file_that_changed_since_it_was_stored_is_given_up(
    shop: Shop, evolution: EvolutionShop, way: str, size: int
) -> None:
    async with by(way, shop, evolution) as side:
        with pytest.raises(GiveUp) as failed:
            await side.sends(upload("image", b"elevenbytes", "image/png", size=size))
    assert failed.value.error_code == "media_changed"


async def test_what_the_platform_refuses_is_sorted_like_a_message(shop: Shop) -> None:
    async with cloud_side(shop) as side:
        with pytest.raises(GiveUp) as refused:
            await side.channel.upload(side.integration, upload("image", b"II", "image/tiff"))
    assert refused.value.error_code == "100"


@pytest.mark.parametrize(
    ("kind", "mime_type", "facts", "verb"),
    [
        ("image", "image/png", {"caption": "olá"}, "media"),
        ("document", "application/pdf", {}, "media"),
        ("audio", "audio/ogg", {"voice": True}, "audio"),
        ("sticker", "image/webp", {}, "sticker"),
    ],
)
async def test_evolution_takes_the_bytes_with_the_message(
    evolution: EvolutionShop, kind: str, mime_type: str, facts: dict[str, object], verb: str
) -> None:
    async with evolution_side(evolution) as side:
        message_id = await side.sends(upload(kind, BYTES, mime_type, name="x.bin"), **facts)
    (send,) = evolution.ledger.sends
    assert b64decode(send.body[verb]) == BYTES
    assert evolution.sandbox.platform.records.find(NAME, message_id)
    assert send.body.get("caption", "") == facts.get("caption", "")


@pytest.mark.parametrize("apart", [True, False], ids=["as we do", "mutant: files share the messages' connections"])
async def test_files_that_never_come_hold_no_message_up(shop: Shop, apart: bool) -> None:
    http = HttpPool(allowed_hosts=[HERE])
    http._basins = Basins(http._basins.all[:1])
    http._for_files = http._for_files if apart else http._basins
    async with cloud_side(shop, http) as side:
        file = await side.hears("image", BYTES)
        shop.knobs.turn(media_manner="stuck")
        stuck = [asyncio.create_task(failure(side, file)) for _ in range(80)]
        await asyncio.sleep(1.5)
        outbound = Outbound(message_id=MessageId(new_id()), to=MARIA, content=Text(body="Oi"))
        try:
            await side.channel.send(side.integration, outbound)
            assert apart
        except TryAgain:
            assert not apart
        for each in stuck:
            each.cancel()
        await asyncio.gather(*stuck, return_exceptions=True)
