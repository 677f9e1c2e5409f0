"""What the suites about storages share."""

import pytest

from jaboti_adapters.backend import Backend
from jaboti_adapters.contracts.scene import Scene


class BackendContract:
    """The base of the suites about storages."""

    @pytest.fixture
    async def backend(self) -> Backend:
        """The storage under test: to be overridden."""
        raise NotImplementedError

    @pytest.fixture
    async def scene(self, backend: Backend) -> Scene:
        """A company at work in it."""
        return await Scene.set_in(backend)
