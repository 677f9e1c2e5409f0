"""Manners common to all Graph routes: who calls, and how refusals look."""

from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from jaboti_entrypoints.sandbox.cloudapi.errors import GatewayError, GraphError
from jaboti_entrypoints.sandbox.manners import answer

VERSION = "/v{version:int}.0"
BAD_GATEWAY = "<!DOCTYPE html><html><head><title>Error</title></head><body>Sorry, something went wrong.</body></html>"


def token_of(request: Request) -> str:
    """The caller's token, from the header or, as Meta allows, from the query; empty if there is none."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else request.query_params.get("access_token", "")


def base_of(request: Request) -> str:
    """Where the caller reached us."""
    return str(request.base_url).rstrip("/")


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
