"""What is measured."""

import asyncio
import itertools
import json
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import httpx
from attrs import frozen
from websockets.asyncio.client import ClientConnection, connect

from bench.data import Tenant
from bench.load import Result, for_seconds, load, measured, request
from bench.process import resident
from bench.webhooks import webhook, webhooks
from jaboti_entrypoints.rehearsal.people import PASSWORD


@frozen(kw_only=True)
class Target:
    """The server under load, and what is known of it."""

    port: int
    pid: int
    tenants: list[Tenant]
    tokens: dict[str, str]
    """By company."""
    chats: list[tuple[str, str]]


async def tokens_of(port: int, tenants: list[Tenant]) -> dict[str, str]:
    """A token for each company's supervisor."""
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as http:
        answers = [await http.post("/auth/login", json={"email": t.email, "password": PASSWORD}) for t in tenants]
    return {t.company_id: a.raise_for_status().json()["accessToken"] for t, a in zip(tenants, answers, strict=True)}


async def chats_page(target: Target, seconds: float) -> Result:
    """GET /chats?limit=50, companies in turn."""
    asked = [request("GET", "/chats?limit=50", token=token) for token in target.tokens.values()]
    return await load(target.port, for_seconds(seconds, lambda n: asked[n % len(asked)]))


async def messages_page(target: Target, seconds: float) -> Result:
    """GET /chats/{id}/messages?limit=50, chats in turn."""
    asked = [
        request("GET", f"/chats/{chat}/messages?limit=50", token=target.tokens[company])
        for company, chat in target.chats
    ]
    return await load(target.port, for_seconds(seconds, lambda n: asked[n % len(asked)]))


async def send_message(target: Target, seconds: float) -> Result:
    """POST /chats/{id}/messages, chats in turn."""
    body = json.dumps({"content": "Bom dia! Temos, sim."}).encode()
    asked = [
        request("POST", f"/chats/{chat}/messages", token=target.tokens[company], body=body)
        for company, chat in target.chats
    ]
    return await load(target.port, for_seconds(seconds, lambda n: asked[n % len(asked)]), connections=32)


async def intake(target: Target, count: int, tag: str) -> Result:
    """Signed webhooks of one message each, answered."""
    prepared = list(webhooks(target.tenants, count=count, tag=tag))
    return await load(target.port, iter(prepared), connections=64)


async def event_latency(target: Target, *, rate: float, seconds: float) -> Result:
    """From posting a webhook until the attendant's socket has the event, at a steady rate."""
    sent: dict[str, float] = {}
    times: list[float] = []
    async with AsyncExitStack() as stack:
        sockets = [await stack.enter_async_context(_signed_in(target, t)) for t in target.tenants]
        listeners = [asyncio.create_task(_collect(socket, sent, times)) for socket in sockets]
        began = time.perf_counter()
        await _post_steadily(target, rate, seconds, sent)
        await asyncio.sleep(1.0)
        for listener in listeners:
            listener.cancel()
        await asyncio.gather(*listeners, return_exceptions=True)
    return measured(times, time.perf_counter() - began - 1.0, {0: len(sent) - len(times)})


async def _post_steadily(target: Target, rate: float, seconds: float, sent: dict[str, float]) -> None:
    turns = itertools.cycle(target.tenants)
    streams = [await asyncio.open_connection("127.0.0.1", target.port) for _ in range(16)]
    began = time.perf_counter()
    for number in range(int(rate * seconds)):
        phone = f"55119{80000001 + number % 100:08}"
        asked = webhook(next(turns), phone=phone, name=f"event.{time.time_ns()}", number=number)
        await asyncio.sleep(max(0.0, began + number / rate - time.perf_counter()))
        sent[f"Oi, {number}"] = time.perf_counter()
        streams[number % len(streams)][1].write(asked)
    for _, writer in streams:
        writer.close()


async def _collect(socket: ClientConnection, sent: dict[str, float], times: list[float]) -> None:
    async for text in socket:
        arrived = time.perf_counter()
        frame = json.loads(text)
        if frame.get("event") == "message.created":
            times.append(arrived - sent[frame["data"]["message"]["content"]])


@asynccontextmanager
async def _signed_in(target: Target, tenant: Tenant) -> AsyncIterator[ClientConnection]:
    async with connect(f"ws://127.0.0.1:{target.port}/ws", compression=None) as socket:
        await socket.send(json.dumps({"type": "auth", "token": target.tokens[tenant.company_id], "resume": None}))
        await socket.recv()
        yield socket


async def memory(target: Target, sockets: int) -> tuple[float, float]:
    """The server's memory without load in MiB, and what each of many sockets adds in KiB."""
    idle = resident(target.pid)
    async with AsyncExitStack() as stack:
        turns = itertools.cycle(target.tenants)
        for _ in range(sockets):
            await stack.enter_async_context(_signed_in(target, next(turns)))
        full = resident(target.pid)
    return idle / 2**20, (full - idle) / sockets / 2**10
