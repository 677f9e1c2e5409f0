"""A load of HTTP requests from one process: as little work of our own per request as Python allows."""

import asyncio
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from statistics import quantiles
from typing import cast

from attrs import define, field, frozen

_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


@frozen(kw_only=True)
class Result:
    """What a load met; times in milliseconds."""

    count: int
    seconds: float
    p50: float
    p99: float
    statuses: dict[int, int]

    @property
    def rate(self) -> float:
        """Answers per second."""
        return self.count / self.seconds if self.seconds else 0.0


def measured(times: list[float], seconds: float, statuses: dict[int, int] | None = None) -> Result:
    """The result of operations that took these times, in seconds."""
    cuts = quantiles(times, n=100) if len(times) > 1 else [0.0] * 99
    return Result(count=len(times), seconds=seconds, p50=cuts[49] * 1000, p99=cuts[98] * 1000, statuses=statuses or {})


def request(method: str, path: str, *, token: str = "", body: bytes = b"", headers: str = "") -> bytes:
    """The bytes of a request on a connection that is kept."""
    lines = [f"{method} {path} HTTP/1.1", "Host: bench"]
    if token:
        lines.append(f"Authorization: Bearer {token}")
    if body or method == "POST":
        lines += [f"Content-Length: {len(body)}", "Content-Type: application/json"]
    return ("\r\n".join(lines) + "\r\n" + headers + "\r\n").encode() + body


@define(eq=False)
class _Talk(asyncio.Protocol):
    requests: Iterator[bytes]
    done: asyncio.Future[None]
    times: list[float]
    statuses: Counter[int]
    _transport: asyncio.Transport | None = field(default=None, init=False)
    _buffer: bytearray = field(factory=bytearray, init=False)
    _began: float = field(default=0.0, init=False)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._ask()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        length = _LENGTH.search(self._buffer, 0, end)
        if len(self._buffer) < end + 4 + (int(length[1]) if length else 0):
            return
        self.times.append(time.perf_counter() - self._began)
        self.statuses[int(self._buffer[9:12])] += 1
        self._buffer.clear()
        self._ask()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_result(None)

    def _ask(self) -> None:
        assert self._transport is not None
        following = next(self.requests, None)
        if following is None:
            self._transport.close()
            return
        self._began = time.perf_counter()
        self._transport.write(following)


async def load(port: int, requests: Iterator[bytes], *, connections: int = 16) -> Result:
    """Send the requests, each connection one after the other, until there are no more."""
    loop = asyncio.get_running_loop()
    times: list[float] = []
    statuses: Counter[int] = Counter()
    finished = [loop.create_future() for _ in range(connections)]
    began = time.perf_counter()
    for done in finished:
        await loop.create_connection(_factory(requests, done, times, statuses), "127.0.0.1", port)
    await asyncio.gather(*finished)
    return measured(times, time.perf_counter() - began, dict(statuses))


def _factory(
    requests: Iterator[bytes], done: "asyncio.Future[None]", times: list[float], statuses: Counter[int]
) -> Callable[[], _Talk]:
    return lambda: _Talk(requests, done, times, statuses)


def for_seconds(seconds: float, make: Callable[[int], bytes]) -> Iterator[bytes]:
    """Requests made one after the other until the time is over."""
    until, number = time.perf_counter() + seconds, 0
    while time.perf_counter() < until:
        yield make(number)
        number += 1
