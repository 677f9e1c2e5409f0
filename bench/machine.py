"""What this machine can do at best: the measure for everything else in the same run."""

import asyncio
import time

import asyncpg
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bench.load import Result, for_seconds, load, measured, request
from bench.process import serving_app


async def _answer(_: Request) -> Response:
    return Response(b"{}", media_type="application/json")


app = Starlette(routes=[Route("/", _answer)])
"""A server that does nothing."""


async def bare_answer(seconds: float) -> Result:
    """A bare Starlette answer."""
    async with serving_app("bench.machine:app") as port:
        return await load(port, for_seconds(seconds, lambda _: request("GET", "/")))


async def bare_insert(url: str, seconds: float, *, connections: int = 8) -> Result:
    """A row inserted and committed by itself."""
    connection = await asyncpg.connect(url)
    await connection.execute("CREATE TABLE IF NOT EXISTS bench_row (id bigint PRIMARY KEY, text text)")
    await connection.execute("TRUNCATE bench_row")
    numbers = iter(range(10**9))
    statement = "INSERT INTO bench_row VALUES ($1, 'x')"
    result = await _repeat(url, seconds, connections, statement, lambda: next(numbers))
    await connection.close()
    return result


async def bare_select(url: str, seconds: float, *, connections: int = 8) -> Result:
    """A row selected by its key."""
    return await _repeat(url, seconds, connections, "SELECT text FROM bench_row WHERE id = $1", lambda: 7)


async def _repeat(url: str, seconds: float, connections: int, statement: str, value: object) -> Result:
    assert callable(value)
    times: list[float] = []

    async def one() -> None:
        connection = await asyncpg.connect(url)
        prepared = await connection.prepare(statement)
        until = time.perf_counter() + seconds
        while (began := time.perf_counter()) < until:
            await prepared.fetch(value())
            times.append(time.perf_counter() - began)
        await connection.close()

    began = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(connections)))
    return measured(times, time.perf_counter() - began)
