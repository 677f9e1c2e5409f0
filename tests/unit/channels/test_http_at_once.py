"""Many requests at once find connections, more than one basin of the pool has."""

import asyncio
from time import perf_counter

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from jaboti_adapters.channels._http import HttpPool
from jaboti_domain.integration.model import Secret
from jaboti_entrypoints.sandbox.loopback import serving

SLOW, MANY = 0.3, 120


async def _slow(_: Request) -> Response:
    await asyncio.sleep(SLOW)
    return Response(b"{}")


async def test_many_requests_at_once_are_answered_side_by_side() -> None:
    async with serving(Starlette(routes=[Route("/", _slow)])) as base, HttpPool(allowed_hosts=["127.0.0.1"]) as http:
        began = perf_counter()
        answers = await asyncio.gather(*(http.get(f"{base}/", headers={}, secret=Secret("")) for _ in range(MANY)))
        took = perf_counter() - began
    assert [answer.status for answer in answers] == [200] * MANY
    assert took < SLOW * MANY / 16
