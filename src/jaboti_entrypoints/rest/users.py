"""/users: the attendants of the active company."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from pydantic import Field

from jaboti_domain.company.queries import AttendantFilter
from jaboti_domain.kernel.actor import Operation, Role
from jaboti_domain.kernel.ids import DepartmentId, UserId
from jaboti_entrypoints.rest import headers
from jaboti_entrypoints.rest.answer import NO_CONTENT, Answer
from jaboti_entrypoints.rest.cursor import page_answer, place_after
from jaboti_entrypoints.rest.people import Email, Name, Password
from jaboti_entrypoints.rest.route import Call, Header, Route
from jaboti_entrypoints.rest.versions import versioned
from jaboti_entrypoints.rest.wire import Flag, Given, Id, NamedShown, PagedQuery, Shown

LIST = "users"
Departments = Annotated[list[Id], Field(max_length=200, description="Ids of those whose queues they serve.")]


class UserList(PagedQuery):
    """Which attendants; every given condition holds."""

    department_id: Id | None = None
    online: Flag | None = None
    search: Annotated[str, Field(max_length=200)] | None = Field(
        None, description="Part of the name or the e-mail address; accents and case do not matter."
    )


class NewUser(Given):
    """Who is to work for the company. Name and password of an account that is there already stay as they are."""

    email: Email
    name: Name
    password: Password
    role: Role
    departments: Departments = Field(default_factory=list)


class UserChange(Given):
    """An attendant as they shall be; `enabled`, `email` and `password` stay as they are where they are not given."""

    name: Name
    role: Role
    departments: Departments
    enabled: bool | None = None
    email: Email | None = None
    password: Password | None = None


class PresenceGiven(Given):
    """Whether one is there."""

    online: bool


class PresenceShown(Shown):
    """Whether one counts as being there."""

    online: bool


class AttendantShown(Shown):
    """An attendant of the company."""

    id: Id
    name: str
    email: str
    role: Role
    departments: list[NamedShown]
    online: bool
    enabled: bool
    version: int


class AttendantPage(Shown):
    """By name."""

    items: list[AttendantShown]
    next_cursor: str | None


async def users(call: Call[UserList]) -> Answer:
    """GET /users"""
    given, company_id, application = call.given, call.actor.company_id, call.application
    where = AttendantFilter(
        department_id=DepartmentId(given.department_id) if given.department_id else None,
        online=given.online,
        search=(given.search or "").strip() or None,
    )
    after = place_after(given.cursor, of=LIST, company_id=company_id)
    present = await application.presence.online(company_id)
    found = await application.attendant_reads.page(
        company_id, where=where, present=present, after=after, limit=given.limit
    )
    return page_answer(found, of=LIST, company_id=company_id)


async def hire(call: Call[NewUser]) -> Answer:
    """POST /users"""
    given = call.given
    member = await call.application.hire_attendant(
        call.actor,
        email=given.email,
        name=given.name,
        password=given.password,
        role=given.role,
        departments=[DepartmentId(each) for each in given.departments],
    )
    return await hired(call, member.user_id)


async def hired(call: Call[NewUser], subject: UUID) -> Answer:
    """The attendant as they are now, as the answer to what hired them."""
    answer = await _answer(call, UserId(subject))
    return answer._replace(status=201, headers=(*answer.headers, call.location(f"/users/{subject}")))


async def user(call: Call[None]) -> Answer:
    """GET /users/{userId}"""
    return await _answer(call, UserId(call.ids["userId"]))


async def change_user(call: Call[UserChange]) -> Answer:
    """PUT /users/{userId}"""
    given, user_id = call.given, UserId(call.ids["userId"])
    await call.application.change_attendant(
        call.actor,
        user_id=user_id,
        name=given.name,
        role=given.role,
        departments=[DepartmentId(each) for each in given.departments],
        enabled=given.enabled,
        email=given.email,
        password=given.password,
        versions=headers.expected_versions(call.scope),
    )
    return await _answer(call, user_id)


async def remove_user(call: Call[None]) -> Answer:
    """DELETE /users/{userId}"""
    versions = headers.expected_versions(call.scope)
    await call.application.remove_attendant(call.actor, user_id=UserId(call.ids["userId"]), versions=versions)
    return NO_CONTENT


async def set_presence(call: Call[PresenceGiven]) -> Answer:
    """PUT /users/me/presence"""
    await call.application.set_presence(call.actor, online=call.given.online)
    return Answer(msgspec.json.encode({"online": call.given.online}))


ROUTES = (
    Route(
        method="GET",
        path="/users",
        endpoint=users,
        access=Operation.READ_USERS,
        request=UserList,
        answers={200: AttendantPage},
        tag="users",
        summary="Attendants of the active company",
    ),
    Route(
        method="POST",
        path="/users",
        endpoint=hire,
        recover=hired,
        access=Operation.MANAGE_USERS,
        request=NewUser,
        answers={201: AttendantShown},
        problems=(404, 409),
        headers=(Header.IDEMPOTENCY_KEY,),
        answer_headers=("Location", "ETag"),
        tag="users",
        summary="Let a person work for the company",
        description="Whether they had an account before is not told. Who works here already is 409 `member.exists`.",
    ),
    Route(
        method="PUT",
        path="/users/me/presence",
        endpoint=set_presence,
        access=Operation.SET_PRESENCE,
        request=PresenceGiven,
        answers={200: PresenceShown},
        tag="users",
        summary="Say whether I am there",
        description="Who is connected is online, until 10 seconds after their last connection ended (a setting). To be "
        "away holds until one says otherwise, or has been without a connection for so long: who then comes back is "
        "online. To say that one is there without a connection is worth as much as one that ended just now.",
    ),
    Route(
        method="GET",
        path="/users/{userId}",
        endpoint=user,
        access=Operation.READ_USERS,
        answers={200: AttendantShown},
        answer_headers=("ETag",),
        tag="users",
        summary="An attendant",
    ),
    Route(
        method="PUT",
        path="/users/{userId}",
        endpoint=change_user,
        access=Operation.MANAGE_USERS,
        request=UserChange,
        answers={200: AttendantShown},
        problems=(409,),
        headers=(Header.IF_MATCH,),
        answer_headers=("ETag",),
        tag="users",
        summary="Change what an attendant is here",
        description="E-mail address and password only of who works for no other company (409 "
        "`user.belongs_elsewhere`); with a new password all their sessions end. Who is disabled is let in no "
        "longer, and their open chats go back to their queues.",
    ),
    Route(
        method="DELETE",
        path="/users/{userId}",
        endpoint=remove_user,
        access=Operation.MANAGE_USERS,
        answers={204: None},
        problems=(409,),
        headers=(Header.IF_MATCH,),
        tag="users",
        summary="Let an attendant go",
        description="Their open chats go back to their queues; their sessions no longer work here. Old chats go on to "
        "show their name.",
    ),
)


async def _answer(call: Call[Any], user_id: UserId) -> Answer:
    company_id, application = call.actor.company_id, call.application
    present = await application.presence.online(company_id)
    return versioned(await application.attendant_reads.one(company_id, user_id, present=present))
