"""`python -m bench.dashboard`: how fast dashboards are read, and what their figures cost whoever changes a chat."""

import argparse
import tempfile
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import asyncpg
import httpx
import uvloop
from attrs import frozen
from rich.console import Console
from rich.table import Table

from bench.history import ATTENDANTS, House, clients_of, count, found, remember
from bench.load import for_seconds, load, request
from bench.site import environment, serving, settings_for
from jaboti_adapters.postgres import tallies
from jaboti_adapters.postgres.embedded import EmbeddedPostgres
from jaboti_adapters.postgres.migrations import migrate
from jaboti_domain.integration.content import Text
from jaboti_domain.kernel.ids import ClientId
from jaboti_entrypoints.application import Application
from jaboti_entrypoints.container import open_application
from jaboti_entrypoints.rehearsal.people import PASSWORD

if TYPE_CHECKING:
    from jaboti_adapters.postgres.unit import CompanyUnit

NEIGHBOURS, THEIR_CHATS, OPEN = 20, 1000, 4000
GOAL = 10.0
"""Milliseconds that half of the reads may take."""

Times = dict[str, list[float]]


def main() -> None:
    """Measure, and print tables."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--chats", type=int, default=1_000_000, help="of the one large company")
    options.add_argument("--seconds", type=float, default=5.0, help="of load for each measure")
    options.add_argument("--lives", type=int, default=900, help="of chats, to measure what a turn costs")
    given = options.parse_args()
    uvloop.run(bench(given.chats, given.seconds, given.lives))


async def bench(chats: int, seconds: float, lives: int) -> None:
    """On a database of its own, which is thrown away afterwards."""
    with tempfile.TemporaryDirectory(prefix="jaboti-bench-") as directory:
        async with EmbeddedPostgres(Path(directory) / "pg") as postgres:
            await migrate(postgres.owner_url)
            async with open_application(settings_for(postgres.app_url)) as application:
                house = await furnish(application, postgres.superuser_url, chats)
                clients = await clients_of(application, house, lives)
                console = Console(width=120)
                async with serving(environment(postgres.app_url), "--no-workers") as (port, _, _):
                    console.print(await reading(port, house, seconds))
                console.print(await changing(application, house, clients, lives, "as it is"))
                await _forget_the_disk(postgres.superuser_url)
                console.print(await changing(application, house, clients, lives, "without waiting for the disk"))


async def furnish(application: Application, url: str, chats: int) -> House:
    """One large company and its small neighbours, counted as the migration counts."""
    house = await found(application, "Aurora", attendants=ATTENDANTS)
    neighbours = [await found(application, f"Vizinha{number}", attendants=2) for number in range(NEIGHBOURS)]
    connection = await asyncpg.connect(url)
    began = time.perf_counter()
    await remember(connection, house, chats=chats, open_=OPEN)
    for neighbour in neighbours:
        await remember(connection, neighbour, chats=THEIR_CHATS, open_=THEIR_CHATS // 100)
    wrote = time.perf_counter()
    await count(connection)
    await connection.close()
    print(f"{chats:,} chats written in {wrote - began:.0f} s, counted in {time.perf_counter() - wrote:.0f} s")
    return house


async def reading(port: int, house: House, seconds: float) -> Table:
    """GET /dashboard/metrics, one after the other and eight at once; beside it what an answer takes by itself."""
    table = Table("one server process", "p50 ms", "p99 ms", "reached", "p50, 8 at once", "per second")
    await _measure(table, "GET /health/live: nothing to read", port, request("GET", "/health/live"), seconds)
    for who, email in (("supervisor", house.supervisor_email), ("operator", house.operator_email)):
        token = await _token(port, email)
        for days in (7, 90, 400):
            asked = request("GET", f"/dashboard/metrics?from={_days_ago(days - 1)}", token=token)
            await _measure(table, f"GET /dashboard/metrics, {who}, {days} days", port, asked, seconds)
    return table


async def _measure(table: Table, what: str, port: int, asked: bytes, seconds: float) -> None:
    def make(_: int) -> bytes:
        return asked

    await load(port, for_seconds(0.5, make), connections=1)
    alone = await load(port, for_seconds(seconds, make), connections=1)
    crowd = await load(port, for_seconds(seconds, make), connections=8)
    odd = {status for status in (*alone.statuses, *crowd.statuses) if status != 200}
    reached = f"no: {odd}" if odd else ("yes" if alone.p50 <= GOAL else "no")
    table.add_row(what, f"{alone.p50:.1f}", f"{alone.p99:.1f}", reached, f"{crowd.p50:.1f}", f"{crowd.rate:,.0f}")


async def changing(
    application: Application, house: House, clients: Sequence[ClientId], lives: int, remark: str
) -> Table:
    """What a turn takes without any account, with intervals alone, and with all sums: chats in turn, in one run."""
    ways: Mapping[str, Any] = {"without": _without, "intervals": _intervals_alone, "all": _account}
    times: dict[str, Times] = {way: defaultdict(list) for way in ways}
    people = cycle(clients)
    for number in range(lives):
        way = list(ways)[number % len(ways)]
        tallies.account = ways[way]
        life = _Life(application, house, times[way] if number > lives // 5 else defaultdict(list))
        await life.live(next(people))
    tallies.account = _account
    table = Table(f"median µs of a turn, {remark}", *ways, "intervals / without", "all / without")
    for turn in times["all"]:
        seen = [median(times[way][turn]) * 1e6 for way in ways]
        table.add_row(turn, *(f"{each:,.0f}" for each in seen), f"{seen[1] / seen[0]:.2f}", f"{seen[2] / seen[0]:.2f}")
    return table


@frozen
class _Life:
    """A chat from its beginning to its end; each turn is timed."""

    application: Application
    house: House
    times: Times

    async def live(self, client_id: ClientId) -> None:
        app, sofia, colleague = self.application, self.house.supervisor, self.house.attendants[7]
        content, department = Text(body="Bom dia!"), self.house.departments[3].id
        began = time.perf_counter()
        chat = await app.open_chat(
            sofia, client_id=client_id, integration_id=self.house.integration.id, content=content
        )
        self.times["opened"].append(time.perf_counter() - began)
        turns: Sequence[tuple[str, Callable[[], Awaitable[object]]]] = (
            ("message sent", lambda: app.send_message(sofia, chat_id=chat.id, content=content)),
            (
                "transferred to a queue",
                lambda: app.transfer_chat.to_department(sofia, chat_id=chat.id, department_id=department),
            ),
            ("started", lambda: app.start_chat(sofia, chat_id=chat.id)),
            (
                "transferred to a colleague",
                lambda: app.transfer_chat.to_attendant(sofia, chat_id=chat.id, user_id=colleague.user_id),
            ),
            ("ended", lambda: app.end_chat(sofia, chat_id=chat.id)),
        )
        for turn, take in turns:
            began = time.perf_counter()
            await take()
            self.times[turn].append(time.perf_counter() - began)


async def _without(unit: "CompanyUnit", milestones: Sequence[object]) -> Mapping[str, Any]:
    return {}


_account = tallies.account


async def _intervals_alone(unit: "CompanyUnit", milestones: Any) -> Mapping[str, Any]:
    parts = await _account(unit, milestones)
    return {name: rows for name, rows in parts.items() if name not in tallies.COUNTED}


async def _token(port: int, email: str) -> str:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:
        answer = await http.post("/auth/login", json={"email": email, "password": PASSWORD})
    token: str = answer.raise_for_status().json()["accessToken"]
    return token


async def _forget_the_disk(url: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute("ALTER SYSTEM SET fsync = off")
    await connection.execute("SELECT pg_reload_conf()")
    await connection.close()


def _days_ago(days: int) -> str:
    return str((datetime.now(UTC) - timedelta(hours=3, days=days)).date())


if __name__ == "__main__":
    main()
