"""A message that carries its file is long: where it was cut off tells whether anybody can have taken it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from jaboti_adapters.channels import HttpPool
from jaboti_adapters.channels._files import Parcel
from jaboti_adapters.channels.evolutionapi import EvolutionApiChannel
from jaboti_domain.integration.content import Media, MediaFile
from jaboti_domain.integration.errors import OutcomeUnknown, SendingFailed, TryAgain
from jaboti_domain.integration.messaging import Outbound, Peer
from jaboti_domain.integration.transfers import MediaUpload
from jaboti_domain.kernel.ids import MessageId, new_id
from tests.unit.channels.evolution import integration

SIZE = 3 << 20


async def read() -> AsyncIterator[bytes]:
    for _ in range(SIZE >> 16):
        yield bytes(1 << 16)


FILE = MediaUpload(type="image", mime_type="image/png", size=SIZE, read=read)
MESSAGE = Outbound(
    message_id=MessageId(new_id()),
    to=Peer(phone="551133334444"),
    content=Media(media=MediaFile(type="image")),
    file=FILE,
)


@asynccontextmanager
async def cutting(*, after: int | None) -> AsyncIterator[str]:
    """A server that ends the connection after so many bytes of a body, or (None) after the last."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.partition("content-length:")[2].partition("\r\n")[0])
        await reader.readexactly(length if after is None else after)
        writer.transport.abort()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def failure(*, after: int | None) -> SendingFailed:
    async with cutting(after=after) as base, HttpPool(allowed_hosts=["127.0.0.1"]) as http:
        with pytest.raises(SendingFailed) as failed:
            await EvolutionApiChannel(http).send(integration(base), MESSAGE)
    return failed.value


@pytest.mark.parametrize("knows", [True, False], ids=["as we do", "mutant: half of a message counts as one"])
async def test_half_of_a_message_was_taken_by_nobody(monkeypatch: pytest.MonkeyPatch, knows: bool) -> None:
    if not knows:
        monkeypatch.setattr(Parcel, "may_be_whole", property(lambda _: True, lambda _, value: None), raising=False)
    failed = await failure(after=SIZE // 2)
    assert type(failed) is (TryAgain if knows else OutcomeUnknown)


@pytest.mark.parametrize("hopes", [False, True], ids=["as we do", "mutant: only an answer counts"])
async def test_a_whole_one_may_have_been(monkeypatch: pytest.MonkeyPatch, hopes: bool) -> None:
    if hopes:
        monkeypatch.setattr(Parcel, "may_be_whole", property(lambda _: False, lambda _, value: None), raising=False)
    failed = await failure(after=None)
    assert type(failed) is (TryAgain if hopes else OutcomeUnknown)
