"""The journal writes what arrives together in one go, and nobody is harmed by that."""

import asyncio
from typing import TYPE_CHECKING

import asyncpg
import pytest

from jaboti_adapters.contracts.builders import an_arrival
from jaboti_adapters.postgres.engine import Database
from jaboti_adapters.postgres.journal import PostgresJournal
from jaboti_domain.integration.ports.journal import Arrival
from jaboti_domain.kernel.ids import CompanyId, IntegrationId, new_id

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]

COMPANY, INTEGRATION = CompanyId(new_id()), IntegrationId(new_id())
TRANSACTIONS = "SELECT count(DISTINCT xmin::text) FROM journal"


def arrival(key: str, *, lane: str = "a", raw: bytes = b"{}") -> Arrival:
    return an_arrival(COMPANY, INTEGRATION, key=key, lane=lane, raw=raw)


@pytest.fixture
def journal(database: Database) -> PostgresJournal:
    return PostgresJournal(database)


async def test_what_arrives_together_is_written_in_few_transactions(
    journal: PostgresJournal, superuser: "Connection"
) -> None:
    arrivals = [[arrival(f"m:{n}", lane=str(n))] for n in range(200)]
    assert await asyncio.gather(*map(journal.append, arrivals)) == [1] * 200
    assert await superuser.fetchval("SELECT count(*) FROM journal") == 200
    assert await superuser.fetchval(TRANSACTIONS) <= 4


async def test_of_callers_who_bring_the_same_one_is_told_that_it_was_new(journal: PostgresJournal) -> None:
    told = await asyncio.gather(*(journal.append([arrival("m:1"), arrival("m:1")]) for _ in range(200)))
    assert sorted(told) == [0] * 199 + [1]


async def test_an_odd_call_harms_nobody_else(journal: PostgresJournal, superuser: "Connection") -> None:
    too_long = "".join(f"{n:x}" for n in range(3_000))
    calls = [journal.append([arrival(f"m:{n}" if n != 5 else too_long, lane=str(n))]) for n in range(20)]
    told = await asyncio.gather(*calls, return_exceptions=True)
    assert [n for n, answer in enumerate(told) if answer != 1] == [5]
    assert isinstance(told[5], Exception)
    assert await superuser.fetchval("SELECT count(*) FROM journal") == 19


async def test_a_lane_is_written_in_order_of_arrival(journal: PostgresJournal, superuser: "Connection") -> None:
    raws = [str(n).encode() for n in range(300)]
    calls = (journal.append([arrival(f"m:{n}", raw=raw), arrival(f"s:{n}", lane=str(n))]) for n, raw in enumerate(raws))
    await asyncio.gather(*calls)
    kept = await superuser.fetch("SELECT raw FROM journal WHERE lane = 'a' ORDER BY id")
    assert [row["raw"] for row in kept] == raws


async def test_names_that_text_columns_refuse_are_kept_all_the_same(journal: PostgresJournal) -> None:
    assert await journal.append([arrival("m:\x00", lane="\ud800", raw=b"\x00")]) == 1
    assert await journal.append([arrival("m:\x00", lane="\ud800", raw=b"\x00")]) == 0


async def test_a_caller_who_went_away_takes_nothing_with_them(
    journal: PostgresJournal, superuser: "Connection"
) -> None:
    gone, stays = (asyncio.create_task(journal.append([arrival(f"m:{n}")])) for n in range(2))
    await asyncio.sleep(0)
    gone.cancel()
    assert await stays == 1
    with pytest.raises(asyncio.CancelledError):
        await gone
    assert await superuser.fetchval("SELECT count(*) FROM journal") == 2


async def test_the_company_that_waits_longest_comes_first(journal: PostgresJournal, superuser: "Connection") -> None:
    companies = [CompanyId(new_id()) for _ in range(3)]
    for company_id in reversed(companies):
        await journal.append([an_arrival(company_id, INTEGRATION, lane=str(n)) for n in range(3)])
    assert await journal.companies_waiting(limit=2) == companies[:0:-1]
    assert await journal.companies_waiting(limit=9) == companies[::-1]


async def test_what_arrived_in_a_lane_that_was_being_forgotten_is_found_again(
    journal: PostgresJournal, superuser: "Connection"
) -> None:
    await journal.append([arrival("m:1"), arrival("m:2"), arrival("m:3", lane="b")])
    await superuser.execute("DELETE FROM journal_lane WHERE lane = 'a'")
    await superuser.execute("UPDATE journal SET outcome = 'APPLIED' WHERE lane = 'b'")
    assert await journal.companies_waiting(limit=9) == []
    assert await journal.mend() == 1
    assert await journal.companies_waiting(limit=9) == [COMPANY]
    assert await journal.mend() == 0
