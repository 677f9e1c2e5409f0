"""Notes, and the lists of them."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import msgspec
from attrs import evolve, frozen

from jaboti_adapters.memory.places import page_of, place_in
from jaboti_adapters.memory.store import MemoryStore
from jaboti_adapters.memory.transaction import Transaction
from jaboti_adapters.showing import note_shown
from jaboti_domain.kernel.events import Audience
from jaboti_domain.kernel.ids import ChatId, ClientId, CompanyId, NoteId
from jaboti_domain.kernel.paging import Cursor, Json, JsonPage
from jaboti_domain.note.errors import NoSuchChat, NoteNotFound
from jaboti_domain.note.model import Note
from jaboti_domain.note.ports import NoteRepository
from jaboti_domain.note.queries import NoteFilter, NoteReads


@frozen
class MemoryNotes(NoteRepository):
    """Of one unit of work."""

    _transaction: Transaction

    async def get(self, note_id: NoteId) -> Note:
        await self._transaction.lock("note", [note_id])
        return evolve(_living(self._transaction.store, self._transaction.company_id, note_id))

    async def audience_of(self, chat_id: ChatId) -> Audience:
        chat = self._transaction.store.chats.get(chat_id)
        if chat is None or chat.company_id != self._transaction.company_id:
            raise NoSuchChat()
        return chat.audience

    async def save(self, note: Note) -> None:
        self._transaction.save(self._transaction.store.notes, note.id, note)


@frozen
class MemoryNoteReads(NoteReads):
    """Always of this moment."""

    _store: MemoryStore

    async def page(self, company_id: CompanyId, *, where: NoteFilter, after: Cursor | None, limit: int) -> JsonPage:
        end = place_in(after, datetime.fromisoformat, UUID) if after else None
        notes = sorted(self._notes(company_id, where), key=_place, reverse=True)
        following = [note for note in notes if end is None or _place(note) < end]
        return page_of(following, limit, lambda note: note_shown(note, version=note.version), _key)

    async def one(self, company_id: CompanyId, note_id: NoteId) -> Json:
        note = _living(self._store, company_id, note_id)
        return msgspec.json.encode(note_shown(note, version=note.version))

    def _notes(self, company_id: CompanyId, where: NoteFilter) -> Collection[Note]:
        clients = self._family(where.client_id) if where.client_id else set()
        chats = {where.chat_id} if where.chat_id else set()
        if where.client_id and where.with_chats:
            chats = {chat.id for chat in self._store.chats.where("client", (company_id, where.client_id))}
        return [
            note
            for note in self._store.notes.where("company", company_id)
            if note.removed_at is None and (note.client_id in clients or note.chat_id in chats)
        ]

    def _family(self, client_id: ClientId) -> set[ClientId]:
        """The client, and all who were merged into them."""
        family = {client_id}
        while True:
            more = {row.id for row in self._store.clients.rows.values() if row.merged_into in family} - family
            if not more:
                return family
            family |= more


def _living(store: MemoryStore, company_id: CompanyId, note_id: NoteId) -> Note:
    row = store.notes.get(note_id)
    if row is None or row.company_id != company_id or row.removed_at is not None:
        raise NoteNotFound()
    return row


def _place(note: Note) -> tuple[datetime, UUID]:
    return note.created_at, note.id


def _key(note: Note) -> tuple[str, str]:
    return note.created_at.isoformat(), str(note.id)
