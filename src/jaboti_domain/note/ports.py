"""What notes need from outside."""

from typing import Protocol

from jaboti_domain.client.ports import ClientRepository
from jaboti_domain.kernel.events import Audience
from jaboti_domain.kernel.ids import ChatId, NoteId
from jaboti_domain.kernel.ports import AuditedUnitOfWork
from jaboti_domain.note.model import Note


class NoteRepository(Protocol):
    """A company's notes."""

    async def get(self, note_id: NoteId) -> Note:
        """Locked. Raises NoteNotFound, also for one that was removed."""
        ...

    async def audience_of(self, chat_id: ChatId) -> Audience:
        """Who sees what happens to this chat now. Raises NoSuchChat."""
        ...

    async def save(self, note: Note) -> None:
        """Keep it at the commit."""
        ...


class NoteUnitOfWork(AuditedUnitOfWork, Protocol):
    """What the use cases of notes open."""

    @property
    def notes(self) -> NoteRepository: ...

    @property
    def clients(self) -> ClientRepository: ...
