"""A file of any size passes through a few pieces of memory, in either direction, over real HTTP."""

import asyncio
import json
import tracemalloc
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from attrs import evolve

from jaboti_adapters.channels import HttpPool
from jaboti_adapters.channels.cloudapi import CloudApiChannel
from jaboti_adapters.channels.evolutionapi import EvolutionApiChannel
from jaboti_domain.integration.content import Media, MediaFile
from jaboti_domain.integration.messaging import Outbound, Peer
from jaboti_domain.integration.transfers import MediaUpload
from jaboti_domain.kernel.ids import MessageId, new_id
from tests.unit.channels.evolution import integration as on_evolution
from tests.unit.channels.integrations import TOKEN
from tests.unit.channels.integrations import integration as on_cloud

MIB = 1 << 20
SIZE, ALLOWED = 24 * MIB, 4 * MIB
PIECE = bytes(1 << 16)
Answer = Callable[[asyncio.StreamWriter, str], Awaitable[None]]


@asynccontextmanager
async def serving(answer: Answer) -> AsyncIterator[str]:
    """A server that keeps nothing: it reads a request to its end, and answers by its path."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        left = int(head.partition("content-length:")[2].partition("\r\n")[0] or 0)
        while left:
            left -= len(await reader.read(min(left, len(PIECE))))
        await answer(writer, head.split()[1])
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def write(writer: asyncio.StreamWriter, before: bytes, filler: bytes, size: int, after: bytes = b"") -> None:
    length = len(before) + size + len(after)
    writer.write(f"HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n".encode() + before)
    for _ in range(size // len(filler)):
        writer.write(filler)
        await writer.drain()
    writer.write(after)
    await writer.drain()


async def gives(writer: asyncio.StreamWriter, path: str) -> None:
    """Files, by either platform's way."""
    host = "http://{}:{}".format(*writer.get_extra_info("sockname"))
    if "getbase64" in path:
        await write(writer, b'{"base64":"', b"A" * len(PIECE), SIZE // 3 * 4, b'"}')
    elif "file" in path:
        await write(writer, b"", PIECE, SIZE)
    else:
        told = json.dumps({"url": f"{host}/file", "file_size": SIZE}).encode()
        await write(writer, told, b" ", 0)


async def takes(writer: asyncio.StreamWriter, path: str) -> None:
    """Whatever it is sent."""
    await write(writer, json.dumps({"id": "1", "key": {"id": "3EB0", "remoteJid": "5"}}).encode(), b" ", 0)


async def peak_of(doing: Callable[[], Awaitable[object]]) -> int:
    await asyncio.sleep(0)
    tracemalloc.start()
    try:
        await doing()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("platform", ["CloudAPI", "EvolutionAPI"])
async def test_what_comes_is_never_whole_in_memory(platform: str) -> None:
    async with serving(gives) as base, HttpPool(allowed_hosts=["127.0.0.1"]) as http:
        on_platform = on_cloud(base, access_token=TOKEN) if platform == "CloudAPI" else on_evolution(base)
        channel = CloudApiChannel(http) if platform == "CloudAPI" else EvolutionApiChannel(http)
        taken = 0

        async def fetch() -> None:
            nonlocal taken
            async with channel.open(on_platform, MediaFile(type="video", provider_id="1")) as media:
                async for chunk in media.chunks:
                    taken += len(chunk)

        assert await peak_of(fetch) < ALLOWED
    assert taken == SIZE


@pytest.mark.parametrize("platform", ["CloudAPI", "EvolutionAPI"])
async def test_what_is_sent_is_never_whole_in_memory(platform: str) -> None:
    async def read() -> AsyncIterator[bytes]:
        for _ in range(SIZE // len(PIECE)):
            yield PIECE

    file = MediaUpload(type="video", mime_type="video/mp4", size=SIZE, read=read)
    async with serving(takes) as base, HttpPool(allowed_hosts=["127.0.0.1"]) as http:
        on_platform = on_cloud(base, access_token=TOKEN) if platform == "CloudAPI" else on_evolution(base)
        channel = CloudApiChannel(http) if platform == "CloudAPI" else EvolutionApiChannel(http)

        async def give() -> None:
            known = await channel.upload(on_platform, file)
            if known is None:
                content = Media(media=MediaFile(type="video"))
                outbound = Outbound(message_id=MessageId(new_id()), to=Peer(phone="5511"), content=content)
                await channel.send(on_platform, evolve(outbound, file=file))

        assert await peak_of(give) < ALLOWED
