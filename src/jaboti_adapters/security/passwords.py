"""Passwords by argon2id (RFC 9106)."""

import asyncio
import os
import threading
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher as Argon2
from argon2.exceptions import InvalidHashError, VerificationError
from attrs import define, field

from jaboti_domain.identity.ports import PasswordHasher


@define(eq=False)
class Argon2Passwords(PasswordHasher):
    """Hashes in threads, at most `at_once` of them and each after everybody else, so that the event loop stays free.

    The parameters (46 MiB, one pass, one lane) are OWASP's first choice for argon2id.
    """

    memory_kib: int = 47104
    passes: int = 1
    at_once: int = field(factory=lambda: max(1, (os.cpu_count() or 1) // 2))
    _argon2: Argon2 = field(init=False)
    _dummy: str = field(default="", init=False)
    _threads: ThreadPoolExecutor = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._argon2 = Argon2(time_cost=self.passes, memory_cost=self.memory_kib, parallelism=1)
        self._threads = ThreadPoolExecutor(self.at_once, thread_name_prefix="argon2", initializer=_step_back)

    async def hash(self, password: str) -> str:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._argon2.hash, password)

    async def verify(self, password: str, password_hash: str | None) -> bool:
        if not self._dummy:
            self._dummy = await self.hash("nobody's password")
        loop, asked = asyncio.get_running_loop(), password_hash or self._dummy
        right = await loop.run_in_executor(self._threads, self._verified, password, asked)
        return right and password_hash is not None

    def is_outdated(self, password_hash: str) -> bool:
        return self._argon2.check_needs_rehash(password_hash)

    def _verified(self, password: str, password_hash: str) -> bool:
        try:
            return self._argon2.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False


def _step_back() -> None:
    """On Linux each thread has a niceness of its own: this one takes what others leave."""
    os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)
