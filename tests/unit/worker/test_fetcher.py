"""Fetching the files that came with messages."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from attrs import evolve

from jaboti_domain.chat.use_cases.fetch import ExpectedFile
from jaboti_domain.integration.content import Media, MediaFile
from jaboti_domain.kernel.errors import Unavailable
from jaboti_domain.kernel.ids import MediaId
from jaboti_domain.media.model import Media as File
from jaboti_domain.media.model import MediaState
from jaboti_entrypoints.application import Application
from jaboti_entrypoints.worker.fetcher import Fetcher
from tests.unit.chat.shop import Shop, a_shop, message
from tests.unit.media.samples import PNG

WITHIN = 5.0


@pytest.fixture
async def shop() -> Shop:
    """Marina has sent a picture."""
    shop = await a_shop()
    shop.phone.files["f-1"] = PNG
    await arrives(shop)
    return shop


async def arrives(shop: Shop, name: str = "f-1") -> None:
    await shop.receive(message(Media(media=MediaFile(type="image", provider_id=name))))


@asynccontextmanager
async def fetching(application: Application, *, at_once: int = 4) -> AsyncIterator[None]:
    """A worker at work."""
    fetcher = Fetcher(application=application, at_once=at_once, poll=0.02)
    task = asyncio.create_task(fetcher.run())
    try:
        yield
    finally:
        fetcher.stop()
        await asyncio.wait_for(task, WITHIN)


async def files(shop: Shop) -> list[File]:
    ids = [MediaId(UUID(each["media"]["id"])) for each in await shop.messages()]
    return [await shop.jaboti.media_reads.one(shop.company.id, each) for each in ids]


async def until(wanted: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(WITHIN):
        while not await wanted():  # noqa: ASYNC110 - the store tells nobody
            await asyncio.sleep(0.01)


def are(shop: Shop, state: MediaState) -> Callable[[], Awaitable[bool]]:
    async def so() -> bool:
        return {each.state for each in await files(shop)} == {state}

    return so


def with_fetch(shop: Shop, fetch: Callable[[ExpectedFile], Awaitable[MediaState]], **claim: Any) -> Application:
    """The application, but that files are fetched so."""
    claiming: Any = evolve(shop.jaboti.claim_files, **claim)
    replaced: Any = fetch
    return evolve(shop.jaboti, fetch_file=replaced, claim_files=claiming)


async def for_ever(expected: ExpectedFile) -> MediaState:
    await asyncio.Event().wait()
    return MediaState.FAILED


async def test_what_has_come_is_fetched(shop: Shop) -> None:
    async with fetching(shop.jaboti):
        await until(are(shop, MediaState.READY))
        await arrives(shop)
        await until(are(shop, MediaState.READY))


async def test_who_stops_gives_back_what_was_under_way(shop: Shop) -> None:
    async with fetching(with_fetch(shop, for_ever)):
        await until(lambda: is_tried(shop))
    (again,) = await shop.jaboti.claim_files(shop.company.id, at_most=9)
    assert again.attempt == 2


async def is_tried(shop: Shop) -> bool:
    return all(each.attempts for each in await files(shop))


async def test_a_file_that_takes_long_is_nobody_elses_meanwhile(shop: Shop) -> None:
    lease = timedelta(seconds=0.3)
    async with fetching(with_fetch(shop, for_ever, lease=lease)):
        await until(lambda: is_tried(shop))
        await asyncio.sleep(1.0)
        assert await shop.jaboti.claim_files(shop.company.id, at_most=9) == []
    (media,) = await files(shop)
    assert media.attempts == 1


async def test_who_lost_a_file_to_somebody_else_lets_it_be(shop: Shop) -> None:
    ended = asyncio.Event()

    async def fetch(expected: ExpectedFile) -> MediaState:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        return MediaState.FAILED

    async with fetching(with_fetch(shop, fetch, lease=timedelta(seconds=0.15))):
        await until(lambda: is_tried(shop))
        (media,) = await files(shop)
        async with shop.jaboti.send_message.new_uow(shop.company.id) as uow:
            (held,) = (await uow.media.find([media.id])).values()
            held.lost()
            await uow.media.save(held)
            await uow.commit()
        await asyncio.wait_for(ended.wait(), WITHIN)


@pytest.mark.parametrize("error", [Unavailable(), RuntimeError("nobody knows")])
async def test_it_outlives_what_fails(shop: Shop, error: Exception) -> None:
    failures, fetch = [error], shop.jaboti.fetch_file

    async def failing(expected: ExpectedFile) -> MediaState:
        if failures:
            raise failures.pop()
        return await fetch(expected)

    async with fetching(with_fetch(shop, failing, lease=timedelta(seconds=0.1))):
        await until(are(shop, MediaState.READY))


async def test_a_server_that_hangs_leaves_places_for_others(shop: Shop) -> None:
    """Of four places it never has more than two, however many of its files wait."""
    for _ in range(5):
        await arrives(shop)
    under_way = 0

    async def hang(expected: ExpectedFile) -> MediaState:
        nonlocal under_way
        under_way += 1
        return await for_ever(expected)

    async with fetching(with_fetch(shop, hang)):
        await asyncio.sleep(0.3)
        assert under_way == 2
