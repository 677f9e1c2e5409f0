"""How a platform hands a file over, and how it fails to."""

import asyncio
from collections.abc import AsyncIterator
from typing import Literal

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from jaboti_entrypoints.sandbox.knobs import Accidents
from jaboti_entrypoints.sandbox.manners import cut, linger

Manner = Literal["whole", "altered", "cut", "unsized", "endless", "redirected", "slow", "stuck"]
PIECE = 1 << 16
ENDLESS = 10 << 30
"""Where what has no end ends."""


class File(Struct, frozen=True):
    """Bytes, and what they are called."""

    data: bytes
    mime_type: str


class FileDials(Accidents, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The knobs of platforms that keep files."""

    media_manner: Manner = "whole"
    """`altered`: another byte than was promised; `cut`: broken off in the middle; `unsized`: without a length;
    `endless`: that, and ten gigabytes; `redirected`: to `media_redirect`; `slow`: a pause after each piece;
    `stuck`: never answered."""
    media_status: int = 0
    """What is said instead of a file, unless 0."""
    media_pause: float = 0.05
    media_redirect: str = ""
    media_elsewhere: str = ""
    """Where files are said to be, instead of here."""


def altered(data: bytes, dials: FileDials) -> bytes:
    """The bytes that are handed over."""
    return bytes([data[0] ^ 1]) + data[1:] if data and dials.media_manner == "altered" else data


async def handed(
    request: Request, body: File, dials: FileDials, *, released: asyncio.Event, status: int = 200, filler: bytes = b"\0"
) -> Response:
    """The answer with a file in it, or what comes instead; `filler` is what has no end made of."""
    if dials.media_status:
        return Response("Service Unavailable", dials.media_status, media_type="text/plain")
    match dials.media_manner:
        case "redirected":
            return Response(status_code=302, headers={"location": dials.media_redirect})
        case "stuck":
            await request.body()
            await linger(request, seconds=None, released=released)
            return await cut(request)
        case "unsized" | "endless":
            more = ENDLESS if dials.media_manner == "endless" else 0
            return StreamingResponse(_pieces(body.data, more, filler), status, media_type=body.mime_type)
        case "cut" | "slow":
            sized = {"content-length": str(len(body.data))}
            pieces = _cut(request, body.data) if dials.media_manner == "cut" else _slowly(body.data, dials.media_pause)
            return StreamingResponse(pieces, status, sized, body.mime_type)
        case _:
            return Response(body.data, status, media_type=body.mime_type)


async def _pieces(data: bytes, more: int, filler: bytes) -> AsyncIterator[bytes]:
    for place in range(0, len(data), PIECE):
        yield data[place : place + PIECE]
    for _ in range(more // PIECE):
        yield filler * (PIECE // len(filler))


async def _slowly(data: bytes, pause: float) -> AsyncIterator[bytes]:
    size = max(1, min(PIECE, len(data) // 4))
    for place in range(0, len(data), size):
        yield data[place : place + size]
        await asyncio.sleep(pause)


async def _cut(request: Request, data: bytes) -> AsyncIterator[bytes]:
    yield data[: len(data) // 2]
    await asyncio.sleep(0.02)
    await cut(request)
