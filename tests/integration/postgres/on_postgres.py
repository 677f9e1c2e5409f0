"""The store in PostgreSQL, empty at the beginning of each test."""

import secrets
from collections.abc import Mapping

import pytest

from jaboti_adapters.backend import Backend
from jaboti_adapters.clock import SystemClock
from jaboti_adapters.memory.notifier import InProcessNotifier
from jaboti_adapters.postgres import backend as postgres
from jaboti_adapters.postgres.engine import Database
from jaboti_adapters.security.seal import HmacSeal
from jaboti_adapters.security.vault import AesVault
from jaboti_domain.kernel.ports import Notifier

KEYS = {"test": secrets.token_bytes(32)}


def postgres_backend(
    database: Database, *, notifier: Notifier | None = None, keys: Mapping[str, bytes] = KEYS
) -> Backend:
    """All that the store offers."""
    return postgres.postgres_backend(
        database,
        notifier=notifier or InProcessNotifier(),
        vault=AesVault(keys),
        seal=HmacSeal(keys),
        clock=SystemClock(),
    )


class OnPostgres:
    """What a contract's suite is subclassed with."""

    @pytest.fixture
    async def backend(self, database: Database) -> Backend:
        return postgres_backend(database)
