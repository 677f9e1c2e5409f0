"""Whichever way the server goes, the same clients are found as in memory, and as the plainest telling has it."""

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jaboti_adapters.backend import Backend
from jaboti_adapters.contracts.client_lists import pages
from jaboti_adapters.contracts.scene import Scene
from jaboti_adapters.memory.store import MemoryStore
from jaboti_adapters.postgres.embedded import EmbeddedPostgres
from jaboti_adapters.postgres.engine import Database
from jaboti_adapters.postgres.queries import client_search
from jaboti_adapters.postgres.queries import clients as queries
from jaboti_domain.client.details import Details
from jaboti_domain.client.model import Client
from jaboti_domain.client.queries import ClientFilter
from jaboti_domain.kernel.ids import ClientId
from tests.integration.postgres.on_postgres import postgres_backend
from tests.unit.client.search_oracle import clients, is_found, searches
from tests.unit.memory.on_memory import memory_backend

EXAMPLES = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


class Town:
    """The same clients in memory and in PostgreSQL, in an event loop of its own."""

    def __init__(self, url: str) -> None:
        self.runner = asyncio.Runner()
        self.people: dict[ClientId, Details] = {}
        self._stack = AsyncExitStack()
        self.one, self.other = self.runner.run(self._settle(url))

    def close(self) -> None:
        """Let go of it."""
        self.runner.run(self._stack.aclose())
        self.runner.close()

    async def _settle(self, url: str) -> tuple[Scene, Scene]:
        database = await self._stack.enter_async_context(Database.open(url))
        backends: tuple[Backend, Backend] = memory_backend(MemoryStore()), postgres_backend(database)
        one, other = await Scene.set_in_both(*backends)
        self.people[one.maria.id] = one.maria.details
        return one, other

    async def enter(self, details: Details) -> None:
        """One more, unless their phone or document is somebody's."""
        others = self.people.values()
        if any(details.phone and details.phone == each.phone for each in others):
            return
        if any(details.document and details.document == each.document for each in others):
            return
        client = Client.enter(details, company_id=self.one.company_id, at=self.one.now())
        self.people[client.id] = details
        for scene in (self.one, self.other):
            async with scene.uow() as uow:
                await uow.clients.save(Client(**_fields(client)))
                await uow.commit()


def _fields(client: Client) -> dict[str, Any]:
    names = ("id", "company_id", "name", "created_at", "phone", "document", "email", "contacts", "identities")
    return {name: getattr(client, name) for name in names}


@pytest.fixture(scope="module")
def town(postgres: EmbeddedPostgres) -> Iterator[Town]:
    """With some thirty people."""
    made = Town(postgres.app_url)

    @settings(max_examples=40, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(clients)
    def settle(details: Details) -> None:
        made.runner.run(made.enter(details))

    settle()
    yield made
    made.close()


@pytest.mark.parametrize(("few", "reach"), [(2000, 20_000), (1, 20_000), (1, 5), (4, 7)])
def test_every_way_finds_the_same(town: Town, few: int, reach: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_search, "FEW", few)
    monkeypatch.setattr(queries, "REACH", reach)

    @EXAMPLES
    @given(st.lists(searches(), min_size=1, max_size=2).map(" ".join), st.integers(1, 9))
    def agree(search: str, limit: int) -> None:
        where = ClientFilter(search=search)
        expected = {client_id for client_id, details in town.people.items() if is_found(details, search)}
        in_memory = town.runner.run(pages(town.one, where, limit=50))
        assert set(in_memory) == expected
        assert town.runner.run(pages(town.other, where, limit=limit)) == in_memory

    agree()
