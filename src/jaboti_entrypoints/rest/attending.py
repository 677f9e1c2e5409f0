"""/chats/{chatId}/...: what an attendant does with a chat. Each answers with the chat as it then is."""

from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from jaboti_domain.chat.use_cases.attend import TEXT_LIMIT
from jaboti_domain.integration.content import Text
from jaboti_domain.kernel.actor import Operation
from jaboti_domain.kernel.errors import StaleVersion
from jaboti_domain.kernel.ids import ChatId, DepartmentId, UserId
from jaboti_entrypoints.rest import headers
from jaboti_entrypoints.rest.answer import Answer
from jaboti_entrypoints.rest.chats import ChatShown, chat_answer
from jaboti_entrypoints.rest.route import Call, Header, Route
from jaboti_entrypoints.rest.versions import version_of
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


async def read(call: Call[ReadUpTo]) -> Answer:
    """POST /chats/{chatId}/read"""
    chat_id = await _chat_id(call)
    await call.application.mark_read(call.actor, chat_id=chat_id, up_to=call.given.seq)
    return await chat_answer(call, chat_id)


async def start(call: Call[None]) -> Answer:
    """POST /chats/{chatId}/start"""
    chat_id = await _chat_id(call)
    await call.application.start_chat(call.actor, chat_id=chat_id)
    return await chat_answer(call, chat_id)


async def transfer(call: Call[Transfer]) -> Answer:
    """POST /chats/{chatId}/transfer"""
    chat_id, given = await _chat_id(call), call.given
    hand_over, reason = call.application.transfer_chat, given.reason or ""
    if given.to_attendant_id is not None:
        await hand_over.to_attendant(call.actor, chat_id=chat_id, user_id=UserId(given.to_attendant_id), reason=reason)
    elif given.to_department_id is not None:
        await hand_over.to_department(
            call.actor, chat_id=chat_id, department_id=DepartmentId(given.to_department_id), reason=reason
        )
    return await chat_answer(call, chat_id)


async def end(call: Call[End]) -> Answer:
    """POST /chats/{chatId}/end"""
    chat_id, given = await _chat_id(call), call.given
    farewell = Text(body=given.farewell) if given.farewell is not None else None
    await call.application.end_chat(call.actor, chat_id=chat_id, reason=given.reason or "", farewell=farewell)
    return await chat_answer(call, chat_id)


ROUTES = (
    Route(
        method="POST",
        path="/chats/{chatId}/read",
        endpoint=read,
        access=Operation.READ_MESSAGES,
        request=ReadUpTo,
        answers={200: ChatShown},
        headers=(Header.IF_MATCH,),
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
        headers=(Header.IF_MATCH,),
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
        headers=(Header.IF_MATCH,),
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
        headers=(Header.IF_MATCH,),
        answer_headers=("ETag",),
        tag="attending",
        summary="End a chat, with a last word if you like",
    ),
)


async def _chat_id(call: Call[Any]) -> ChatId:
    """The chat that is meant. Raises StaleVersion unless it is in a version that If-Match names."""
    chat_id, versions = ChatId(call.ids["chatId"]), headers.expected_versions(call.scope)
    if versions is not None:
        document = await call.application.chat_reads.one(call.actor.company_id, chat_id)
        if version_of(document) not in versions:
            raise StaleVersion()
    return chat_id
