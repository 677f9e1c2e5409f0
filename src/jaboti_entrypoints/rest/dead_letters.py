"""/integrations/dead-letters: webhooks that could not be processed, kept whole."""

from jaboti_domain.integration.messaging import Platform
from jaboti_domain.integration.ports.journal import Outcome
from jaboti_domain.kernel.actor import Operation
from jaboti_entrypoints.rest.answer import Answer, shown
from jaboti_entrypoints.rest.cursor import page_answer, place_after
from jaboti_entrypoints.rest.route import Call, Route
from jaboti_entrypoints.rest.wire import Id, PagedQuery, Shown, Time

LIST = "dead letters"
PATH = "/integrations/dead-letters"


class DeadLetterShown(Shown):
    """An item, or a whole body, that could not be processed. `raw` is its text, or the beginning of it (`isCut`), with
    U+FFFD for what is no text; `size` are the bytes of all of it.
    """

    id: Id
    received_at: Time
    attempts: int
    reason: str | None
    platform: Platform
    integration_id: Id
    event_key: str
    raw: str
    size: int
    is_cut: bool


class DeadLetterPage(Shown):
    """The newest first."""

    items: list[DeadLetterShown]
    next_cursor: str | None


class Replay(Shown):
    """What became of it: PENDING, it waits to be processed; APPLIED, so do the items that it was split into."""

    id: Id
    outcome: Outcome
    items: int


async def dead_letters(call: Call[PagedQuery]) -> Answer:
    """GET /integrations/dead-letters"""
    given, company_id = call.given, call.actor.company_id
    after = place_after(given.cursor, of=LIST, company_id=company_id)
    found = await call.application.dead_letter_reads.page(company_id, after=after, limit=given.limit)
    return page_answer(found, of=LIST, company_id=company_id)


async def replay_dead_letter(call: Call[None]) -> Answer:
    """POST /integrations/dead-letters/{deadLetterId}/replay"""
    letter_id = call.ids["deadLetterId"]
    replayed = await call.application.replay_dead_letter(call.actor, letter_id=letter_id)
    return shown(Replay(id=letter_id, outcome=replayed.outcome, items=replayed.items))


ROUTES = (
    Route(
        method="GET",
        path=PATH,
        endpoint=dead_letters,
        access=Operation.MANAGE_DEAD_LETTERS,
        request=PagedQuery,
        answers={200: DeadLetterPage},
        tag="integrations",
        summary="Webhooks that could not be processed",
    ),
    Route(
        method="POST",
        path=PATH + "/{deadLetterId}/replay",
        endpoint=replay_dead_letter,
        access=Operation.MANAGE_DEAD_LETTERS,
        answers={200: Replay},
        problems=(409,),
        tag="integrations",
        summary="Let one be processed as if it had just arrived",
        description="What took effect already does not take effect again. Of what was replayed, or processed, "
        "nothing is a dead letter any more (409 `dead_letter.not_dead`).",
    ),
)
