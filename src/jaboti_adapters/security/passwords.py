"""Passwords by argon2id (RFC 9106)."""

import asyncio

from argon2 import PasswordHasher as Argon2
from argon2.exceptions import InvalidHashError, VerificationError
from attrs import define, field

from jaboti_domain.identity.ports import PasswordHasher


@define(eq=False)
class Argon2Passwords(PasswordHasher):
    """Hashes in threads, at most `at_once` of them, so that the event loop stays free.

    The parameters (46 MiB, one pass, one lane) are OWASP's first choice for argon2id.
    """

    memory_kib: int = 47104
    passes: int = 1
    at_once: int = 2
    _argon2: Argon2 = field(init=False)
    _dummy: str = field(init=False)
    _places: asyncio.Semaphore = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._argon2 = Argon2(time_cost=self.passes, memory_cost=self.memory_kib, parallelism=1)
        self._dummy = ""
        self._places = asyncio.Semaphore(self.at_once)

    async def hash(self, password: str) -> str:
        async with self._places:
            return await asyncio.to_thread(self._argon2.hash, password)

    async def verify(self, password: str, password_hash: str | None) -> bool:
        if not self._dummy:
            self._dummy = await self.hash("nobody's password")
        async with self._places:
            right = await asyncio.to_thread(self._verified, password, password_hash or self._dummy)
        return right and password_hash is not None

    def is_outdated(self, password_hash: str) -> bool:
        return self._argon2.check_needs_rehash(password_hash)

    def _verified(self, password: str, password_hash: str) -> bool:
        try:
            return self._argon2.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False
