"""Many requests at once find connections, more than one basin of the pool has."""

import asyncio

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from jaboti_adapters.channels._http import HttpPool
from jaboti_domain.integration.model import Secret
from jaboti_entrypoints.sandbox.loopback import serving

MANY = 120


async def test_many_requests_at_once_are_answered_side_by_side() -> None:
    present = asyncio.Barrier(MANY)

    async def when_all_are_there(_: Request) -> Response:
        await present.wait()
        return Response(b"{}")

    app = Starlette(routes=[Route("/", when_all_are_there)])
    async with serving(app) as base, HttpPool(allowed_hosts=["127.0.0.1"]) as http:
        answers = await asyncio.gather(*(http.get(f"{base}/", headers={}, secret=Secret("")) for _ in range(MANY)))
    assert [answer.status for answer in answers] == [200] * MANY
