"""Adapters that somebody else writes: a port is satisfied by its shape, and what lacks something is refused.

Nothing here runs, `make types` reads it; an ignore that ignores nothing is an error.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from jaboti_domain.identity.ports import PasswordHasher
from jaboti_domain.kernel.events import Recorded
from jaboti_domain.kernel.ports import Clock, Notifier


def a_clock_of_theirs() -> datetime:
    return datetime.now(UTC)


def a_clock_of_words() -> str:
    return "noon"


class Radio:
    """Satisfies a port that it never heard of."""

    async def announce(self, events: Sequence[Recorded]) -> None: ...

    @asynccontextmanager
    async def listen(self) -> AsyncIterator[AsyncIterator[Sequence[Recorded]]]:
        async def nothing() -> AsyncIterator[Sequence[Recorded]]:
            return
            yield

        yield nothing()


class Deaf:
    async def announce(self, events: Sequence[Recorded]) -> None: ...


class Hasty:
    """Blocks whoever asks."""

    def hash(self, password: str) -> str:
        return password

    def verify(self, password: str, password_hash: str | None) -> bool:
        return password == password_hash

    def is_outdated(self, password_hash: str) -> bool:
        return False


CLOCKS: Sequence[Clock] = [a_clock_of_theirs]
NOTIFIERS: Sequence[Notifier] = [Radio()]
OF_WORDS: Clock = a_clock_of_words  # type: ignore[assignment]  # no time
DEAF: Notifier = Deaf()  # type: ignore[assignment]  # nobody can listen
HASTY: PasswordHasher = Hasty()  # type: ignore[assignment]  # in the way of the event loop
