"""A small HTTP/1.1 client with kept connections: webhooks by the thousand leave no time for more."""

import asyncio
import ssl
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

from attrs import define, field


class Answer(NamedTuple):
    """What came back."""

    status: int
    body: bytes


class Target(NamedTuple):
    """Where a URL points."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def server(self) -> tuple[str, str, int]:
        """What a connection is good for."""
        return self.scheme, self.host, self.port


@define(eq=False)
class Wire:
    """Requests to any server, at most `connections` at a time to each."""

    patience: float = 10.0
    connections: int = 32
    _idle: dict[tuple[str, str, int], list[tuple[StreamReader, StreamWriter]]] = field(factory=dict, init=False)
    _slots: dict[tuple[str, str, int], asyncio.Semaphore] = field(factory=dict, init=False)

    async def request(self, method: str, url: str, headers: Mapping[str, str], body: bytes = b"") -> Answer:
        """The answer, whatever its status. OSError, EOFError or ValueError when there is none to be had in time."""
        target = _target(url)
        slots = self._slots.setdefault(target.server, asyncio.Semaphore(self.connections))
        async with slots, asyncio.timeout(self.patience), self._connection(target) as (reader, writer):
            writer.write(_head(method, target, headers, len(body)) + body)
            await writer.drain()
            return await self._answer(target, reader, writer)

    async def close(self) -> None:
        """Closes the kept connections; later requests open new ones."""
        kept = [writer for connections in self._idle.values() for _, writer in connections]
        self._idle.clear()
        self._slots.clear()
        for writer in kept:
            writer.close()
        await asyncio.gather(asyncio.sleep(0), *(writer.wait_closed() for writer in kept), return_exceptions=True)

    @asynccontextmanager
    async def _connection(self, target: Target) -> AsyncIterator[tuple[StreamReader, StreamWriter]]:
        reader, writer = self._kept(target) or await _connect(target)
        try:
            yield reader, writer
        except BaseException:
            writer.transport.abort()
            raise

    def _kept(self, target: Target) -> tuple[StreamReader, StreamWriter] | None:
        idle = self._idle.get(target.server, [])
        while idle:
            reader, writer = idle.pop()
            if not reader.at_eof() and not writer.is_closing():
                return reader, writer
            writer.close()
        return None

    async def _answer(self, target: Target, reader: StreamReader, writer: StreamWriter) -> Answer:
        status, fields = _parsed(await _read_head(reader))
        body = await _body(reader, fields)
        if body is None or fields.get("connection", "").lower() == "close":
            writer.close()
        else:
            self._idle.setdefault(target.server, []).append((reader, writer))
        return Answer(status, body or b"")


async def _connect(target: Target) -> tuple[StreamReader, StreamWriter]:
    context = ssl.create_default_context() if target.scheme == "https" else None
    return await asyncio.open_connection(target.host, target.port, ssl=context)


@lru_cache(maxsize=1024)
def _target(url: str) -> Target:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, parts.hostname, parts.port or (443 if parts.scheme == "https" else 80), path)


def _head(method: str, target: Target, headers: Mapping[str, str], length: int) -> bytes:
    lines = [f"{method} {target.path} HTTP/1.1", f"host: {target.host}:{target.port}", f"content-length: {length}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "\r\n"]).encode("latin-1")


async def _read_head(reader: StreamReader) -> bytes:
    try:
        return await reader.readuntil(b"\r\n\r\n")
    except asyncio.LimitOverrunError as exc:
        raise ValueError("the head of the answer has no end") from exc


def _parsed(head: bytes) -> tuple[int, dict[str, str]]:
    first, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
    pairs = (line.partition(":") for line in lines)
    return int(first.partition(" ")[2][:3]), {name.strip().lower(): value.strip() for name, _, value in pairs}


async def _body(reader: StreamReader, fields: Mapping[str, str]) -> bytes | None:
    """The body; None when only the end of the connection tells its end."""
    if "content-length" in fields:
        return await reader.readexactly(int(fields["content-length"]))
    if fields.get("transfer-encoding", "").lower() == "chunked":
        return await _chunks(reader)
    return None


async def _chunks(reader: StreamReader) -> bytes:
    chunks: list[bytes] = []
    while size := int((await reader.readline()).partition(b";")[0], 16):
        chunks.append(await reader.readexactly(size))
        await reader.readexactly(2)
    await reader.readuntil(b"\r\n")
    return b"".join(chunks)
