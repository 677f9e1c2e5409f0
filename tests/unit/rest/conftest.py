"""The office in memory."""

import pytest

from jaboti_adapters.memory.store import MemoryStore
from tests.unit.memory.on_memory import memory_backend
from tests.unit.rest.office import Desk, Office, open_office


@pytest.fixture
async def office() -> Office:
    """A company at work."""
    return await open_office(memory_backend(MemoryStore()))


@pytest.fixture
async def ana(office: Office) -> Desk:
    """An operator of sales, signed in."""
    return await office.desk(office.scene.ana)


@pytest.fixture
async def sofia(office: Office) -> Desk:
    """A supervisor, signed in."""
    return await office.desk(office.scene.sofia)


@pytest.fixture
async def alda(office: Office) -> Desk:
    """An admin, signed in."""
    return await office.desk(office.scene.alda)
