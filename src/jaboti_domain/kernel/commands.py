"""Asking for the same again: a command is carried out once, however often it is repeated.

Whoever takes a command in says which one it is (`under_way`); the unit of work that carries it out notes it at its
commit, together with what it did. So a repetition finds either both or neither.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from typing import Protocol
from uuid import UUID

from attrs import define, frozen

from jaboti_domain.kernel.errors import Conflict, Invalid
from jaboti_domain.kernel.ids import CompanyId, UserId

REMEMBERED = timedelta(hours=24)
"""For so long a key stands for the command that it was used for first."""


class CommandInProgress(Conflict):
    """This command is being carried out at this moment."""

    code = "command.in_progress"
    portuguese = "Este comando está sendo executado neste momento."


class CommandRepeated(Conflict):
    """This command was carried out before."""

    code = "command.repeated"
    portuguese = "Este comando já foi executado."


class KeyReused(Invalid):
    """The key was used for another command."""

    code = "command.key_reused"
    portuguese = "A chave foi usada para outro comando."


@frozen(kw_only=True)
class CommandKey:
    """What somebody calls a command of theirs; `fingerprint` is the same for the same command only."""

    company_id: CompanyId
    user_id: UserId
    key: str
    fingerprint: bytes


@define
class CommandUnderWay:
    """A command that is being carried out; `is_noted` from the first commit on."""

    key: CommandKey
    is_noted: bool = False


_current: ContextVar[CommandUnderWay | None] = ContextVar("command_under_way", default=None)


@contextmanager
def under_way(key: CommandKey) -> Iterator[None]:
    """What is done in the block is done for this command."""
    token = _current.set(CommandUnderWay(key))
    try:
        yield
    finally:
        _current.reset(token)


def to_be_noted(company_id: CompanyId) -> CommandUnderWay | None:
    """The command that a unit of work of this company has to note at its commit; None when there is none (any more)."""
    command = _current.get()
    if command is None or command.is_noted or command.key.company_id != company_id:
        return None
    return command


@frozen(kw_only=True)
class CommandNote:
    """What is known of a command that was carried out."""

    fingerprint: bytes
    subject: UUID | None
    """What it made, or else changed."""
    answer: bytes | None
    """What was answered, in whatever form its keeper likes; None while nobody has said, or if nobody lived to say."""


class CommandLog(Protocol):
    """What units of work noted, for REMEMBERED; a later use of the same key is the first one again."""

    async def find(self, key: CommandKey) -> CommandNote | None: ...

    async def keep_answer(self, key: CommandKey, answer: bytes) -> None:
        """The answer to a command that was noted; the first one stays."""
        ...
