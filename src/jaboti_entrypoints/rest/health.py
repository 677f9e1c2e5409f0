"""/health: for those who decide whether this process gets work."""

import asyncio

from jaboti_domain.kernel.errors import Unavailable
from jaboti_entrypoints.metrics import MEDIA_TYPE
from jaboti_entrypoints.rest.answer import Answer, shown
from jaboti_entrypoints.rest.route import Access, Call, Route
from jaboti_entrypoints.rest.wire import Shown

PATIENCE = 2.0
"""Seconds for the store's sign of life."""


class Health(Shown):
    """All is well."""

    status: str = "ok"


async def live(_: Call[None]) -> Answer:
    """GET /health/live"""
    return shown(Health())


async def ready(call: Call[None]) -> Answer:
    """GET /health/ready"""
    try:
        async with asyncio.timeout(PATIENCE):
            await call.application.ping()
    except TimeoutError:
        raise Unavailable() from None
    return shown(Health())


async def metrics(call: Call[None]) -> Answer:
    """GET /metrics"""
    return Answer(call.application.metrics.text(), media_type=MEDIA_TYPE)


METRICS = Route(
    method="GET",
    path="/metrics",
    endpoint=metrics,
    access=Access.ANYONE,
    counted=False,
    answers={200: MEDIA_TYPE.decode()},
    tag="health",
    summary="Figures for Prometheus, as text",
)
ROUTES = (
    Route(
        method="GET",
        path="/health/live",
        endpoint=live,
        access=Access.ANYONE,
        counted=False,
        answers={200: Health},
        tag="health",
        summary="Whether this process runs",
    ),
    Route(
        method="GET",
        path="/health/ready",
        endpoint=ready,
        access=Access.ANYONE,
        counted=False,
        answers={200: Health},
        problems=(503,),
        tag="health",
        summary="Whether this process can do its work",
    ),
)
