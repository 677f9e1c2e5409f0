"""Writing notes, and changing one's own."""

from collections.abc import Callable, Collection

from attrs import frozen

from jaboti_domain.client.errors import ClientNotFound
from jaboti_domain.kernel.actor import Actor, Operation
from jaboti_domain.kernel.ids import ChatId, ClientId, CompanyId, NoteId
from jaboti_domain.kernel.ports import Clock
from jaboti_domain.note.model import Note
from jaboti_domain.note.ports import NoteUnitOfWork


@frozen(kw_only=True)
class _OnNotes:
    new_uow: Callable[[CompanyId], NoteUnitOfWork]
    clock: Clock


@frozen(kw_only=True)
class WriteNote(_OnNotes):
    """An attendant writes something down."""

    async def on_client(self, actor: Actor, *, client_id: ClientId, text: str) -> Note:
        """Raises ClientNotFound, InvalidNote."""
        actor.must(Operation.WRITE_NOTES)
        async with self.new_uow(actor.company_id) as uow:
            if (await uow.clients.get(client_id)).is_gone:
                raise ClientNotFound()
            note = Note.on_client(client_id, actor, text=text, at=self.clock())
            await uow.notes.save(note)
            await uow.commit()
        return note

    async def on_chat(self, actor: Actor, *, chat_id: ChatId, text: str) -> Note:
        """Raises NoSuchChat, InvalidNote."""
        actor.must(Operation.WRITE_NOTES)
        async with self.new_uow(actor.company_id) as uow:
            audience = await uow.notes.audience_of(chat_id)
            note = Note.on_chat(chat_id, actor, audience=audience, text=text, at=self.clock())
            await uow.notes.save(note)
            await uow.commit()
        return note


@frozen(kw_only=True)
class EditNote(_OnNotes):
    """Its author, or a supervisor, says it otherwise."""

    async def __call__(
        self, actor: Actor, *, note_id: NoteId, text: str, versions: Collection[int] | None = None
    ) -> Note:
        """Raises NoteNotFound, StaleVersion, NotYourNote, InvalidNote."""
        actor.must(Operation.WRITE_NOTES)
        async with self.new_uow(actor.company_id) as uow:
            note = await uow.notes.get(note_id)
            note.must_be_in(versions)
            if note.edit(actor, text=text, at=self.clock()):
                await uow.notes.save(note)
                await uow.commit()
        return note


@frozen(kw_only=True)
class RemoveNote(_OnNotes):
    """Its author, or a supervisor, takes it back."""

    async def __call__(self, actor: Actor, *, note_id: NoteId, versions: Collection[int] | None = None) -> None:
        """Raises NoteNotFound, StaleVersion, NotYourNote."""
        actor.must(Operation.WRITE_NOTES)
        async with self.new_uow(actor.company_id) as uow:
            note = await uow.notes.get(note_id)
            note.must_be_in(versions)
            note.remove(actor, at=self.clock())
            await uow.notes.save(note)
            await uow.commit()
