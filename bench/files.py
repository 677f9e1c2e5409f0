"""`python -m bench.files`: files of 100 MiB through the channels to the disk and back, and what they take of memory.

The platform is a server that makes bytes up and forgets them, in a process of its own.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import uvloop
from attrs import evolve, frozen
from rich.console import Console
from rich.table import Table

from bench.process import answers, free_port, resident, running
from jaboti_adapters.channels import HttpPool
from jaboti_adapters.channels.cloudapi import CloudApiChannel
from jaboti_adapters.channels.evolutionapi import EvolutionApiChannel
from jaboti_adapters.media.disk import DiskMediaFiles
from jaboti_domain.integration.content import Media, MediaFile
from jaboti_domain.integration.messaging import Outbound, Peer, Platform
from jaboti_domain.integration.model import Integration, Secret
from jaboti_domain.integration.transfers import LARGEST, MediaUpload
from jaboti_domain.kernel.ids import CompanyId, IntegrationId, MessageId, new_id
from jaboti_domain.media.model import StoredFile

MIB = 1 << 20
PIECE = bytes(1 << 16)
TEXT = b"A" * len(PIECE)
ALLOWED = 8 * MIB
"""The goal for each file that is under way: some pieces in sockets and threads, whatever its size."""
AT_ONCE = 8


def main() -> None:
    """Measure, and print a table; or be the platform."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--serve", type=int, default=0, help="be the platform, on this port")
    given = options.parse_args()
    uvloop.run(serve(given.serve) if given.serve else bench())


async def serve(port: int) -> None:
    """Both platforms, as far as files are concerned, until it is ended."""
    server = await asyncio.start_server(partial(_answer, port), "127.0.0.1", port)
    await server.serve_forever()


async def _answer(port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    left, path = int(head.partition("content-length:")[2].partition("\r\n")[0] or 0), head.split()[1]
    while left:
        left -= len(await reader.read(min(left, len(PIECE))))
    if "getbase64" in path:
        await _write(writer, b'{"base64":"', TEXT, LARGEST // 3 * 4 // len(TEXT), b'"}')
    elif "file" in path:
        await _write(writer, b"", PIECE, LARGEST // len(PIECE))
    else:
        told = {"url": f"http://127.0.0.1:{port}/file", "id": "1", "key": {"id": "3EB0", "remoteJid": "5"}}
        await _write(writer, json.dumps(told).encode(), b"", 0)
    writer.close()


async def _write(writer: asyncio.StreamWriter, before: bytes, piece: bytes, times: int, after: bytes = b"") -> None:
    length = len(before) + len(piece) * times + len(after)
    writer.write(f"HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n".encode() + before)
    for _ in range(times):
        writer.write(piece)
        await writer.drain()
    writer.write(after)
    await writer.drain()


@frozen
class Line:
    """A channel with its integration, and where files are kept."""

    channel: CloudApiChannel | EvolutionApiChannel
    integration: Integration
    files: DiskMediaFiles

    async def fetch(self) -> StoredFile:
        """A client's file, to the disk."""
        async with self.channel.open(self.integration, MediaFile(type="video", provider_id="1")) as media:
            return await self.files.put(self.integration.company_id, media.chunks)

    async def give(self, stored: StoredFile) -> None:
        """The same from the disk, to the platform."""
        read: Callable[[], AsyncIterable[bytes]] = partial(self.files.read, self.integration.company_id, stored.sha256)
        file = MediaUpload(type="video", mime_type="video/mp4", size=stored.size, read=read)
        if await self.channel.upload(self.integration, file) is None:
            content = Media(media=MediaFile(type="video"))
            outbound = Outbound(message_id=MessageId(new_id()), to=Peer(phone="551133334444"), content=content)
            await self.channel.send(self.integration, evolve(outbound, file=file))


async def bench() -> None:
    """One file at a time, and eight."""
    port = free_port()
    table = Table("what", "MiB per second", "more memory at most", "goal", "reached")
    with tempfile.TemporaryDirectory(prefix="jaboti-bench-") as directory:
        async with (
            running(sys.executable, "-m", "bench.files", "--serve", str(port)),
            HttpPool(allowed_hosts=["127.0.0.1"]) as http,
        ):
            await answers(port)
            for platform in (Platform.CLOUD_API, Platform.EVOLUTION_API):
                line = _line(platform, http, f"http://127.0.0.1:{port}", Path(directory))
                stored = await line.fetch()
                for times in (1, AT_ONCE):
                    await _measure(table, f"{platform}, {times} at once, in", times, line.fetch)
                    await _measure(table, f"{platform}, {times} at once, out", times, partial(line.give, stored))
    Console().print(table)


def _line(platform: Platform, http: HttpPool, base: str, directory: Path) -> Line:
    integration = Integration(
        id=IntegrationId(new_id()),
        company_id=CompanyId(new_id()),
        platform=platform,
        account="1",
        name="bench",
        settings={"base_url": base},
        credentials={"access_token": Secret("token-of-bench"), "api_key": Secret("key-of-bench")},
    )
    channel = CloudApiChannel(http) if platform is Platform.CLOUD_API else EvolutionApiChannel(http)
    return Line(channel, integration, DiskMediaFiles(directory))


async def _measure(table: Table, what: str, times: int, doing: Callable[[], Awaitable[object]]) -> None:
    before, began = resident(os.getpid()), time.perf_counter()
    async with _watching() as seen:
        await asyncio.gather(*(doing() for _ in range(times)))
        took = time.perf_counter() - began
    more, allowed = max(seen) - before, times * ALLOWED
    speed, goal = f"{times * LARGEST / MIB / took:.0f}", f"<= {allowed / MIB:.0f} MiB"
    table.add_row(what, speed, f"{more / MIB:.1f} MiB", goal, "yes" if more <= allowed else "NO")


@asynccontextmanager
async def _watching() -> AsyncIterator[list[int]]:
    """How much memory there was, looked at every few milliseconds."""
    seen = [resident(os.getpid())]

    async def look() -> None:
        while True:
            seen.append(resident(os.getpid()))
            await asyncio.sleep(0.005)

    watching = asyncio.create_task(look())
    try:
        yield seen
    finally:
        watching.cancel()


if __name__ == "__main__":
    main()
