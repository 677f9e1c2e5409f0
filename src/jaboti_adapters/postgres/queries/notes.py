"""Reads of notes, for screens."""

from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Select, Uuid, select, tuple_, union

from jaboti_adapters.postgres.engine import Database
from jaboti_adapters.postgres.queries.paging import moment_of, page_in, paged, place_in
from jaboti_adapters.postgres.queries.scope import HERE, within_company
from jaboti_adapters.postgres.queries.utf8 import utf8
from jaboti_adapters.postgres.statements import Statement, param
from jaboti_adapters.postgres.tables import chat, client, note
from jaboti_domain.kernel.ids import CompanyId, NoteId
from jaboti_domain.kernel.paging import Cursor, Json, JsonPage
from jaboti_domain.note.errors import NoteNotFound
from jaboti_domain.note.queries import NoteFilter, NoteReads

_N = note.c
_CLIENT, _CHAT = param("client_id", Uuid), param("chat_id", Uuid)
_LIVING = (_N.company_id == HERE, _N.removed_at.is_(None))
ONE = within_company(select(utf8(_N.shown).label("json")).where(*_LIVING, _N.id == param("id", Uuid)))


def _family() -> Select[Any]:
    """The client, and all who were merged into them."""
    family = select(_CLIENT.label("id")).cte("family", recursive=True, nesting=True)
    absorbed = select(client.c.id).join(family, client.c.merged_into == family.c.id).where(client.c.company_id == HERE)
    return select(family.union(absorbed).c.id)


@cache
def page(of_client: bool, with_chats: bool, goes_on: bool) -> Statement:
    """The statement for a list of this kind."""
    listed = select(_N.shown.label("document"), _N.created_at, _N.id).where(*_LIVING)
    if goes_on:
        place = tuple_(param("after_at", DateTime(timezone=True)), param("after_id", Uuid))
        listed = listed.where(tuple_(_N.created_at, _N.id) < place)
    if not of_client:
        return paged(listed.where(_N.chat_id == _CHAT), "created_at", "id")
    about_client = listed.where(_N.client_id.in_(_family()))
    if not with_chats:
        return paged(about_client, "created_at", "id")
    chats = select(chat.c.id).where(chat.c.company_id == HERE, chat.c.client_id == _CLIENT)
    both = union(about_client, listed.where(_N.chat_id.in_(chats))).subquery("both")
    return paged(select(*both.c), "created_at", "id")


class PostgresNoteReads(NoteReads):
    """The server writes the JSON."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(self, company_id: CompanyId, *, where: NoteFilter, after: Cursor | None, limit: int) -> JsonPage:
        place = place_in(after, after_at=moment_of, after_id=UUID) if after else {}
        statement = page(where.client_id is not None, where.with_chats, after is not None)
        async with self._database.single() as session:
            (row,) = await session.fetch(
                statement,
                company_id=company_id,
                client_id=where.client_id,
                chat_id=where.chat_id,
                limit=limit,
                **place,
            )
        return page_in(row, "created_at", "id")

    async def one(self, company_id: CompanyId, note_id: NoteId) -> Json:
        async with self._database.single() as session:
            rows = await session.fetch(ONE, company_id=company_id, id=note_id)
        if not rows:
            raise NoteNotFound()
        document: Json = rows[0]["json"]
        return document
