"""What the server's refusals mean for the sender.

Its status says little: 400 is also said of a connection that is down for the moment, so the words are looked at first.
"""

from collections.abc import Iterator, Sequence

from attrs import frozen

from jaboti_adapters.channels._http import Answer, seconds_until
from jaboti_adapters.channels._json import Node
from jaboti_domain.integration.errors import (
    GiveUp,
    MendSettings,
    OutcomeUnknown,
    SendingFailed,
    SlowDown,
    TryAgain,
)

NOT_ON_WHATSAPP = "not_on_whatsapp"
LONGEST_INFO = 500


@frozen
class Saying:
    """Words by which a refusal is known, whatever its status."""

    words: str
    fate: type[SendingFailed]
    code: str
    is_outage: bool = False
    at_most: int | None = None


SAYINGS: Sequence[Saying] = (
    Saying("prisma", OutcomeUnknown, "database_failed"),
    Saying("connection closed", TryAgain, "connection_closed", is_outage=True),
    Saying("connection terminated", TryAgain, "connection_terminated", is_outage=True),
    Saying("connection lost", TryAgain, "connection_lost", is_outage=True),
    Saying("connection was lost", TryAgain, "connection_lost", is_outage=True),
    Saying("timed out", TryAgain, "timed_out"),
    Saying("precondition required", TryAgain, "precondition_required", is_outage=True),
    Saying("no sessions", TryAgain, "no_sessions"),
    Saying("media upload failed", TryAgain, "media_upload_failed", at_most=3),
    Saying("rate-overlimit", SlowDown, "rate_overlimit"),
)
"""Those of WhatsApp's that pass; a message may have been sent before the server's own database failed."""

_MEND_STATUSES = (401, 402, 403, 404, 405, 407)
_PASSING_STATUSES = {408: TryAgain, 425: TryAgain, 429: SlowDown}


@frozen(kw_only=True)
class Complaint:
    """A refusal as the server words it."""

    status: int
    error: str
    words: str
    exists: bool
    """False when it says that a number is not on WhatsApp."""
    own: bool
    """Whether it is the server's own JSON."""


def complaint(answer: Answer) -> Complaint:
    """Read an answer that is no acceptance; its message may be a string, or strings and objects in lists of lists."""
    told = answer.json
    message = told["response"]["message"] or told["message"]
    return Complaint(
        status=answer.status,
        error=told["error"].text,
        words="; ".join(_strings(message)),
        exists=not any(each.record.get("exists") is False for each in _flat(message)),
        own=bool(told["response"].record or told["error"].text or told["message"].text),
    )


def refusal(answer: Answer) -> SendingFailed:
    """What to do after an answer that is no acceptance: by its words, then by its status.

    A 5xx that is not the server's own came from something in between, and a 2xx that names no message leaves it open,
    too: the outcome is unknown.
    """
    told = complaint(answer)
    if not told.exists:
        return GiveUp(error_code=NOT_ON_WHATSAPP, title="The number is not on WhatsApp")
    said = next((saying for saying in SAYINGS if saying.words in told.words.casefold()), None)
    fate = said.fate if said else _fate_by_status(told)
    code = said.code if said else f"http_{told.status}"
    title, info = told.words[:LONGEST_INFO] or told.error or "It gave no reason", told.error
    if fate is SlowDown:
        wait = answer.retry_after if answer.retry_after is not None else seconds_until(answer.json["retryAfter"].text)
        return SlowDown(error_code=code, title=title, info=info, retry_after=wait)
    if fate is TryAgain:
        is_outage = said.is_outage if said else told.status >= 500
        return TryAgain(
            error_code=code, title=title, info=info, is_outage=is_outage, at_most=said.at_most if said else None
        )
    return fate(error_code=code, title=title, info=info)


def _fate_by_status(told: Complaint) -> type[SendingFailed]:
    if told.status in _MEND_STATUSES or 300 <= told.status < 400:
        return MendSettings
    if 400 <= told.status < 500:
        return _PASSING_STATUSES.get(told.status, GiveUp)
    return TryAgain if told.own and told.status >= 500 else OutcomeUnknown


def _flat(message: Node) -> Iterator[Node]:
    for each in message:
        if isinstance(each.value, list):
            yield from _flat(each)
        else:
            yield each


def _strings(message: Node) -> Iterator[str]:
    for each in _flat(message):
        yield from (text for part in (each.record.values() or [each.value]) if (text := Node(part).text))
