"""/chats: lists, one chat, its timeline, and writing first."""

from datetime import timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from pydantic import Field

from jaboti_domain.chat.message import SenderType
from jaboti_domain.chat.queries import Category, ChatFilter
from jaboti_domain.chat.routing import ChatStatus
from jaboti_domain.integration.messaging import Platform
from jaboti_domain.kernel.actor import Operation
from jaboti_domain.kernel.ids import ChatId, ClientId, DepartmentId, IntegrationId
from jaboti_entrypoints.rest.answer import Answer
from jaboti_entrypoints.rest.contents import WordsGiven
from jaboti_entrypoints.rest.cursor import page, page_answer, place_after
from jaboti_entrypoints.rest.messages import MessageShown
from jaboti_entrypoints.rest.route import Call, Header, Route
from jaboti_entrypoints.rest.versions import versioned
from jaboti_entrypoints.rest.wire import Flag, Id, Limit, Minutes, NamedShown, PagedQuery, Query, Shown, Time

LIST, OWN_HISTORY, CLOSING = "chats", "own closed chats", "windows that close"


class ChatList(PagedQuery):
    """Which chats; every given condition holds."""

    category: Category | None = None
    mine: Flag = False
    department_id: Id | None = None
    client_id: Id | None = None
    search: Annotated[str, Field(max_length=200)] | None = Field(
        None, description="Parts of words, or runs of 4 digits or more, of the client's name, phone and so on."
    )


class ClosingQuery(PagedQuery):
    """How soon."""

    within: Minutes = Field(120, description="Minutes from now, at most 72 hours.")


class TimelineQuery(Query):
    """How much of it."""

    limit: Limit = 50


class NewChat(WordsGiven):
    """The first words to a client, on one of the company's integrations."""

    client_id: Id
    integration_id: Id


class ClientOfChat(Shown):
    """Who writes."""

    id: Id
    name: str
    phone: str | None


class LastMessageShown(Shown):
    """The newest message; of its text at most 200 characters."""

    id: Id
    seq: int
    sender_type: SenderType
    content: str
    media_type: str | None
    timestamp: Time


class ServiceWindowShown(Shown):
    """Whether anything but a template may be sent on CloudAPI, and until when."""

    open: bool
    closes_at: Time | None


class ChatShown(Shown):
    """A chat."""

    id: Id
    company_id: Id
    client: ClientOfChat
    attendant: NamedShown | None
    department: NamedShown | None
    integration_id: Id
    platform: Platform
    status: ChatStatus
    started_at: Time
    queued_at: Time | None
    first_human_at: Time | None
    ended_at: Time | None
    unread_count: int
    last_message: LastMessageShown | None
    service_window: ServiceWindowShown
    version: int


class ChatPage(Shown):
    """Those with the newest activity first."""

    items: list[ChatShown]
    next_cursor: str | None


class ClosingPage(Shown):
    """Those whose window closes soonest first."""

    items: list[ChatShown]
    next_cursor: str | None


class ChatCounts(Shown):
    """What the caller's lists hold; `mine` are the caller's ACTIVE chats."""

    bot: int
    pending: int
    active: int
    mine: int


class TimelineMessage(Shown):
    """A message in a timeline."""

    type: Literal["message"]
    at: Time
    message: MessageShown


class NoteShown(Shown):
    """A note; one of `clientId` and `chatId` is null."""

    id: Id
    client_id: Id | None
    chat_id: Id | None
    author: NamedShown
    text: str
    created_at: Time
    updated_at: Time
    version: int


class TimelineNote(Shown):
    """A note in a timeline."""

    type: Literal["note"]
    at: Time
    note: NoteShown


class MilestoneData(Shown):
    """What a milestone tells, as far as it has it."""

    status: ChatStatus | None = None
    attendant: NamedShown | None = None
    department: NamedShown | None = None
    by: NamedShown | None = None
    reason: str | None = None


class Milestone(Shown):
    """A turn in the chat's life."""

    type: Literal[
        "chat.opened", "chat.queued", "chat.reopened", "chat.started", "chat.transferred", "chat.released", "chat.ended"
    ]
    at: Time
    data: MilestoneData


class Timeline(Shown):
    """The newest items, oldest first; there is never a next page."""

    items: list[TimelineMessage | TimelineNote | Milestone]
    next_cursor: None


async def chats(call: Call[ChatList]) -> Answer:
    """GET /chats"""
    actor, given = call.actor, call.given
    company_id = actor.company_id
    after = place_after(given.cursor, of=LIST, company_id=company_id)
    found = await call.application.chat_reads.page(
        company_id, viewer=actor, where=_filter(given), after=after, limit=given.limit
    )
    return page_answer(found, of=LIST, company_id=company_id)


async def counts(call: Call[None]) -> Answer:
    """GET /chats/counts"""
    counted = await call.application.chat_reads.counts(call.actor.company_id, viewer=call.actor)
    return Answer(msgspec.json.encode(dict(counted)))


