"""One process by itself, or many that hear one another: never many that don't."""

from typing import TYPE_CHECKING

import pytest

from jaboti_adapters.postgres.embedded import EmbeddedPostgres
from jaboti_adapters.postgres.seat import OtherProcesses, seat
from tests.integration.faults.patience import eventually

if TYPE_CHECKING:
    import asyncpg

HOLDERS = "SELECT array_agg(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"


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
        before = await superuser.fetchval(HOLDERS)
        await superuser.execute("SELECT pg_terminate_backend(pid) FROM unnest($1::int[]) AS pid", before)

        async def taken_again() -> bool:
            return bool({*(await superuser.fetchval(HOLDERS) or ())} - {*before})

        await eventually(taken_again, within=10, what="another holder")
        with pytest.raises(OtherProcesses):
            async with seat(postgres.app_url, among_others=False):
                pass
