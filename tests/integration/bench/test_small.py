"""What is measured can be measured: benchmarks that write rows of their own run to their end on few."""

import asyncio
import sys

import pytest

SMALL = {
    "bench.dashboard": ("--chats", "400", "--seconds", "0.1", "--lives", "15"),
    "bench.media": ("--mib", "1", "--at-once", "2"),
    "bench.search": ("--clients", "400", "--times", "1"),
}


@pytest.mark.parametrize("name", SMALL)
async def test_a_benchmark_runs_to_its_end(name: str) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", name, *SMALL[name], stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    try:
        out, _ = await asyncio.wait_for(process.communicate(), 100)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode == 0, out.decode()[-2000:]
