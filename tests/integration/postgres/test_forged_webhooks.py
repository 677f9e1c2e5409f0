"""A forged webhook is 401 and leaves no row, whoever it is forged by; over the real endpoint and PostgreSQL."""

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest

from jaboti_adapters.channels.cloudapi import CloudApiChannel
from jaboti_adapters.channels.evolutionapi import EvolutionApiChannel
from jaboti_adapters.postgres.engine import Database
from tests.integration.postgres.doors import NEIGHBOURS, Doors, Headers, open_doors
from tests.unit.channels.evolution import SECRET as PHONES_SECRET
from tests.unit.channels.evolution import body as event
from tests.unit.channels.test_cloudapi_signature import BODY, FORGED, signed

if TYPE_CHECKING:
    import asyncpg

    Connection = asyncpg.Connection[asyncpg.Record]

EVENT = event("v2_2_3__text")
STRANGERS = ["", "Bearer", "Bearer ", PHONES_SECRET, f"bearer {PHONES_SECRET}", f"Bearer {PHONES_SECRET[:-1]}",
             f"Bearer {PHONES_SECRET} ", f"Bearer {NEIGHBOURS}", "Bearer \u0661", "Basic YTpi"]  # fmt: skip


def _signature(header: str | None) -> Headers:
    return [] if header is None else [(b"x-hub-signature-256", header.encode("utf-8", "surrogatepass"))]


def _authorization(header: str) -> Headers:
    return [(b"authorization", header.encode())]


META: list[tuple[Headers, bytes]] = [
    *((_signature(header), content) for header, content in FORGED),
    (_signature(signed(secret=NEIGHBOURS)), BODY),
    (_signature(signed(secret="of-the-year-before-last")), BODY),
    (_signature(signed()) * 2, BODY),
    ([(b"x-hub-signature", signed(algorithm="sha1").encode())], BODY),
]
PHONES: list[tuple[Headers, bytes]] = [
    ([], EVENT),
    (_authorization(f"Bearer {PHONES_SECRET}") * 2, EVENT),
    *((_authorization(each), EVENT) for each in STRANGERS),
]


@pytest.fixture
async def doors(database: Database) -> AsyncIterator[Doors]:
    async with open_doors(database) as opened:
        yield opened


async def forged(doors: Doors) -> list[int]:
    """How everything is answered, in turn."""
    answers = [await doors.bring(doors.cloud, *each) for each in META]
    return answers + [await doors.bring(doors.evolution, *each) for each in PHONES]


async def rows(superuser: "Connection") -> dict[str, int]:
    """How many there are in each table."""
    tables = await superuser.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    return {name: await superuser.fetchval(f'SELECT count(*) FROM "{name}"') for (name,) in tables}


def test_there_are_thirty_at_least() -> None:
    assert (len(META), len(PHONES)) >= (30, 10)


async def test_forgeries_are_refused_and_leave_no_row(doors: Doors, superuser: "Connection") -> None:
    before = await rows(superuser)
    assert set(await forged(doors)) == {401}
    assert await rows(superuser) == before


async def test_the_platforms_themselves_leave_rows(doors: Doors, superuser: "Connection") -> None:
    before = await rows(superuser)
    assert await doors.bring(doors.cloud, _signature(signed()), BODY) == 200
    assert await doors.bring(doors.evolution, _authorization(f"Bearer {PHONES_SECRET}"), EVENT) == 200
    after = await rows(superuser)
    assert {name for name in after if after[name] > before[name]} == {"journal", "journal_lane"}


@pytest.mark.parametrize("channel", [CloudApiChannel, EvolutionApiChannel])
async def test_a_channel_that_believes_everybody_is_found(
    doors: Doors, superuser: "Connection", channel: type[CloudApiChannel] | type[EvolutionApiChannel]
) -> None:
    before = await rows(superuser)
    with patch.object(channel, "verify", lambda *_: None):
        assert 200 in await forged(doors)
    assert await rows(superuser) != before
