"""Reads of chats, for screens."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from jaboti_adapters.postgres.engine import Database
from jaboti_adapters.postgres.queries import chat_history, chat_pages, chat_parts, client_search, closing
from jaboti_adapters.postgres.queries.paging import page_in, place_in
from jaboti_adapters.postgres.statements import Statement
from jaboti_domain.chat.errors import ChatNotFound, MessageNotFound
from jaboti_domain.chat.queries import ChatFilter, ChatReads
from jaboti_domain.client.errors import ClientNotFound
from jaboti_domain.client.search import Wanted, wanted
from jaboti_domain.kernel.actor import Actor, Operation
from jaboti_domain.kernel.errors import InvalidCursor
from jaboti_domain.kernel.ids import ChatId, ClientId, CompanyId, MessageId
from jaboti_domain.kernel.paging import Cursor, Json, JsonPage

if TYPE_CHECKING:
    from asyncpg import Record

_BEYOND = 2**31 - 1
"""A number that no message has."""


class PostgresChatReads(ChatReads):
    """The server writes the JSON; it passes through here as bytes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(
        self, company_id: CompanyId, *, viewer: Actor, where: ChatFilter, after: Cursor | None, limit: int
    ) -> JsonPage:
        place = _place_in(after) if after else {}
        parts = wanted(where.search) if where.search is not None else ()
        if parts is None:
            return JsonPage(b"[]", None)
        found = await self._few_found(company_id, parts) if parts else None
        shape = chat_pages.shape_of(
            viewer,
            where,
            goes_on=after is not None,
            limit=limit,
            searched=client_search.shape_of(parts) if parts else None,
            few_found=found is not None,
        )
        statement = chat_pages.page(shape)
        if statement is None or found == []:
            return JsonPage(b"[]", None)
        given = {**_viewer(viewer), **_filter(where), **place, **client_search.arguments(parts), "found": found}
        row = await self._row(statement, company_id, limit=limit, **given)
        return JsonPage(row["items"], Cursor((row["at"].isoformat(), row["id"])) if row["more"] else None)

    async def closing(
        self, company_id: CompanyId, *, viewer: Actor, within: timedelta, after: Cursor | None, limit: int
    ) -> JsonPage:
        place = place_in(after, **closing.READERS) if after else {}
        statement = closing.page(supervises=viewer.may(Operation.ATTEND_ANY_CHAT), goes_on=after is not None)
        row = await self._row(statement, company_id, within=within, limit=limit, **_viewer(viewer), **place)
        return page_in(row, *closing.KEYS)

    async def counts(self, company_id: CompanyId, *, viewer: Actor) -> Mapping[str, int]:
        everything = viewer.may(Operation.ATTEND_ANY_CHAT)
        counts = chat_parts.COUNTS if everything else chat_parts.COUNTS_OF_OPERATOR
        return dict(await self._row(counts, company_id, **_viewer(viewer)))

    async def one(self, company_id: CompanyId, chat_id: ChatId) -> Json:
        rows = await self._rows(chat_parts.ONE, company_id, chat_id=chat_id)
        if not rows:
            raise ChatNotFound()
        return _json(rows[0])

    async def messages(
        self, company_id: CompanyId, chat_id: ChatId, *, before: int | None, after: int | None, limit: int
    ) -> Json:
        statement = chat_parts.NEWEST_MESSAGES if after is None else chat_parts.MESSAGES_AFTER
        row = await self._row(
            statement,
            company_id,
            chat_id=chat_id,
            after=_number(after, 0),
            before=_number(before, _BEYOND),
            limit=limit,
        )
        return _of_chat(row)

    async def message(self, company_id: CompanyId, message_id: MessageId) -> Json:
        rows = await self._rows(chat_parts.MESSAGE, company_id, message_id=message_id)
        if not rows:
            raise MessageNotFound()
        return _json(rows[0])

    async def timeline(self, company_id: CompanyId, chat_id: ChatId, *, limit: int) -> Json:
        return _of_chat(await self._row(chat_parts.TIMELINE, company_id, chat_id=chat_id, limit=limit))

    async def history(
        self, company_id: CompanyId, client_id: ClientId, *, after: Cursor | None, limit: int
    ) -> JsonPage:
        place = chat_history.place_after(after) if after else {}
        if not await self._rows(chat_history.CLIENT, company_id, client_id=client_id):
            raise ClientNotFound()
        statement = chat_history.page(after is not None)
        row = await self._row(statement, company_id, client_id=client_id, limit=limit, **place)
        return page_in(row, *chat_history.KEYS)

    async def _few_found(self, company_id: CompanyId, parts: Wanted) -> list[UUID] | None:
        async with self._database.single() as session:
            return await client_search.few_found(session, company_id, parts)

    async def _rows(self, statement: Statement, company_id: CompanyId, **values: object) -> "list[Record]":
        async with self._database.single() as session:
            return await session.fetch(statement, company_id=company_id, **values)

    async def _row(self, statement: Statement, company_id: CompanyId, **values: object) -> "Record":
        return (await self._rows(statement, company_id, **values))[0]


def _json(row: "Record") -> Json:
    document: Json = row["json"]
    return document


def _of_chat(row: "Record") -> Json:
    if row["json"] is None:
        raise ChatNotFound()
    return _json(row)


def _viewer(viewer: Actor) -> dict[str, object]:
    return {"viewer": viewer.user_id, "departments": list(viewer.departments)}


def _filter(where: ChatFilter) -> dict[str, object]:
    return {"department_id": where.department_id, "client_id": where.client_id}


def _place_in(cursor: Cursor) -> dict[str, object]:
    try:
        at, chat_id = cursor.key
        place = datetime.fromisoformat(at), UUID(chat_id)
    except ValueError as error:
        raise InvalidCursor() from error
    if place[0].tzinfo is None:
        raise InvalidCursor()
    return dict(zip(("after_at", "after_id"), place, strict=True))


def _number(given: int | None, otherwise: int) -> int:
    return otherwise if given is None else min(max(given, 0), _BEYOND)
