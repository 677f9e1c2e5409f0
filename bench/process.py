"""Servers in processes of their own, ended by their id."""

import asyncio
import os
import socket
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

START_WITHIN = 30.0


def free_port() -> int:
    """A port that nobody has at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def running(*command: str, env: Mapping[str, str] | None = None) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process, told to end when the block ends, and killed if it does not."""
    process = await asyncio.create_subprocess_exec(*command, env={**os.environ, **(env or {})})
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
            try:
                await asyncio.wait_for(process.wait(), 15)
            except TimeoutError:
                process.kill()
                await process.wait()


async def answers(port: int, path: str = "/") -> float:
    """Wait until a server answers with 200; returns the seconds that it took."""
    began = time.perf_counter()
    while time.perf_counter() - began < START_WITHIN:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(f"GET {path} HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n".encode())
            line = await reader.readline()
            writer.close()
            if b" 200 " in line:
                return time.perf_counter() - began
        except OSError:
            pass
        await asyncio.sleep(0.01)
    raise TimeoutError(f"nothing answers on {port}")


@asynccontextmanager
async def serving_app(name: str) -> AsyncIterator[int]:
    """An ASGI application by name under uvicorn as ours runs under it; yields the port."""
    port = free_port()
    options = (
        "--port",
        str(port),
        "--log-level",
        "error",
        "--no-access-log",
        "--loop",
        "uvloop",
        "--http",
        "httptools",
    )
    async with running(sys.executable, "-m", "uvicorn", name, *options):
        await answers(port)
        yield port


def resident(pid: int) -> int:
    """The memory that a process really holds, in bytes."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise LookupError("this system does not tell")
