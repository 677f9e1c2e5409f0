"""Commands that were carried out."""

from datetime import datetime
from uuid import UUID

from attrs import evolve, frozen

from jaboti_adapters.memory.store import CommandName, MemoryStore
from jaboti_domain.kernel.commands import REMEMBERED, CommandKey, CommandLog, CommandNote, CommandRepeated, to_be_noted
from jaboti_domain.kernel.ids import CompanyId


@frozen
class Noting:
    """The command under way, if it has to be noted by this unit."""

    store: MemoryStore
    company_id: CompanyId

    def check(self) -> None:
        """Raise CommandRepeated when it was noted before."""
        command = to_be_noted(self.company_id)
        if command is not None and _found(self.store, command.key, self.store.clock()) is not None:
            raise CommandRepeated()

    def note(self, subject: UUID | None) -> None:
        """It is done, to this."""
        command = to_be_noted(self.company_id)
        if command is not None:
            note = CommandNote(fingerprint=command.key.fingerprint, subject=subject, answer=None)
            self.store.commands[_name(command.key)] = (self.store.clock(), note)
            command.is_noted = True


@frozen
class MemoryCommandLog(CommandLog):
    """As it is."""

    _store: MemoryStore

    async def find(self, key: CommandKey) -> CommandNote | None:
        return _found(self._store, key, self._store.clock())

    async def keep_answer(self, key: CommandKey, answer: bytes) -> None:
        at, note = self._store.commands.get(_name(key), (None, None))
        if at is not None and note is not None and note.answer is None:
            self._store.commands[_name(key)] = (at, evolve(note, answer=answer))


def _found(store: MemoryStore, key: CommandKey, now: datetime) -> CommandNote | None:
    at, note = store.commands.get(_name(key), (now, None))
    return note if now - at <= REMEMBERED else None


def _name(key: CommandKey) -> CommandName:
    return key.company_id, key.user_id, key.key
