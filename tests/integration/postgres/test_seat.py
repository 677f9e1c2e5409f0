"""One process by itself, or many that hear one another: never many that don't."""

from typing import TYPE_CHECKING

import pytest

from jaboti_adapters.postgres.embedded import EmbeddedPostgres
from jaboti_adapters.postgres.seat import OtherProcesses, seat
from tests.integration.faults.patience import eventually

if TYPE_CHECKING:
    import asyncpg

LOCKED = "SELECT count(*) > 0 FROM pg_locks WHERE locktype = 'advisory' AND granted"


async def test_a_process_without_neighbours_wants_the_database_for_itself(postgres: EmbeddedPostgres) -> None:
    async with seat(postgres.app_url, among_others=False):
        for among_others in (False, True):
            with pytest.raises(OtherProcesses):
                async with seat(postgres.app_url, among_others=among_others):
                    pass
    async with seat(postgres.app_url, among_others=False):
        pass


async def test_those_who_hear_one_another_share_it(postgres: EmbeddedPostgres) -> None:
    async with seat(postgres.app_url, among_others=True), seat(postgres.app_url, among_others=True):
        with pytest.raises(OtherProcesses):
            async with seat(postgres.app_url, among_others=False):
                pass


async def test_a_seat_that_was_lost_is_taken_again(
    postgres: EmbeddedPostgres, superuser: "asyncpg.Connection[asyncpg.Record]", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jaboti_adapters.postgres.seat.LOOK_EVERY", 0.05)
    async with seat(postgres.app_url, among_others=False):
        await superuser.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'jaboti seat'"
        )
        await eventually(lambda: superuser.fetchval(LOCKED), within=10, what="a lock")
        with pytest.raises(OtherProcesses):
            async with seat(postgres.app_url, among_others=False):
                pass
