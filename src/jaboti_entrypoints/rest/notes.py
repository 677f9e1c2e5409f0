"""/notes: what attendants write down about clients and chats."""

from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from jaboti_domain.kernel.actor import Operation
from jaboti_domain.kernel.ids import ChatId, ClientId, NoteId
from jaboti_domain.note.model import LONGEST
from jaboti_domain.note.queries import NoteFilter
from jaboti_entrypoints.rest import headers
from jaboti_entrypoints.rest.answer import NO_CONTENT, Answer
from jaboti_entrypoints.rest.chats import NoteShown
from jaboti_entrypoints.rest.cursor import page_answer, place_after
from jaboti_entrypoints.rest.route import Call, Header, Route
from jaboti_entrypoints.rest.versions import versioned
from jaboti_entrypoints.rest.wire import Given, Id, PagedQuery, Shown

PATH = "/notes/{noteId}"
_NOT_ONE = PydanticCustomError("exactly_one", "none or both", {"limit": "clientId, chatId"})
NoteText = Annotated[str, Field(min_length=1, max_length=LONGEST)]


class NoteList(PagedQuery):
    """The notes about a client, or about a chat: exactly one of the two."""

    client_id: Id | None = None
    chat_id: Id | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if (self.client_id is None) == (self.chat_id is None):
            raise _NOT_ONE
        return self


class NewNote(Given):
    """About a client, or about a chat: exactly one of the two."""

    client_id: Id | None = None
    chat_id: Id | None = None
    text: NoteText

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if (self.client_id is None) == (self.chat_id is None):
            raise _NOT_ONE
        return self


class NoteChange(Given):
    """What it shall say."""

    text: NoteText


class NotesOfClient(PagedQuery):
    """How many of them."""


class NotePage(Shown):
    """The newest first."""

    items: list[NoteShown]
    next_cursor: str | None


async def notes(call: Call[NoteList]) -> Answer:
    """GET /notes"""
    given = call.given
    if given.client_id is not None:
        return await _page(call, NoteFilter(client_id=ClientId(given.client_id)), f"notes:{given.client_id.hex}")
    chat_id = ChatId(given.chat_id) if given.chat_id is not None else None
    return await _page(call, NoteFilter(chat_id=chat_id), f"notes:{chat_id and chat_id.hex}")


async def client_notes(call: Call[NotesOfClient]) -> Answer:
    """GET /clients/{clientId}/notes"""
    client_id = ClientId(call.ids["clientId"])
    await call.application.client_reads.one(call.actor.company_id, client_id)
    return await _page(call, NoteFilter(client_id=client_id, with_chats=True), f"client notes:{client_id.hex}")


async def create_note(call: Call[NewNote]) -> Answer:
    """POST /notes"""
    given, write = call.given, call.application.write_note
    if given.client_id is not None:
        note = await write.on_client(call.actor, client_id=ClientId(given.client_id), text=given.text)
    elif given.chat_id is not None:
        note = await write.on_chat(call.actor, chat_id=ChatId(given.chat_id), text=given.text)
    return await written(call, note.id)


async def written(call: Call[NewNote], subject: UUID) -> Answer:
    """The note as it is now, as the answer to what wrote it."""
    answer = await _answer(call, NoteId(subject))
    return answer._replace(status=201, headers=(*answer.headers, call.location(f"/notes/{subject}")))


async def note(call: Call[None]) -> Answer:
    """GET /notes/{noteId}"""
    return await _answer(call, _note_id(call))


async def change_note(call: Call[NoteChange]) -> Answer:
    """PUT /notes/{noteId}"""
    await call.application.edit_note(
        call.actor,
        note_id=_note_id(call),
        text=call.given.text,
        versions=headers.expected_versions(call.scope),
    )
    return await _answer(call, _note_id(call))


async def remove_note(call: Call[None]) -> Answer:
    """DELETE /notes/{noteId}"""
    await call.application.remove_note(
        call.actor, note_id=_note_id(call), versions=headers.expected_versions(call.scope)
    )
    return NO_CONTENT


def _note_id(call: Call[Any]) -> NoteId:
    return NoteId(call.ids["noteId"])


async def _answer(call: Call[Any], note_id: NoteId) -> Answer:
    document = await call.application.note_reads.one(call.actor.company_id, note_id)
    return versioned(document)


async def _page(call: Call[NoteList] | Call[NotesOfClient], where: NoteFilter, of: str) -> Answer:
    company_id = call.actor.company_id
    after = place_after(call.given.cursor, of=of, company_id=company_id)
    found = await call.application.note_reads.page(company_id, where=where, after=after, limit=call.given.limit)
    return page_answer(found, of=of, company_id=company_id)


ROUTES = (
    Route(
        method="GET",
        path="/notes",
        endpoint=notes,
        access=Operation.READ_CLIENTS,
        request=NoteList,
        answers={200: NotePage},
        tag="notes",
        summary="Notes about a client, or about a chat",
    ),
    Route(
        method="GET",
        path="/clients/{clientId}/notes",
        endpoint=client_notes,
        access=Operation.READ_CLIENTS,
        request=NotesOfClient,
        answers={200: NotePage},
        tag="notes",
        summary="Notes about a client and about their chats",
    ),
    Route(
        method="POST",
        path="/notes",
        endpoint=create_note,
        recover=written,
        access=Operation.WRITE_NOTES,
        request=NewNote,
        answers={201: NoteShown},
        problems=(404,),
        headers=(Header.IDEMPOTENCY_KEY,),
        answer_headers=("Location", "ETag"),
        tag="notes",
        summary="Write something down",
    ),
    Route(
        method="GET",
        path=PATH,
        endpoint=note,
        access=Operation.READ_CLIENTS,
        answers={200: NoteShown},
        answer_headers=("ETag",),
        tag="notes",
        summary="A note",
    ),
    Route(
        method="PUT",
        path=PATH,
        endpoint=change_note,
        access=Operation.WRITE_NOTES,
        request=NoteChange,
        answers={200: NoteShown},
        headers=(Header.IF_MATCH,),
        answer_headers=("ETag",),
        tag="notes",
        summary="Say it otherwise",
        description="Only its author may, or a supervisor (403 `note.not_yours`).",
    ),
    Route(
        method="DELETE",
        path=PATH,
        endpoint=remove_note,
        access=Operation.WRITE_NOTES,
        answers={204: None},
        headers=(Header.IF_MATCH,),
        tag="notes",
        summary="Take it back",
        description="Only its author may, or a supervisor (403 `note.not_yours`). What it said is gone.",
    ),
)
