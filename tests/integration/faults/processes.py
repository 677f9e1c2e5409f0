"""Processes of ours that are killed, paused and started again, each by its own id."""

import asyncio
import os
import random
import signal
import socket
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from attrs import define, field

from tests.integration.faults.patience import comes

HOME = Path(__file__).parents[3]
START_WITHIN = 30.0
STARTED = b'.started"'
"""In a line of the log: the server answers, or the worker works."""


def free_port() -> int:
    """A port that nobody has, nor gets as the near end of a connection while its server is dead."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port


@define(eq=False, kw_only=True)
class Process:
    """A module that runs as a program, always with the same settings and, where it has one, on the same port."""

    command: Sequence[str]
    settings: Mapping[str, str]
    log: Path
    port: int | None = None
    _running: asyncio.subprocess.Process | None = field(default=None, init=False)

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def is_running(self) -> bool:
        """Whether it was started and has not ended."""
        return self._running is not None and self._running.returncode is None

    async def start(self) -> float:
        """Start it; returns after how many seconds it was ready."""
        began = time.monotonic()
        others = {name: value for name, value in os.environ.items() if not name.startswith("JABOTI_")}
        with self.log.open("ab") as log:
            silence = log.tell()
            self._running = await asyncio.create_subprocess_exec(
                sys.executable, "-m", *self.command, cwd=HOME, env={**others, **self.settings}, stdout=log, stderr=log
            )
        assert await comes(lambda: self._says_so(silence), within=START_WITHIN), self._last_words
        return time.monotonic() - began

    async def kill(self) -> None:
        """As a power cut would."""
        assert self._running is not None
        self._running.kill()
        await self._running.wait()

    def pause(self) -> None:
        """It stands still until `resume`."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """It goes on where it stood still."""
        self._signal(signal.SIGCONT)

    async def end(self) -> None:
        """Nothing is left of it."""
        if self.is_running:
            await self.kill()

    def _signal(self, number: signal.Signals) -> None:
        assert self._running is not None
        self._running.send_signal(number)

    async def _says_so(self, silence: int) -> bool:
        assert self.is_running, self._last_words
        return STARTED in self.log.read_bytes()[silence:]

    @property
    def _last_words(self) -> str:
        return self.log.read_text()[-2000:]
