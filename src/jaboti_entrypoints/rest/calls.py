"""/integrations/logs: every call to and from a channel."""

from jaboti_domain.integration.calls import CallKind, CallOutcome, Direction
from jaboti_domain.integration.messaging import Platform
from jaboti_domain.integration.queries import CallFilter
from jaboti_domain.kernel.actor import Operation
from jaboti_entrypoints.rest.answer import Answer
from jaboti_entrypoints.rest.cursor import page_answer, place_after
from jaboti_entrypoints.rest.route import Call, Route
from jaboti_entrypoints.rest.wire import Id, PagedQuery, Shown, Span, Time

LIST = "calls"


class CallList(PagedQuery, Span):
    """Which calls; every given condition holds."""

    platform: Platform | None = None
    direction: Direction | None = None
    outcome: CallOutcome | None = None


class CallErrorShown(Shown):
    """What went wrong, in the platform's words; long numbers in them are cut to their last four digits."""

    code: str
    title: str


class CallShown(Shown):
    """A call. `peer` is the end of a client's phone, `requestId` what the provider calls the request, `items` how many
    messages, receipts and the like a webhook brought.
    """

    id: Id
    at: Time
    integration_id: Id
    platform: Platform
    direction: Direction
    kind: CallKind
    outcome: CallOutcome
    http_status: int | None
    latency_ms: int
    request_id: str | None
    peer: str | None
    items: int | None
    error: CallErrorShown | None


class CallPage(Shown):
    """The newest first."""

    items: list[CallShown]
    next_cursor: str | None


async def calls(call: Call[CallList]) -> Answer:
    """GET /integrations/logs"""
    given, company_id = call.given, call.actor.company_id
    where = CallFilter(
        platform=given.platform,
        direction=given.direction,
        outcome=given.outcome,
        since=given.since,
        until=given.until,
    )
    after = place_after(given.cursor, of=LIST, company_id=company_id)
    found = await call.application.call_reads.page(company_id, where=where, after=after, limit=given.limit)
    return page_answer(found, of=LIST, company_id=company_id)


ROUTES = (
    Route(
        method="GET",
        path="/integrations/logs",
        endpoint=calls,
        access=Operation.READ_CALLS,
        request=CallList,
        answers={200: CallPage},
        tag="integrations",
        summary="Every call to and from a channel: when, what, status, latency, error",
        description="Nothing of what was said is in it. Calls appear within about a second, and are no longer kept "
        "when too many come while the database is away.",
    ),
)
