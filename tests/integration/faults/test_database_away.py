"""PostgreSQL crashes, or says what nobody expected, and comes to itself again."""

import asyncio
import os
import signal
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from attrs import frozen

from jaboti_adapters.postgres.embedded import EmbeddedPostgres
from jaboti_adapters.postgres.migrations import migrate
from tests.integration.faults.desks import Desk, at_desk
from tests.integration.faults.letters import letters
from tests.integration.faults.patience import until
from tests.integration.faults.postmen import Postmen
from tests.integration.faults.site import ANA, Site, settled_site
from tests.integration.faults.sizes import scaled
from tests.integration.faults.verdicts import Verdict, on_messages

AWAY, LONGER_THAN_A_LOOK = 1.0, 1.5


@frozen
class Crashing:
    """A PostgreSQL of the test's own."""

    server: EmbeddedPostgres
    directory: Path

    async def crash(self) -> None:
        """An immediate shutdown: connections are cut, nothing is written."""
        process = int((self.directory / "postmaster.pid").read_text().split()[0])
        os.kill(process, signal.SIGQUIT)
        await until(lambda: not Path(f"/proc/{process}").exists(), within=10, what="PostgreSQL is gone")

    async def come_back(self) -> None:
        """Start it; it recovers what was committed."""
        await asyncio.to_thread(self.server.__enter__)


@pytest.fixture
async def postgresql() -> AsyncIterator[Crashing]:
    """Running and migrated."""
    with tempfile.TemporaryDirectory(prefix="jaboti-") as name:
        directory = Path(name) / "pg"
        async with EmbeddedPostgres(directory) as server:
            await migrate(server.owner_url)
            yield Crashing(server, directory)


async def test_while_postgresql_is_away_callers_are_told_to_come_again(
    postgresql: Crashing, tmp_path: Path, seed: int
) -> None:
    site = await settled_site(postgresql.server.app_url, postgresql.server.superuser_url, tmp_path)
    planned = letters(site.houses, messages=scaled(600), clients=50)
    async with site.serving() as (server,), at_desk(server.url, ANA) as ana:
        postmen = Postmen([server.url], at_once=8)
        async with asyncio.TaskGroup() as group:
            group.create_task(postmen.bring(planned))
            await until(lambda: postmen.history.ok >= len(planned) // 3, within=20, what="some were taken")
            await postgresql.crash()
            refusals = await _refusals(ana, site)
            await asyncio.sleep(AWAY)
            await postgresql.come_back()
        assert server.is_running
        await site.drained()
        assert (await ana.http.get("/chats")).status_code == 200

    assert refusals == {"a webhook": (503, True), "the API": (503, True), "ready": (503, True), "live": (200, False)}
    faults = on_messages(await site.books(), (each.name for each in planned), postmen.history)
    faults["unanswered"] = [(a.name, a.answer) for a in postmen.history.actions if isinstance(a.answer, str)]
    verdict = Verdict(seed, faults)
    assert not verdict, verdict


async def test_workers_outlive_an_answer_of_the_database_that_nobody_foresaw(site: Site, seed: int) -> None:
    planned = letters(site.houses, messages=20, clients=10)
    async with site.serving() as (server,):
        await site.execute("REVOKE SELECT ON journal, errand FROM jaboti_app")
        await asyncio.sleep(LONGER_THAN_A_LOOK)
        await site.execute("GRANT SELECT ON journal, errand TO jaboti_app")
        postmen = Postmen([server.url])
        await postmen.bring(planned)
        await site.drained()

    verdict = Verdict(seed, on_messages(await site.books(), (each.name for each in planned), postmen.history))
    assert not verdict, verdict


async def _refusals(ana: Desk, site: Site) -> dict[str, tuple[int, bool]]:
    """How each kind of caller is answered, and whether they are told when to come again."""
    (letter,) = letters(site.houses, messages=1, clients=1, tag="away")
    answers = {
        "a webhook": await ana.http.post(letter.path, content=letter.body, headers=dict(letter.headers)),
        "the API": await ana.http.get("/chats"),
        "ready": await ana.http.get("/health/ready"),
        "live": await ana.http.get("/health/live"),
    }
    return {caller: _told(answer) for caller, answer in answers.items()}


def _told(answer: httpx.Response) -> tuple[int, bool]:
    return answer.status_code, "retry-after" in answer.headers
