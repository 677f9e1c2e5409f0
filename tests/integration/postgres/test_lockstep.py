"""PostgreSQL and the store in memory can't be told apart."""

from contextlib import AsyncExitStack

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from jaboti_adapters.backend import Backend
from jaboti_adapters.contracts.lockstep import Lockstep
from jaboti_adapters.memory.store import MemoryStore
from jaboti_adapters.postgres.embedded import EmbeddedPostgres
from jaboti_adapters.postgres.engine import Database
from tests.integration.postgres.on_postgres import postgres_backend
from tests.unit.memory.on_memory import memory_backend

EXAMPLES = settings(
    max_examples=20, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


@pytest.mark.timeout(300)
def test_whatever_is_done_to_both_has_the_same_result(postgres: EmbeddedPostgres) -> None:
    class MemoryAndPostgres(Lockstep):
        async def open_backends(self) -> tuple[Backend, Backend]:
            self.opened = AsyncExitStack()
            database = await self.opened.enter_async_context(Database.open(postgres.app_url))
            return memory_backend(MemoryStore()), postgres_backend(database)

        async def close_backends(self) -> None:
            await self.opened.aclose()

    run_state_machine_as_test(MemoryAndPostgres, settings=EXAMPLES)
