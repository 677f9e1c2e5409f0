"""The server that is measured, over a database that is there already."""

import asyncio
import base64
import compileall
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from pydantic import SecretStr

import jaboti_entrypoints
from bench.process import answers, free_port, running
from jaboti_entrypoints.settings import Settings

_SECRET = b"b" * 32
_RING = f"bench:{base64.b64encode(_SECRET).decode()}"


def settings_for(url: str) -> Settings:
    """For an application in this process."""
    return Settings(
        database_url=SecretStr(url),
        token_keys={"bench": _SECRET},
        vault_keys={"bench": _SECRET},
        allowed_hosts=("127.0.0.1",),
    )


def environment(url: str) -> dict[str, str]:
    """The same for a process of its own."""
    return {
        "JABOTI_DATABASE_URL": url,
        "JABOTI_TOKEN_KEYS": _RING,
        "JABOTI_VAULT_KEYS": _RING,
        "JABOTI_LOG_LEVEL": "error",
        "JABOTI_REQUESTS_PER_MINUTE": "1000000",
        "JABOTI_ALLOWED_HOSTS": "127.0.0.1",
    }


async def _bytecode() -> None:
    """As an installation has it; a checkout's may be missing."""
    code = Path(jaboti_entrypoints.__file__).parents[1]
    await asyncio.to_thread(compileall.compile_dir, code, quiet=2, workers=1)


@asynccontextmanager
async def serving(env: Mapping[str, str], *options: str) -> AsyncIterator[tuple[int, int, float]]:
    """A server process: its port, its id, and the seconds that it took to be ready."""
    port = free_port()
    command = (sys.executable, "-m", "jaboti_entrypoints", "serve", *options)
    await _bytecode()
    began = time.perf_counter()
    async with running(*command, env={**env, "JABOTI_PORT": str(port)}) as process:
        await answers(port, "/health/ready")
        yield port, process.pid, time.perf_counter() - began
