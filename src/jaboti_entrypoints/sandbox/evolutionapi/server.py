"""The whole application: the server's routes and the control plane."""

import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.routing import Mount

from jaboti_entrypoints.sandbox.control import PREFIX, control_app
from jaboti_entrypoints.sandbox.evolutionapi.control import ControlRoutes
from jaboti_entrypoints.sandbox.evolutionapi.errors import EvolutionError
from jaboti_entrypoints.sandbox.evolutionapi.instances import Instance
from jaboti_entrypoints.sandbox.evolutionapi.platform import open_platform
from jaboti_entrypoints.sandbox.evolutionapi.routes import ServerRoutes, no_such_path, refuse
from jaboti_entrypoints.sandbox.evolutionapi.sandbox import EvolutionApiSandbox
from jaboti_entrypoints.sandbox.evolutionapi.telephone import EvolutionTelephone
from jaboti_entrypoints.sandbox.evolutionapi.webhooks import TEN_ATTEMPTS
from jaboti_entrypoints.sandbox.telephone import TelephoneRoutes

GLOBAL_KEY = "sandbox-global-key"


def create_evolutionapi_sandbox(
    instances: Sequence[Instance] = (),
    *,
    global_key: str = GLOBAL_KEY,
    seed: int = 0,
    retry_delays: Sequence[float] = TEN_ATTEMPTS,
    clock: Callable[[], float] = time.time,
) -> EvolutionApiSandbox:
    """A fresh server with these instances; serve its `app`, or use it in process.

    The seed decides which accidents happen. A webhook that is answered neither with 2xx nor with a status that ends it
    is sent again after each of the delays, then given up; by default they are a hundredth of the server's own.
    """
    platform = open_platform(instances, global_key=global_key, seed=seed, retry_delays=retry_delays, clock=clock)
    sandbox = EvolutionApiSandbox(platform)
    sandbox.app = _app(sandbox)
    return sandbox


def _app(sandbox: EvolutionApiSandbox) -> Starlette:
    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with sandbox:
            yield

    telephone = TelephoneRoutes(EvolutionTelephone(sandbox))
    routes = [
        Mount(PREFIX, app=control_app([*ControlRoutes(sandbox).routes(), *telephone.routes()])),
        *ServerRoutes(sandbox).routes(),
    ]
    return Starlette(routes=routes, lifespan=lifespan, exception_handlers={EvolutionError: refuse, 404: no_such_path})
