"""Manners common to all Graph routes: who calls, how answers and refusals look, how a connection is cut."""

import asyncio
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from jaboti_entrypoints.sandbox.cloudapi.errors import GatewayError, GraphError

VERSION = "/v{version:int}.0"
SUCCESS = {"success": True}
BAD_GATEWAY = "<!DOCTYPE html><html><head><title>Error</title></head><body>Sorry, something went wrong.</body></html>"


def token_of(request: Request) -> str:
    """The caller's token, from the header or, as Meta allows, from the query; empty if there is none."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else request.query_params.get("access_token", "")


def base_of(request: Request) -> str:
    """Where the caller reached us."""
    return str(request.base_url).rstrip("/")


def answer(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """JSON as the Graph API labels it."""
    return Response(msgspec.json.encode(body), status, headers, "application/json; charset=UTF-8")


async def body_of(request: Request) -> dict[str, Any]:
    """The request's JSON object, or its query where there is no body; GraphError 100 for anything else."""
    raw = await request.body()
    if not raw:
        return dict(request.query_params)
    try:
        return msgspec.json.decode(raw, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError) as exc:
        raise GraphError(100, str(exc)) from exc


async def refuse(_: Request, refusal: Exception) -> Response:
    """The answer to a GraphError."""
    if not isinstance(refusal, GraphError):
        raise refusal
    headers = {} if refusal.retry_after is None else {"retry-after": f"{refusal.retry_after:g}"}
    if isinstance(refusal, GatewayError):
        return Response(BAD_GATEWAY, refusal.status, headers, "text/html")
    return answer(refusal.body(), refusal.status, headers)


async def no_such_path(request: Request, _: Exception) -> Response:
    """The answer to a path that no route has."""
    path = request.url.path
    return answer(GraphError(2500, title=f"Unknown path components: {path}").body(), 400)


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
