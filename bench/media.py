"""`python -m bench.media`: large files up to one server and down again, and how much memory it takes for them.

The server is a process of its own with its default limits; whoever brings the files shares the machine with it.
"""

import argparse
import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import uvloop
from attrs import define, frozen

from bench.process import resident
from bench.site import environment, serving, settings_for
from jaboti_adapters.postgres.embedded import EmbeddedPostgres
from jaboti_adapters.postgres.migrations import migrate
from jaboti_entrypoints.container import open_application
from jaboti_entrypoints.rehearsal.people import DEMO, PASSWORD, settle_in

MIB = 1024 * 1024
PIECE = 64 * 1024
GROWTH = 32
"""MiB: the goal, whatever the size."""
HEAD = b'--b\r\nContent-Disposition: form-data; name="file"; filename="large.bin"\r\n\r\n'
TAIL = b"\r\n--b--\r\n"


@define
class Peak:
    """The most memory that a process held while somebody looked."""

    pid: int
    most: int = 0

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        """Look again and again until the block ends."""

        async def look() -> None:
            while True:
                self.most = max(self.most, resident(self.pid))
                await asyncio.sleep(0.01)

        task = asyncio.create_task(look())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


@frozen
class Bearer:
    """Somebody who brings files, and takes them."""

    http: httpx.AsyncClient
    size: int

    async def up(self, seed: int) -> str:
        """Where it can be had."""
        headers = {
            "content-type": "multipart/form-data; boundary=b",
            "content-length": str(len(HEAD) + self.size + len(TAIL)),
        }
        answer = await self.http.post("/media", content=self._body(seed), headers=headers)
        return str(answer.raise_for_status().json()["url"])

    async def down(self, url: str) -> None:
        """All of it."""
        taken = 0
        async with self.http.stream("GET", url) as answer:
            async for piece in answer.aiter_raw(PIECE):
                taken += len(piece)
        assert taken == self.size

    async def _body(self, seed: int) -> AsyncIterator[bytes]:
        yield HEAD
        for place in range(0, self.size, PIECE):
            yield (b"%d %d " % (seed, place)).ljust(min(PIECE, self.size - place), b"\0")
        yield TAIL


def main() -> None:
    """Measure, and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--mib", type=int, default=100, help="of each file")
    options.add_argument("--at-once", type=int, default=4)
    given = options.parse_args()
    uvloop.run(bench(given.mib * MIB, given.at_once))


async def bench(size: int, at_once: int) -> None:
    """On a database and in a directory of its own."""
    with tempfile.TemporaryDirectory(prefix="jaboti-bench-") as directory:
        async with EmbeddedPostgres(Path(directory) / "pg") as postgres:
            await migrate(postgres.owner_url)
            async with open_application(settings_for(postgres.app_url)) as application:
                await settle_in(application, DEMO, graph_url="http://127.0.0.1:9")
            env = {**environment(postgres.app_url), "JABOTI_MEDIA_DIR": str(Path(directory) / "media")}
            async with (
                serving(env, "--no-workers") as (port, pid, _),
                httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=120, trust_env=False) as http,
            ):
                credentials = {"email": "ana@aurora.example", "password": PASSWORD}
                token = (await http.post("/auth/login", json=credentials)).raise_for_status().json()["accessToken"]
                http.headers["authorization"] = f"Bearer {token}"
                await _measure(Bearer(http, size), pid, at_once)


async def _measure(bearer: Bearer, pid: int, at_once: int) -> None:
    url = await Bearer(bearer.http, MIB).up(0)
    await Bearer(bearer.http, MIB).down(url)
    print(f"files of {bearer.size / MIB:.0f} MiB; the server holds {resident(pid) / MIB:.0f} MiB before them")
    url = await _timed("one up", pid, bearer, [lambda: bearer.up(1)])
    await _timed("one down", pid, bearer, [lambda: bearer.down(url)])
    await _timed(f"{at_once} up at once", pid, bearer, [_up(bearer, n + 2) for n in range(at_once)])
    await _timed(f"{at_once} down at once", pid, bearer, [lambda: bearer.down(url)] * at_once)


def _up(bearer: Bearer, seed: int) -> Callable[[], Awaitable[str]]:
    return lambda: bearer.up(seed)


async def _timed(what: str, pid: int, bearer: Bearer, doing: list[Callable[[], Awaitable[str | None]]]) -> str:
    before, peak, began = resident(pid), Peak(pid), time.perf_counter()
    async with peak.watched():
        done = await asyncio.gather(*(each() for each in doing))
    seconds = time.perf_counter() - began
    rate, growth = len(doing) * bearer.size / MIB / seconds, (peak.most - before) / MIB
    print(f"{what:16} {rate:7.0f} MiB/s   memory +{growth:.1f} MiB (goal <= {GROWTH}: {growth <= GROWTH})")
    return done[0] or ""


if __name__ == "__main__":
    main()
