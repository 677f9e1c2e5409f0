"""/departments: parts of the active company with queues of their own."""

from typing import Annotated
from uuid import UUID

from pydantic import StringConstraints

from jaboti_domain.kernel.actor import Operation
from jaboti_domain.kernel.ids import DepartmentId, UserId
from jaboti_entrypoints.rest import headers
from jaboti_entrypoints.rest.answer import NO_CONTENT, Answer
from jaboti_entrypoints.rest.cursor import page_answer, place_after
from jaboti_entrypoints.rest.people import Name
from jaboti_entrypoints.rest.route import Call, Header, Route
from jaboti_entrypoints.rest.versions import versioned
from jaboti_entrypoints.rest.wire import Given, Id, NamedShown, PagedQuery, Shown

LIST = "departments"


class DepartmentGiven(Given):
    """A department, whole."""

    name: Name
    description: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)] = ""


class DepartmentShown(Shown):
    """A department, and who serves its queue."""

    id: Id
    name: str
    description: str
    members: list[NamedShown]
    version: int


class DepartmentPage(Shown):
    """By name."""

    items: list[DepartmentShown]
    next_cursor: str | None


async def departments(call: Call[PagedQuery]) -> Answer:
    """GET /departments"""
    company_id = call.actor.company_id
    after = place_after(call.given.cursor, of=LIST, company_id=company_id)
    found = await call.application.company_reads.departments(company_id, after=after, limit=call.given.limit)
    return page_answer(found, of=LIST, company_id=company_id)


async def open_department(call: Call[DepartmentGiven]) -> Answer:
    """POST /departments"""
    given = call.given
    opened = await call.application.open_department(call.actor, name=given.name, description=given.description)
    return await opened_before(call, opened.id)


async def opened_before(call: Call[DepartmentGiven], subject: UUID) -> Answer:
    """The department as it is now, as the answer to what opened it."""
    document = await call.application.company_reads.department(call.actor.company_id, DepartmentId(subject))
    answer = versioned(document, status=201)
    return answer._replace(headers=(*answer.headers, call.location(f"/departments/{subject}")))


async def department(call: Call[None]) -> Answer:
    """GET /departments/{departmentId}"""
    department_id = DepartmentId(call.ids["departmentId"])
    return versioned(await call.application.company_reads.department(call.actor.company_id, department_id))


async def change_department(call: Call[DepartmentGiven]) -> Answer:
    """PUT /departments/{departmentId}"""
    department_id, given = DepartmentId(call.ids["departmentId"]), call.given
    await call.application.change_department(
        call.actor,
        department_id=department_id,
        name=given.name,
        description=given.description,
        versions=headers.expected_versions(call.scope),
    )
    return versioned(await call.application.company_reads.department(call.actor.company_id, department_id))


async def remove_department(call: Call[None]) -> Answer:
    """DELETE /departments/{departmentId}"""
    await call.application.remove_department(
        call.actor,
        department_id=DepartmentId(call.ids["departmentId"]),
        versions=headers.expected_versions(call.scope),
    )
    return NO_CONTENT


async def tie_attendant(call: Call[None]) -> Answer:
    """PUT /departments/{departmentId}/users/{userId}"""
    return await _tie(call, serves=True)


async def untie_attendant(call: Call[None]) -> Answer:
    """DELETE /departments/{departmentId}/users/{userId}"""
    await _tie(call, serves=False)
    return NO_CONTENT


ROUTES = (
    Route(
        method="GET",
        path="/departments",
        endpoint=departments,
        access=Operation.READ_DEPARTMENTS,
        request=PagedQuery,
        answers={200: DepartmentPage},
        tag="departments",
        summary="Departments",
    ),
    Route(
        method="POST",
        path="/departments",
        endpoint=open_department,
        recover=opened_before,
        access=Operation.MANAGE_DEPARTMENTS,
        request=DepartmentGiven,
        answers={201: DepartmentShown},
        problems=(409,),
        headers=(Header.IDEMPOTENCY_KEY,),
        answer_headers=("Location", "ETag"),
        tag="departments",
        summary="Open a department",
        description="Its name is the only one among those that exist; case does not matter.",
    ),
    Route(
        method="GET",
        path="/departments/{departmentId}",
        endpoint=department,
        access=Operation.READ_DEPARTMENTS,
        answers={200: DepartmentShown},
        answer_headers=("ETag",),
        tag="departments",
        summary="A department",
    ),
    Route(
        method="PUT",
        path="/departments/{departmentId}",
        endpoint=change_department,
        access=Operation.MANAGE_DEPARTMENTS,
        request=DepartmentGiven,
        answers={200: DepartmentShown},
        problems=(409,),
        headers=(Header.IF_MATCH,),
        answer_headers=("ETag",),
        tag="departments",
        summary="Name or describe a department otherwise",
    ),
    Route(
        method="DELETE",
        path="/departments/{departmentId}",
        endpoint=remove_department,
        access=Operation.MANAGE_DEPARTMENTS,
        answers={204: None},
        problems=(409,),
        headers=(Header.IF_MATCH,),
        tag="departments",
        summary="Remove a department whose chats have all ended",
        description="With open chats it stays (409 `department.has_open_chats`, with their number as `openChats`). "
        "Old chats go on to show its name.",
    ),
    Route(
        method="PUT",
        path="/departments/{departmentId}/users/{userId}",
        endpoint=tie_attendant,
        access=Operation.MANAGE_DEPARTMENTS,
        answers={200: DepartmentShown},
        headers=(Header.IF_MATCH,),
        answer_headers=("ETag",),
        tag="departments",
        summary="Let an attendant serve the department's queue",
    ),
    Route(
        method="DELETE",
        path="/departments/{departmentId}/users/{userId}",
        endpoint=untie_attendant,
        access=Operation.MANAGE_DEPARTMENTS,
        answers={204: None},
        headers=(Header.IF_MATCH,),
        tag="departments",
        summary="Let them serve it no longer",
    ),
)


async def _tie(call: Call[None], *, serves: bool) -> Answer:
    department_id = DepartmentId(call.ids["departmentId"])
    await call.application.tie_attendant(
        call.actor,
        department_id=department_id,
        user_id=UserId(call.ids["userId"]),
        serves=serves,
        versions=headers.expected_versions(call.scope),
    )
    return versioned(await call.application.company_reads.department(call.actor.company_id, department_id))
