"""Shops for the tests of the sandboxes, in their module's event loop, as its servers do; and a stage for each test."""

import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from starlette.applications import Starlette
from starlette.routing import Route

from jaboti_entrypoints.rehearsal.people import DEMO, PASSWORD
from jaboti_entrypoints.rehearsal.stage import HERE, Stage, on_stage
from jaboti_entrypoints.sandbox.cloudapi import create_cloudapi_sandbox
from jaboti_entrypoints.sandbox.evolutionapi import create_evolutionapi_sandbox
from jaboti_entrypoints.sandbox.loopback import serving
from jaboti_entrypoints.settings import Settings
from tests.integration.sandbox.evolution_shop import TOKEN as KEY
from tests.integration.sandbox.evolution_shop import EvolutionShop
from tests.integration.sandbox.shop import TOKEN, Shop


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served_shop() -> AsyncIterator[Shop]:
    """Both sides behind sockets, once for all tests of a module: servers take their time to stop."""
    sandbox = create_cloudapi_sandbox(seed=7, retry_delays=(0.01,) * 5)
    graph = httpx.AsyncClient(headers={"authorization": f"Bearer {TOKEN}"}, timeout=5)
    shop = Shop(sandbox, graph)
    hook = Starlette(routes=[Route("/hook", shop.receive, methods=["GET", "POST"])])
    async with serving(hook) as webhooks, serving(sandbox.app) as base, graph:
        shop.url, graph.base_url = webhooks + "/hook", httpx.URL(base)
        sandbox.served_at(base)
        yield shop


@pytest_asyncio.fixture(loop_scope="module")
async def shop(served_shop: Shop) -> AsyncIterator[Shop]:
    """A shop to which nothing has happened yet; what a test leaves under way ends before the next."""
    await served_shop.begin()
    yield served_shop
    served_shop.knobs.restore()
    await served_shop.settled()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served_evolution() -> AsyncIterator[EvolutionShop]:
    """The same with an EvolutionAPI server."""
    sandbox = create_evolutionapi_sandbox(seed=7, retry_delays=(0.01,) * 5)
    server = httpx.AsyncClient(headers={"apikey": KEY}, timeout=5)
    shop = EvolutionShop(sandbox, server)
    hook = Starlette(
        routes=[Route("/hook", shop.receive, methods=["POST"]), Route("/hook/{name}", shop.receive, methods=["POST"])]
    )
    async with serving(hook) as webhooks, serving(sandbox.app) as base, server:
        shop.url, server.base_url = webhooks + "/hook", httpx.URL(base)
        yield shop


@pytest_asyncio.fixture(loop_scope="module")
async def evolution(served_evolution: EvolutionShop) -> AsyncIterator[EvolutionShop]:
    """A shop to which nothing has happened yet; what a test leaves under way ends before the next."""
    await served_evolution.begin()
    yield served_evolution
    served_evolution.knobs.restore()
    await served_evolution.settled()


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """The whole system as the demo begins it, with both platforms.

    Not in pytest's own directory: another run of pytest as root shuts that to the database server's user.
    """
    with tempfile.TemporaryDirectory(prefix="jaboti-") as directory:
        settings = Settings(
            data_dir=Path(directory), port=0, retry_first=0.02, password_memory_kib=1024, allowed_hosts=(HERE,)
        ).with_keys()
        async with on_stage(settings, DEMO) as running:
            yield running


@pytest.fixture
async def bruno(stage: Stage) -> AsyncIterator[httpx.AsyncClient]:
    """The admin of the garage, signed in."""
    login = {"email": "bruno@aurora.example", "password": PASSWORD, "companyId": str(stage.houses[1].company.id)}
    async with httpx.AsyncClient(base_url=stage.base_url, trust_env=False, timeout=20) as http:
        token = (await http.post("/auth/login", json=login)).json()["accessToken"]
        http.headers["authorization"] = f"Bearer {token}"
        yield http