async def own_history(call: Call[PagedQuery]) -> Answer:
    """GET /chats/history"""
    actor, given = call.actor, call.given
    company_id = actor.company_id
    after = place_after(given.cursor, of=OWN_HISTORY, company_id=company_id)
    closed = ChatFilter(category=Category.CLOSED, mine=True)
    found = await call.application.chat_reads.page(
        company_id, viewer=actor, where=closed, after=after, limit=given.limit
    )
    return page_answer(found, of=OWN_HISTORY, company_id=company_id)


async def closing(call: Call[ClosingQuery]) -> Answer:
    """GET /chats/windows"""
    actor, given = call.actor, call.given
    company_id = actor.company_id
    after = place_after(given.cursor, of=CLOSING, company_id=company_id)
    within = timedelta(minutes=given.within)
    found = await call.application.chat_reads.closing(
        company_id, viewer=actor, within=within, after=after, limit=given.limit
    )
    return page_answer(found, of=CLOSING, company_id=company_id)


async def open_chat(call: Call[NewChat]) -> Answer:
    """POST /chats"""
    chat = await call.application.open_chat(
        call.actor,
        client_id=ClientId(call.given.client_id),
        integration_id=IntegrationId(call.given.integration_id),
        content=call.given.as_content(),
    )
    return await opened_before(call, chat.id)


async def opened_before(call: Call[NewChat], subject: UUID) -> Answer:
    """The chat as it is now, as the answer to what opened it."""
    answer = await chat_answer(call, ChatId(subject))
    return answer._replace(status=201, headers=(*answer.headers, call.location(f"/chats/{subject}")))


async def chat(call: Call[None]) -> Answer:
    """GET /chats/{chatId}"""
    return await chat_answer(call, ChatId(call.ids["chatId"]))


async def timeline(call: Call[TimelineQuery]) -> Answer:
    """GET /chats/{chatId}/timeline"""
    found = await call.application.chat_reads.timeline(
        call.actor.company_id, ChatId(call.ids["chatId"]), limit=call.given.limit
    )
    return Answer(page(found, None))


async def chat_answer(call: Call[Any], chat_id: ChatId) -> Answer:
    """The chat as it is now, with its ETag. Raises ChatNotFound."""
    return versioned(await call.application.chat_reads.one(call.actor.company_id, chat_id))


ROUTES = (
    Route(
        method="GET",
        path="/chats",
        endpoint=chats,
        access=Operation.READ_CHATS,
        request=ChatList,
        answers={200: ChatPage},
        tag="chats",
        summary="Chats",
        description="An operator sees their own chats and those that wait in their queues; supervisors see all.",
    ),
    Route(
        method="GET",
        path="/chats/counts",
        endpoint=counts,
        access=Operation.READ_CHATS,
        answers={200: ChatCounts},
        tag="chats",
        summary="How many chats there are in each list",
    ),
    Route(
        method="GET",
        path="/chats/history",
        endpoint=own_history,
        access=Operation.READ_CHATS,
        request=PagedQuery,
        answers={200: ChatPage},
        tag="chats",
        summary="The caller's own closed chats",
    ),
    Route(
        method="GET",
        path="/chats/windows",
        endpoint=closing,
        access=Operation.READ_CHATS,
        request=ClosingQuery,
        answers={200: ClosingPage},
        tag="chats",
        summary="Open chats whose service window closes soon",
        description="Those of `GET /chats` that are open, on a platform with a service window, and can be answered "
        "freely for less than `within` minutes from now.",
    ),
    Route(
        method="POST",
        path="/chats",
        endpoint=open_chat,
        access=Operation.OPEN_CHAT,
        request=NewChat,
        answers={201: ChatShown},
        problems=(404, 409),
        headers=(Header.IDEMPOTENCY_KEY,),
        recover=opened_before,
        answer_headers=("Location", "ETag"),
        tag="chats",
        summary="Write first",
        description="The chat is the caller's from the beginning. Outside the service window CloudAPI takes a "
        "template only: 409 `channel.window_closed`, with the `templates` that would do as far as they are known.",
    ),
    Route(
        method="GET",
        path="/chats/{chatId}",
        endpoint=chat,
        access=Operation.READ_CHATS,
        answers={200: ChatShown},
        answer_headers=("ETag",),
        tag="chats",
        summary="A chat",
    ),
    Route(
        method="GET",
        path="/chats/{chatId}/timeline",
        endpoint=timeline,
        access=Operation.READ_CHATS,
        request=TimelineQuery,
        answers={200: Timeline},
        tag="chats",
        summary="Messages, transfers, starts, ends and notes as one list",
    ),
)


def _filter(given: ChatList) -> ChatFilter:
    return ChatFilter(
        category=given.category,
        mine=given.mine,
        department_id=DepartmentId(given.department_id) if given.department_id else None,
        client_id=ClientId(given.client_id) if given.client_id else None,
        search=(given.search or "").strip() or None,
    )
