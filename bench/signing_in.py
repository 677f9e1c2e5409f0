"""`python -m bench.signing_in`: does the time tell who exists, and do others wait while passwords are hashed?"""

import asyncio
import json
import tempfile
import time
from itertools import count
from pathlib import Path

import asyncpg
import uvloop

from bench.__main__ import NOWHERE
from bench.data import Tenant, furnish
from bench.load import Result, load, measured, request
from bench.site import environment, serving, settings_for
from jaboti_adapters.postgres.embedded import EmbeddedPostgres
from jaboti_adapters.postgres.migrations import migrate
from jaboti_entrypoints.container import open_application
from jaboti_entrypoints.rehearsal.people import PASSWORD

PAIRS = 400
WAITING = 50
SECONDS, RATE = 8.0, 200.0
_addresses = (f"198.51.{n // 250 % 250}.{n % 250}" for n in count())
_ACCOUNTS = """
INSERT INTO user_account (id, email, name, password_hash, enabled, created_at, shown, version)
SELECT gen_random_uuid(), 'known' || n || '@jaboti.example', name, password_hash, true, now(), shown, 1
FROM (SELECT * FROM user_account LIMIT 1) one, generate_series(1, $1::int) n
"""


async def bench() -> None:
    """On a database of its own."""
    with tempfile.TemporaryDirectory(prefix="jaboti-bench-") as directory:
        async with EmbeddedPostgres(Path(directory) / "pg") as postgres:
            await migrate(postgres.owner_url)
            async with open_application(settings_for(postgres.app_url)) as application:
                tenants = await furnish(application, postgres.superuser_url, graph_url=NOWHERE)
            connection = await asyncpg.connect(postgres.superuser_url)
            await connection.execute(_ACCOUNTS, PAIRS)
            await connection.close()
            env = {**environment(postgres.app_url), "JABOTI_TRUSTED_PROXIES": "127.0.0.1"}
            async with serving(env, "--no-workers") as (port, _, _):
                print(f"who exists: AUC {await _telling(port):.3f} over {PAIRS} pairs (0.45 to 0.55 tells nothing)")
                await _hashing(port, tenants)


async def _telling(port: int) -> float:
    """How well the time of a refusal tells an account from none: the area under the ROC curve."""
    known, unknown = list[float](), list[float]()
    await _refused(port, "warm@jaboti.example")
    for n in range(1, PAIRS + 1):
        for email, times in ((f"known{n}@jaboti.example", known), (f"nobody{n}@jaboti.example", unknown)):
            times.append(await _refused(port, email))
    above = sum((a > b) + (a == b) / 2 for a in known for b in unknown)
    return above / (len(known) * len(unknown))


async def _refused(port: int, email: str) -> float:
    result = await load(port, iter([_login(email, "not the password at all")]), connections=1)
    assert set(result.statuses) == {401}, result.statuses
    return result.p50 or result.seconds


async def _hashing(port: int, tenants: list[Tenant]) -> None:
    token = await _token(port, tenants[0])
    alone = await _steady(port, token)
    waiting = asyncio.create_task(_sign_in_for_good(port, tenants))
    await asyncio.sleep(0.5)
    among = await _steady(port, token)
    waiting.cancel()
    signed_in = await asyncio.gather(waiting, return_exceptions=True)
    print(f"GET /chats/counts at {RATE:.0f}/s alone: p50 {alone.p50:.1f} ms, p99 {alone.p99:.1f} ms")
    print(f"with {WAITING} sign-ins waiting: p50 {among.p50:.1f} ms, p99 {among.p99:.1f} ms ({len(signed_in)} task)")


async def _steady(port: int, token: str) -> Result:
    asked = request("GET", "/chats/counts", token=token)
    times: list[float] = []
    streams = [await asyncio.open_connection("127.0.0.1", port) for _ in range(16)]
    free = asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]]()
    for stream in streams:
        free.put_nowait(stream)

    async def ask() -> None:
        began = time.perf_counter()
        reader, writer = await free.get()
        writer.write(asked)
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r")[0])
        await reader.readexactly(length)
        times.append(time.perf_counter() - began)
        free.put_nowait((reader, writer))

    began = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for number in range(int(SECONDS * RATE)):
            await asyncio.sleep(max(0.0, began + number / RATE - time.perf_counter()))
            group.create_task(ask())
    for _, writer in streams:
        writer.close()
    return measured(times, time.perf_counter() - began)


async def _sign_in_for_good(port: int, tenants: list[Tenant]) -> None:
    def logins() -> "list[bytes]":
        return [_login(tenants[n % len(tenants)].email, PASSWORD) for n in range(WAITING * 20)]

    while True:
        await load(port, iter(logins()), connections=WAITING)


async def _token(port: int, tenant: Tenant) -> str:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(_login(tenant.email, PASSWORD))
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r")[0])
    token: str = json.loads(await reader.readexactly(length))["accessToken"]
    writer.close()
    return token


def _login(email: str, password: str) -> bytes:
    body = json.dumps({"email": email, "password": password}).encode()
    return request("POST", "/auth/login", body=body, headers=f"X-Forwarded-For: {next(_addresses)}\r\n")


if __name__ == "__main__":
    uvloop.run(bench())
