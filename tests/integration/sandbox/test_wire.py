"""The sandbox's own HTTP client, against servers of every manner."""

import asyncio
from contextlib import suppress

import pytest

from jaboti_entrypoints.sandbox.wire import Answer, Wire


async def answers_of(raw: bytes, *, times: int = 2) -> list[Answer]:
    """What the client makes of a server that says `raw` to every request."""

    talks: list[asyncio.Task[None]] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(EOFError, OSError):
            while await reader.readuntil(b"\r\n\r\n"):
                writer.write(raw)
        writer.transport.abort()

    def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks.append(asyncio.create_task(talk(reader, writer)))

    server, wire = await asyncio.start_server(begin, "127.0.0.1", 0), Wire(patience=0.2)
    try:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook?a=1"
        return [await wire.request("POST", url, {}) for _ in range(times)]
    finally:
        await wire.close()
        server.close()
        await asyncio.gather(*talks)


@pytest.mark.parametrize(
    ("raw", "answer"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", Answer(200, b"ok")),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\no\r\n1;x\r\nk\r\n0\r\n\r\n", Answer(200, b"ok")),
        (b"HTTP/1.1 503 Gone\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", Answer(503, b"")),
        (b"HTTP/1.1 204 No Content\r\n\r\n", Answer(204, b"")),
    ],
)
async def test_an_answer_is_understood_and_the_next_request_too(raw: bytes, answer: Answer) -> None:
    assert await answers_of(raw) == [answer, answer]


@pytest.mark.parametrize(
    "raw", [b"", b"SMTP\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok", b"x" * 70_000]
)
async def test_no_answer_is_an_error_in_good_time(raw: bytes) -> None:
    with pytest.raises((OSError, EOFError, ValueError)):
        await answers_of(raw)


async def test_an_address_that_is_none_is_an_error() -> None:
    with pytest.raises(ValueError, match="mailto"):
        await Wire().request("POST", "mailto:loja@example.com", {})
