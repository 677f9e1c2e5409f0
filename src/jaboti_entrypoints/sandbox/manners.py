"""How a platform answers, keeps a caller waiting, or cuts a connection."""

import asyncio
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

SUCCESS = {"success": True}


def answer(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """JSON as the platforms label it."""
    return Response(msgspec.json.encode(body), status, headers, "application/json; charset=UTF-8")


async def cut(request: Request) -> Response:
    """Closes the caller's connection without an answer; ConnectionAbortedError where there is none to close."""
    if not _abort(request):
        raise ConnectionAbortedError("the sandbox cut the connection")
    await request.receive()
    return Response()


async def linger(request: Request, *, seconds: float | None, released: asyncio.Event) -> bool:
    """Keeps the caller waiting; whether so many seconds went by before the caller left or the wait was called off.

    When the server stops meanwhile, the connection is cut.
    """
    ends = {asyncio.ensure_future(request.receive()), asyncio.ensure_future(released.wait())}
    try:
        done, _ = await asyncio.wait(ends, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    except asyncio.CancelledError:
        _abort(request)
        raise
    finally:
        for end in ends:
            end.cancel()
    return not done


def _abort(request: Request) -> bool:
    # ASGI has no word for this: uvicorn's receive is a method of the object that holds the transport.
    transport = getattr(getattr(request.receive, "__self__", None), "transport", None)
    if transport is not None:
        transport.abort()
    return transport is not None
