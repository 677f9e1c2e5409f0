"""Years after a chat nothing of what was said in it stands anywhere; and a kind that were left out would be found."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest
from attrs import evolve
from sqlalchemy import text

from jaboti_adapters.postgres import expiring
from jaboti_adapters.postgres.engine import Database
from jaboti_adapters.postgres.statements import Statement
from jaboti_domain.company.retention import Held, Retention
from tests.integration.privacy.planted import Site, leaks, open_site, plant

if TYPE_CHECKING:
    import asyncpg

    Connection = asyncpg.Connection[asyncpg.Record]

THEIRS = {"client", "client_identity", "client_term", "client_merge", "note", "audit_entry"}
"""Who they are, and what was noted of them: to be forgotten when they ask for it."""
NAMES = {"message.provider_id", "journal_lane.lane"}
"""What the platform calls a message, by which a late receipt finds it; and the lane of whoever wrote, by their name."""


@pytest.fixture
async def site(database: Database, tmp_path: Path) -> AsyncIterator[Site]:
    """A company that keeps words for a year."""
    async with open_site(database, tmp_path) as opened:
        answer = await opened.desk.patch(f"/companies/{opened.line.company_id}", {"retention": {"messages": 365}})
        assert answer.status_code == 200, answer.text
        yield opened


async def in_ten_years(site: Site) -> None:
    """Retention runs, then."""

    def clock() -> datetime:
        return site.backend.clock() + timedelta(days=3650)

    assert await evolve(site.jaboti.apply_retention, clock=clock)(site.line.company_id)


async def test_nothing_that_was_said_stands_anywhere(site: Site, superuser: "Connection") -> None:
    await plant(site)
    before = await leaks(superuser)
    assert {"message.content", "chat.last_text", "milestone.data", "journal.raw", "event.data"} <= set(before)
    await in_ten_years(site)
    assert {each for each in await leaks(superuser) if each.split(".")[0] not in THEIRS} == NAMES


@pytest.mark.parametrize("held", [Held.EVENTS, Held.JOURNAL, Held.DEAD_LETTERS, Held.COMMANDS, Held.CALL_LOG])
async def test_a_kind_that_is_left_out_is_found(site: Site, superuser: "Connection", held: Held) -> None:
    await plant(site)
    whole = Retention.cutoffs
    with patch.object(Retention, "cutoffs", lambda self, at: (each for each in whole(self, at) if each[0] is not held)):
        await in_ten_years(site)
    table = {Held.EVENTS: "event", Held.COMMANDS: "command", Held.CALL_LOG: "call_log"}.get(held, "journal")
    assert {each.split(".")[0] for each in await leaks(superuser)} - THEIRS == {table, "message", "journal_lane"}


async def test_previews_and_reasons_that_stay_are_found(site: Site, superuser: "Connection") -> None:
    await plant(site)
    with patch.object(expiring, "CLOSE", Statement(text("SELECT"))):
        await in_ten_years(site)
    assert {each.split(".")[0] for each in await leaks(superuser)} - THEIRS == {
        "chat",
        "milestone",
        "message",
        "journal_lane",
    }
