"""What uvicorn does not refuse by itself: requests that come drop by drop, and heads that never end."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from enum import Enum, auto

import structlog
from attrs import frozen
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

log = structlog.get_logger(__name__)
LOOK_EVERY = 0.5
SLOWEST = 256 * 1024
"""Bytes a second that a large body has to come in at, beyond the time that every body has."""

_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


@frozen(kw_only=True)
class Limits:
    """Of a request: bytes of its head, and seconds for head and body."""

    head_bytes: int = 32 * 1024
    head_seconds: float = 10.0
    body_seconds: float = 30.0


class _Stage(Enum):
    HEAD = auto()
    BODY = auto()
    READ = auto()


class _HeadTooLarge(Exception):
    """Stops the parser."""


class GuardedHttp(HttpToolsProtocol):
    """uvicorn's protocol, which notes how far a request has come. `limits` belong to the class of one server."""

    limits = Limits()
    _stage = _Stage.HEAD
    _unfinished = 0
    _fields = 0
    _deadline = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        super().connection_made(transport)
        self._begin()

    def data_received(self, data: bytes) -> None:
        """Bytes of a head that has not ended are counted here: the parser keeps a field to itself till its end."""
        super().data_received(data)
        if self._stage is _Stage.HEAD:
            self._unfinished += len(data)
            if self._unfinished > self.limits.head_bytes:
                self.send_400_response("")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        self._fields += len(name) + len(value)
        if self._fields > self.limits.head_bytes:
            raise _HeadTooLarge
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._stage, self._deadline = _Stage.BODY, self.loop.time() + self.limits.body_seconds
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._deadline += len(body) / SLOWEST
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._stage = _Stage.READ
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """What can't be parsed gets 400; a head that is too large, 431."""
        if self.transport.is_closing():
            return
        if max(self._unfinished, self._fields) <= self.limits.head_bytes:
            super().send_400_response(msg)
            return
        self.transport.write(_TOO_LARGE)
        self.transport.close()

    def give_up_at(self, now: float) -> bool:
        """Cut the connection if what has to come has not come in time."""
        if self._stage is _Stage.READ or now < self._deadline or self.transport.is_closing():
            return False
        self.transport.abort()
        return True

    def _begin(self) -> None:
        self._stage, self._unfinished, self._fields = _Stage.HEAD, 0, 0
        self._deadline = self.loop.time() + self.limits.head_seconds


@asynccontextmanager
async def guarding(connections: Iterable[object]) -> AsyncIterator[None]:
    """Look after a server's connections as long as the block lasts."""
    task = asyncio.create_task(_look(connections))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


async def _look(connections: Iterable[object]) -> None:
    loop = asyncio.get_running_loop()
    while True:
        await asyncio.sleep(LOOK_EVERY)
        now = loop.time()
        slow = sum(each.give_up_at(now) for each in tuple(connections) if isinstance(each, GuardedHttp))
        if slow:
            log.warning("edge.slow_requests_cut", connections=slow)
