"""A house for each test."""

from collections.abc import AsyncIterator

import pytest

from tests.integration.realtime.house import House, a_house


@pytest.fixture
async def house() -> AsyncIterator[House]:
    """A company at work, served."""
    async with a_house() as opened:
        yield opened
