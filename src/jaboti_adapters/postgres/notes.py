"""Notes."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import Uuid, select

from jaboti_adapters.postgres.shelf import Shelf
from jaboti_adapters.postgres.statements import COMPANY, Row, Statement, param
from jaboti_adapters.postgres.tables import chat, note
from jaboti_adapters.postgres.texts import shown
from jaboti_adapters.postgres.unit import CompanyUnit
from jaboti_adapters.showing import note_shown
from jaboti_domain.chat.routing import audience_of
from jaboti_domain.kernel.events import Audience, Named
from jaboti_domain.kernel.ids import ChatId, NoteId
from jaboti_domain.note.errors import NoSuchChat, NoteNotFound
from jaboti_domain.note.model import Note
from jaboti_domain.note.ports import NoteRepository

if TYPE_CHECKING:
    from asyncpg import Record

_ID = param("id", Uuid)
_READ = tuple(c for c in note.c if c.name != "shown")
GET = Statement(
    select(*_READ)
    .where(note.c.company_id == COMPANY, note.c.id == _ID, note.c.removed_at.is_(None))
    .with_for_update(key_share=True)
)
OF_CHAT = Statement(
    select(chat.c.attendant_id, chat.c.department_id).where(chat.c.company_id == COMPANY, chat.c.id == _ID)
)
SHELF: Shelf[Note] = Shelf(note)


async def keep(unit: CompanyUnit, notes: Sequence[Note]) -> None:
    """Write notes."""
    await SHELF.keep(unit, notes, _row_of)


class PostgresNotes(NoteRepository):
    """Notes as rows."""

    def __init__(self, unit: CompanyUnit) -> None:
        self._unit = unit

    async def get(self, note_id: NoteId) -> Note:
        rows = await self._unit.fetch(GET, id=note_id)
        if not rows:
            raise NoteNotFound()
        return _note_of(rows[0])

    async def audience_of(self, chat_id: ChatId) -> Audience:
        rows = await self._unit.fetch(OF_CHAT, id=chat_id)
        if not rows:
            raise NoSuchChat()
        return audience_of(rows[0]["attendant_id"], rows[0]["department_id"])

    async def save(self, note: Note) -> None:
        self._unit.save(note)


def _row_of(one: Note) -> Row:
    return (
        one.id,
        one.client_id,
        one.chat_id,
        one.author.id,
        one.author.name,
        one.text,
        one.created_at,
        one.updated_at,
        one.removed_at,
        shown(note_shown(one, version=one.version + 1)),
    )


def _note_of(row: "Record") -> Note:
    return Note(
        id=row["id"],
        company_id=row["company_id"],
        client_id=row["client_id"],
        chat_id=row["chat_id"],
        author=Named(row["author_id"], row["author_name"]),
        text=row["text"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        removed_at=row["removed_at"],
        version=row["version"],
    )
