"""Senders who are slow on purpose, and heads without an end, against the server as it is started."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from jaboti_entrypoints.container import in_memory
from jaboti_entrypoints.guard import LOOK_EVERY
from jaboti_entrypoints.server import serving_application
from tests.unit.rest.office import SETTINGS

HEAD, BODY = 1.0, 1.5
FAST = b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.fixture
async def port() -> AsyncIterator[int]:
    """A server that waits for a second at most."""
    application, _ = in_memory()
    settings = SETTINGS.model_copy(update={"port": 0, "head_seconds": HEAD, "body_seconds": BODY})
    async with serving_application(application, settings, workers=False) as base:
        yield int(base.rpartition(":")[2])


async def conversation(port: int, *parts: bytes, pause: float = 0.0) -> tuple[bytes, float]:
    """Send the parts; what comes back until the server closes, and how long that took."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    began = time.perf_counter()
    try:
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(pause)
        answer = await asyncio.wait_for(reader.read(), 10)
    except ConnectionError:
        answer = b""
    finally:
        writer.close()
    return answer, time.perf_counter() - began


async def test_a_head_that_comes_drop_by_drop_is_cut_off(port: int) -> None:
    answer, took = await conversation(port, *(bytes([byte]) for byte in FAST[:-1]), pause=0.1)
    assert answer == b""
    assert HEAD <= took < HEAD + LOOK_EVERY + 4.0


async def test_a_connection_that_says_nothing_is_cut_off(port: int) -> None:
    answer, took = await conversation(port)
    assert (answer, took < HEAD + LOOK_EVERY + 4.0) == (b"", True)


async def test_a_body_that_stops_half_way_is_cut_off(port: int) -> None:
    head = b"POST /auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n"
    answer, took = await conversation(port, head + b"{")
    assert (answer, BODY <= took < BODY + LOOK_EVERY + 4.0) == (b"", True)


@pytest.mark.parametrize(
    "fields",
    [
        b"X-Long: " + b"a" * 1_000_000,
        b"\r\n".join(b"X-%d: a" % n for n in range(20_000)),
        b"X-Long: " + b"a" * 32_800,
    ],
    ids=["one of a megabyte", "twenty thousand", "one byte too many"],
)
async def test_a_head_that_is_too_large_is_refused(port: int, fields: bytes) -> None:
    answer, _ = await conversation(port, FAST[:-2] + fields + b"\r\n\r\n")
    assert answer.startswith((b"HTTP/1.1 431 ", b"")), answer
    assert b"200 OK" not in answer


async def test_a_head_of_almost_32_kilobytes_is_read(port: int) -> None:
    request = FAST[:-2] + b"X-Long: " + b"a" * 32_000 + b"\r\nConnection: close\r\n\r\n"
    halves = request[:16_000], request[16_000:]
    assert (await conversation(port, *halves, pause=0.05))[0].startswith(b"HTTP/1.1 200 ")


async def test_a_large_body_right_behind_its_head_is_no_head(port: int) -> None:
    head = b"POST /auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nConnection: close\r\n"
    body = b'{"email": "a@example.com", "password": "a long enough password"}' + b" " * 100_000
    answer, _ = await conversation(port, head + b"Content-Length: %d\r\n\r\n" % len(body) + body)
    assert answer.startswith(b"HTTP/1.1 401 ")


async def test_slow_senders_do_not_slow_down_others(port: int) -> None:
    slow = [asyncio.create_task(conversation(port, FAST[:20])) for _ in range(500)]
    await asyncio.sleep(0.2)
    quick = [await conversation(port, FAST[:-2] + b"Connection: close\r\n\r\n") for _ in range(50)]
    assert all(answer.startswith(b"HTTP/1.1 200 ") for answer, _ in quick)
    ends = await asyncio.gather(*slow)
    assert max(took for _, took in ends) < HEAD + LOOK_EVERY + 6.0


async def test_a_request_may_follow_another_after_a_pause(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for _ in range(3):
        writer.write(FAST)
        assert (await reader.readuntil(b"\r\n")).startswith(b"HTTP/1.1 200 ")
        await reader.readuntil(b'"ok"}')
        await asyncio.sleep(HEAD * 0.7)
    writer.close()
