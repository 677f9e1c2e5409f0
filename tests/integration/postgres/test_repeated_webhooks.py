"""A webhook that comes again long after it was forgotten; over the real endpoint, PostgreSQL and retention."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from attrs import evolve

from jaboti_adapters.postgres.engine import Database
from jaboti_domain.company.retention import Held
from tests.integration.postgres.doors import Doors, open_doors
from tests.unit.channels.evolution import SECRET as PHONES_SECRET
from tests.unit.channels.evolution import body as event
from tests.unit.channels.test_cloudapi_signature import BODY, signed

if TYPE_CHECKING:
    import asyncpg

    Connection = asyncpg.Connection[asyncpg.Record]


@pytest.fixture
async def doors(database: Database) -> AsyncIterator[Doors]:
    async with open_doors(database) as opened:
        yield opened


async def brought(doors: Doors) -> list[dict[str, object]]:
    """The chats, after both platforms told of a client's message."""
    assert await doors.bring(doors.cloud, [(b"x-hub-signature-256", signed().encode())], BODY) == 200
    proof = [(b"authorization", f"Bearer {PHONES_SECRET}".encode())]
    assert await doors.bring(doors.evolution, proof, event("v2_2_3__text")) == 200
    await doors.drain()
    desk = await doors.office.desk(doors.office.scene.sofia)
    chats: list[dict[str, object]] = (await desk.get("/chats")).json()["items"]
    return chats


async def aged(doors: Doors, days: int) -> dict[Held, int]:
    """What goes by retention, at its usual terms, when so many days have passed."""
    application = doors.office.application
    apply = evolve(application.apply_retention, clock=lambda: application.clock() + timedelta(days=days))
    return dict(await apply(doors.office.scene.company_id) or {})


async def outcomes(superuser: "Connection") -> list[str]:
    return [row["outcome"] for row in await superuser.fetch("SELECT outcome FROM journal")]


async def test_the_same_request_after_31_days_is_known_by_its_key(doors: Doors, superuser: "Connection") -> None:
    once = await brought(doors)
    assert sum(int(str(chat["unreadCount"])) for chat in once) == 2
    assert (await aged(doors, 31))[Held.JOURNAL] == 2
    assert await brought(doors) == once
    assert await outcomes(superuser) == ["APPLIED"] * 2
    assert await superuser.fetchval("SELECT count(*) FROM message WHERE provider_id IS NOT NULL") == 2


async def test_the_same_request_after_its_key_has_gone_too_is_known_by_its_message(
    doors: Doors, superuser: "Connection"
) -> None:
    once = await brought(doors)
    await aged(doors, 1000)
    assert await outcomes(superuser) == []
    assert await brought(doors) == once
    assert await outcomes(superuser) == ["DUPLICATE"] * 2


async def test_a_store_that_forgets_what_it_was_told_is_found(doors: Doors, superuser: "Connection") -> None:
    once = await brought(doors)
    await aged(doors, 1000)
    await superuser.execute("UPDATE message SET provider_id = gen_random_uuid()::text WHERE provider_id IS NOT NULL")
    assert await brought(doors) != once
