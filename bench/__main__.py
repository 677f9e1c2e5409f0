"""`make bench`: everything in one run, beside what this machine can do at best."""

import argparse
import platform
import tempfile
import time
from pathlib import Path

import asyncpg
import uvloop
from rich.console import Console
from rich.table import Table

from bench import machine, scenarios
from bench.data import chats_of, furnish
from bench.load import Result
from bench.process import resident
from bench.scenarios import Target
from bench.site import environment, serving, settings_for
from jaboti_adapters.postgres.embedded import EmbeddedPostgres
from jaboti_adapters.postgres.migrations import migrate
from jaboti_entrypoints.container import open_application

NOWHERE = "http://127.0.0.1:9"


def main() -> None:
    """Measure, and print a table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=5.0, help="of load for each measure")
    uvloop.run(bench(options.parse_args().seconds))


async def bench(seconds: float) -> None:
    """On a database of its own, which is thrown away afterwards."""
    table = Table("what", "per second", "p50 ms", "p99 ms", "goal", "reached", "remarks")
    with tempfile.TemporaryDirectory(prefix="jaboti-bench-") as directory:
        async with EmbeddedPostgres(Path(directory) / "pg") as postgres:
            await migrate(postgres.owner_url)
            env = environment(postgres.app_url)
            await _machine(table, postgres, seconds)
            async with open_application(settings_for(postgres.app_url)) as application:
                tenants = await furnish(application, postgres.superuser_url, graph_url=NOWHERE)
            async with serving(env, "--no-workers") as (port, pid, cold):
                _figure(table, "cold start", f"{cold:.2f} s", "<= 1.0 s", cold <= 1.0)
                _figure(
                    table,
                    "memory, started",
                    f"{resident(pid) / 2**20:.0f} MiB",
                    "<= 120 MiB",
                    resident(pid) <= 120 * 2**20,
                )
                target = Target(
                    port=port,
                    pid=pid,
                    tenants=tenants,
                    tokens=await scenarios.tokens_of(port, tenants),
                    chats=await chats_of(postgres.superuser_url),
                )
                await _serve_alone(table, target, seconds)
            await _forget_what_waits(postgres.superuser_url)
            async with serving(env) as (port, pid, _):
                tokens = await scenarios.tokens_of(port, tenants)
                target = Target(port=port, pid=pid, tenants=tenants, tokens=tokens, chats=target.chats)
                await _serve_with_workers(table, target, postgres.superuser_url, seconds)
    console = Console(width=150)
    console.print(
        f"{platform.python_implementation()} {platform.python_version()}, {platform.machine()}, one server process"
    )
    console.print(table)


async def _machine(table: Table, postgres: EmbeddedPostgres, seconds: float) -> None:
    _row(table, "machine: a bare Starlette answer", await machine.bare_answer(seconds))
    _row(table, "machine: a bare insert and commit", await machine.bare_insert(postgres.superuser_url, seconds))
    _row(table, "machine: a bare indexed select", await machine.bare_select(postgres.superuser_url, seconds))


async def _serve_alone(table: Table, target: Target, seconds: float) -> None:
    _row(table, "GET /chats, page of 50", await scenarios.chats_page(target, seconds), 2300)
    _row(table, "GET /chats/{id}/messages, page of 50", await scenarios.messages_page(target, seconds), 3000)
    _row(table, "POST /chats/{id}/messages", await scenarios.send_message(target, seconds), 2200, "workers apart")
    intake = await scenarios.intake(target, int(3000 * seconds), "alone")
    _row(table, "webhooks answered", intake, 3500, "workers apart")


async def _serve_with_workers(table: Table, target: Target, url: str, seconds: float) -> None:
    await _drained(url)
    count = int(1500 * seconds)
    began = time.perf_counter()
    answered = await scenarios.intake(target, count, "both")
    await _drained(url)
    took = time.perf_counter() - began
    _row(table, "webhooks answered, workers in the same process", answered)
    _figure(table, "webhooks applied", f"{count / took:,.0f}/s", ">= 1,500/s", count / took >= 1500)
    latency = await scenarios.event_latency(target, rate=200, seconds=seconds)
    _row(table, "webhook to event, at 200/s", latency, remarks=f"{latency.statuses[0]} missing")
    _figure(table, "webhook to event, p50", f"{latency.p50:.1f} ms", "<= 6 ms", latency.p50 <= 6)
    idle, each = await scenarios.memory(target, 1000)
    _figure(table, "memory, after all that", f"{idle:.0f} MiB", "", None)
    _figure(table, "memory for each of 1,000 sockets", f"{each:.0f} KiB", "", None)


async def _forget_what_waits(url: str) -> None:
    """What was accepted to be sent would be sent by the next server, and be measured with it."""
    connection = await asyncpg.connect(url)
    await connection.execute("DELETE FROM errand; UPDATE journal SET outcome = 'IGNORED' WHERE outcome = 'PENDING'")
    await connection.execute("VACUUM ANALYZE")
    await connection.close()


async def _drained(url: str) -> None:
    connection = await asyncpg.connect(url)
    while await connection.fetchval("SELECT EXISTS (SELECT FROM journal WHERE outcome = 'PENDING')"):
        await connection.execute("SELECT pg_sleep(0.02)")
    await connection.close()


def _row(table: Table, what: str, result: Result, goal: int | None = None, remarks: str = "") -> None:
    odd = {status: count for status, count in result.statuses.items() if status not in (0, 200, 201)}
    table.add_row(
        what,
        f"{result.rate:,.0f}",
        f"{result.p50:.2f}",
        f"{result.p99:.2f}",
        f">= {goal:,}" if goal else "",
        "" if goal is None else ("yes" if result.rate >= goal else "no"),
        f"{remarks} {odd or ''}".strip(),
    )


def _figure(table: Table, what: str, seen: str, goal: str, reached: bool | None) -> None:
    table.add_row(what, seen, "", "", goal, "" if reached is None else ("yes" if reached else "no"), "")


if __name__ == "__main__":
    main()
