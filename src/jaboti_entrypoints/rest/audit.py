"""/audit: who did what."""

from typing import Annotated

from pydantic import Field, JsonValue

from jaboti_domain.audit.queries import AuditFilter
from jaboti_domain.kernel.actor import Operation
from jaboti_domain.kernel.ids import UserId
from jaboti_entrypoints.rest.answer import Answer
from jaboti_entrypoints.rest.cursor import page_answer, place_after
from jaboti_entrypoints.rest.route import Call, Route
from jaboti_entrypoints.rest.wire import Id, PagedQuery, Shown, Span, Time

LIST = "audit"


class AuditList(PagedQuery, Span):
    """Which entries; every given condition holds."""

    actor_id: Id | None = None
    action: Annotated[str, Field(max_length=100)] | None = Field(None, description="Such as `department.removed`.")


class ActorShown(Shown):
    """Who did it; without an id, nobody who was signed in."""

    id: Id | None
    name: str


class SubjectShown(Shown):
    """What it was done to."""

    kind: str
    id: Id


class AuditEntry(Shown):
    """A deed. `id` is its place in the company's chain; of `forgotten` ones, a person's data was erased since."""

    id: int
    at: Time
    action: str
    actor: ActorShown
    subject: SubjectShown
    before: dict[str, JsonValue] | None
    after: dict[str, JsonValue] | None
    address: str
    forgotten: bool


class AuditPage(Shown):
    """The newest first."""

    items: list[AuditEntry]
    next_cursor: str | None


async def entries(call: Call[AuditList]) -> Answer:
    """GET /audit"""
    given, company_id = call.given, call.actor.company_id
    where = AuditFilter(
        actor_id=UserId(given.actor_id) if given.actor_id else None,
        action=given.action,
        since=given.since,
        until=given.until,
    )
    after = place_after(given.cursor, of=LIST, company_id=company_id)
    found = await call.application.audit_reads.page(company_id, where=where, after=after, limit=given.limit)
    return page_answer(found, of=LIST, company_id=company_id)


ROUTES = (
    Route(
        method="GET",
        path="/audit",
        endpoint=entries,
        access=Operation.READ_AUDIT,
        request=AuditList,
        answers={200: AuditPage},
        tag="audit",
        summary="Critical actions: who, what, before and after, from where",
    ),
)
