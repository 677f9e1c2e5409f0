"""The whole application: Graph routes, downloads, control plane."""

import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.routing import Mount

from jaboti_entrypoints.sandbox.cloudapi.accounts import AccountRoutes
from jaboti_entrypoints.sandbox.cloudapi.control import ControlRoutes
from jaboti_entrypoints.sandbox.cloudapi.errors import GraphError
from jaboti_entrypoints.sandbox.cloudapi.graph import no_such_path, refuse
from jaboti_entrypoints.sandbox.cloudapi.nodes import NodeRoutes
from jaboti_entrypoints.sandbox.cloudapi.numbers import SandboxNumber
from jaboti_entrypoints.sandbox.cloudapi.platform import open_platform
from jaboti_entrypoints.sandbox.cloudapi.sandbox import CloudApiSandbox
from jaboti_entrypoints.sandbox.cloudapi.telephone import CloudTelephone
from jaboti_entrypoints.sandbox.cloudapi.webhooks import COMPRESSED_WEEK
from jaboti_entrypoints.sandbox.control import PREFIX, control_app
from jaboti_entrypoints.sandbox.telephone import TelephoneRoutes


def create_cloudapi_sandbox(
    numbers: Sequence[SandboxNumber] = (),
    *,
    seed: int = 0,
    retry_delays: Sequence[float] = COMPRESSED_WEEK,
    clock: Callable[[], float] = time.time,
) -> CloudApiSandbox:
    """A fresh platform with these numbers; serve its `app`, or use it in process.

    The seed decides which accidents happen. A webhook that is not answered with 2xx is sent again after each of the
    delays, then given up; by default Meta's week is pressed into five minutes.
    """
    sandbox = CloudApiSandbox(open_platform(numbers, seed=seed, retry_delays=retry_delays, clock=clock))
    sandbox.app = _app(sandbox)
    return sandbox


def _app(sandbox: CloudApiSandbox) -> Starlette:
    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with sandbox:
            yield

    telephone = TelephoneRoutes(CloudTelephone(sandbox))
    routes = [
        *NodeRoutes(sandbox).routes(),
        *AccountRoutes(sandbox).routes(),
        Mount(PREFIX, app=control_app([*ControlRoutes(sandbox).routes(), *telephone.routes()])),
    ]
    return Starlette(routes=routes, lifespan=lifespan, exception_handlers={GraphError: refuse, 404: no_such_path})
