"""/chats/{chatId}/...: what an attendant does with a chat. Each answers with the chat as it then is."""

from collections.abc import Collection
from typing import Annotated, Any, Self, TypedDict
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from jaboti_domain.chat.use_cases.attend import TEXT_LIMIT
from jaboti_domain.integration.content import Text
from jaboti_domain.kernel.actor import Operation
from jaboti_domain.kernel.ids import ChatId, DepartmentId, UserId
from jaboti_entrypoints.rest import headers
from jaboti_entrypoints.rest.answer import Answer
from jaboti_entrypoints.rest.chats import ChatShown, chat_answer
from jaboti_entrypoints.rest.route import Call, Header, Route
from jaboti_entrypoints.rest.wire import Given, Id, Seq


def _not_blank(text: str) -> str:
    if not text.strip():
        raise PydanticCustomError("too_short", "blank", {"limit": 1})
    return text


Reason = Annotated[str, Field(max_length=500)]


class ReadUpTo(Given):
    """The newest message that was read."""

    seq: Seq


class Transfer(Given):
    """To whom: exactly one of the two."""

    to_attendant_id: Id | None = None
    to_department_id: Id | None = None
    reason: Reason | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if (self.to_attendant_id is None) == (self.to_department_id is None):
            raise PydanticCustomError("exactly_one", "none or both", {"limit": "toAttendantId, toDepartmentId"})
        return self


class End(Given):
    """Why it ends, and a last word to the client."""

    reason: Reason | None = None
    farewell: Annotated[str, Field(max_length=TEXT_LIMIT), AfterValidator(_not_blank)] | None = None


class _Place(TypedDict):
    chat_id: ChatId
    versions: Collection[int] | None


async def read(call: Call[ReadUpTo]) -> Answer:
    """POST /chats/{chatId}/read"""
    chat = await call.application.mark_read(call.actor, **_place(call), up_to=call.given.seq)
    return await chat_answer(call, chat.id)


async def start(call: Call[None]) -> Answer:
    """POST /chats/{chatId}/start"""
    chat = await call.application.start_chat(call.actor, **_place(call))
    return await chat_answer(call, chat.id)


async def transfer(call: Call[Transfer]) -> Answer:
    """POST /chats/{chatId}/transfer"""
    given, hand_over = call.given, call.application.transfer_chat
    reason, attendant, department = given.reason or "", given.to_attendant_id, given.to_department_id
    if attendant is not None:
        await hand_over.to_attendant(call.actor, **_place(call), user_id=UserId(attendant), reason=reason)
    elif department is not None:
        await hand_over.to_department(call.actor, **_place(call), department_id=DepartmentId(department), reason=reason)
    return await chat_answer(call, ChatId(call.ids["chatId"]))


async def end(call: Call[End]) -> Answer:
    """POST /chats/{chatId}/end"""
    given = call.given
    farewell = Text(body=given.farewell) if given.farewell is not None else None
    chat = await call.application.end_chat(call.actor, **_place(call), reason=given.reason or "", farewell=farewell)
    return await chat_answer(call, chat.id)


async def as_it_is(call: Call[Any], subject: UUID) -> Answer:
    """The chat as it is now, whatever was done to it."""
    return await chat_answer(call, ChatId(call.ids["chatId"]))


ROUTES = (
    Route(
        method="POST",
        path="/chats/{chatId}/read",
        endpoint=read,
        access=Operation.READ_MESSAGES,
        request=ReadUpTo,
        answers={200: ChatShown},
        headers=(Header.IF_MATCH, Header.IDEMPOTENCY_KEY),
        recover=as_it_is,
        answer_headers=("ETag",),
        tag="attending",
        summary="Read up to a message",
        description="The client is told so. What a supervisor reads in passing does not count.",
    ),
    Route(
        method="POST",
        path="/chats/{chatId}/start",
        endpoint=start,
        access=Operation.START_CHAT,
        answers={200: ChatShown},
        problems=(409,),
        headers=(Header.IF_MATCH, Header.IDEMPOTENCY_KEY),
        recover=as_it_is,
        answer_headers=("ETag",),
        tag="attending",
        summary="Take a chat that waits",
        description="Of two who try at once, one gets it and the other 409 `chat.already_assigned`.",
    ),
    Route(
        method="POST",
        path="/chats/{chatId}/transfer",
        endpoint=transfer,
        access=Operation.TRANSFER_CHAT,
        request=Transfer,
        answers={200: ChatShown},
        problems=(409,),
        headers=(Header.IF_MATCH, Header.IDEMPOTENCY_KEY),
        recover=as_it_is,
        answer_headers=("ETag",),
        tag="attending",
        summary="Hand a chat to a colleague, or to a department's queue",
    ),
    Route(
        method="POST",
        path="/chats/{chatId}/end",
        endpoint=end,
        access=Operation.END_CHAT,
        request=End,
        answers={200: ChatShown},
        problems=(409,),
        headers=(Header.IF_MATCH, Header.IDEMPOTENCY_KEY),
        recover=as_it_is,
        answer_headers=("ETag",),
        tag="attending",
        summary="End a chat, with a last word if you like",
    ),
)


def _place(call: Call[Any]) -> _Place:
    return {"chat_id": ChatId(call.ids["chatId"]), "versions": headers.expected_versions(call.scope)}
