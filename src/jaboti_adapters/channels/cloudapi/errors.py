"""What Meta's error codes mean for the sender: by `code`, then by `is_transient`, then by the HTTP status.

The words of an error are shown, never understood: they change between versions.
"""

from collections.abc import Iterable, Mapping

from attrs import frozen

from jaboti_adapters.channels._http import Answer
from jaboti_adapters.channels._json import Node
from jaboti_domain.integration.errors import (
    GiveUp,
    MendSettings,
    OutcomeUnknown,
    Scope,
    SendingFailed,
    SlowDown,
    TryAgain,
)

OPTED_OUT = "131050"
"""The client wants no marketing from us any more."""
_AWAY = (2, 131016, 131057, 133004, 2494100)
_FEW_TRIES = (1, 131000, 131053)
_TRY_AGAIN = (*_AWAY, *_FEW_TRIES, 133000, 139102)
_SLOW_DOWN = (4, 17, 613, 80007, 130429, 131048, 131056, 131064, 132069, 133015, 133016)
_MEND_CREDENTIALS = (0, 3, 10, 190, *range(200, 300), 131005)
_MEND_NUMBER = (33, 803, 131037, 131045, 133005, 133006, 133008, 133009, 133010)
_MEND_ACCOUNT = (368, 131031, 131042, 131044)
_BAD_REQUEST = (100, 131008, 131009, 131051, 135000)
_BAD_RECIPIENT = (130472, 130497, 131021, 131026, 131030, 131047, 131049, 131050, 131062, 137000)
_BAD_MEDIA = (131052,)
_BAD_TEMPLATE = (132000, 132001, 132005, 132007, 132008, 132012, 132015, 132016, 132018, 132068, 131063)
_BAD_TEMPLATE_FORMAT = (2388019, 2388040, 2388047, 2388072, 2388073, 2388293, 2388299)
_OTHER_PRODUCTS = (131020, 131041, 131055, 131059, *range(131200, 131300), 134011, *range(134100, 134103))
_CALLS_FLOWS_NAMES = (*range(138000, 138019), *range(139000, 139005), 139100, 139101, 139103, *range(147001, 147006))
_HISTORY = (2593107, 2593108, 2593109)


def _fates(fate: type[SendingFailed], *families: Iterable[int]) -> dict[int, type[SendingFailed]]:
    return {code: fate for family in families for code in family}


FATES: Mapping[int, type[SendingFailed]] = {
    **_fates(TryAgain, _TRY_AGAIN),
    **_fates(SlowDown, _SLOW_DOWN),
    **_fates(MendSettings, _MEND_CREDENTIALS, _MEND_NUMBER, _MEND_ACCOUNT),
    **_fates(GiveUp, _BAD_REQUEST, _BAD_RECIPIENT, _BAD_MEDIA, _BAD_TEMPLATE, _BAD_TEMPLATE_FORMAT),
    **_fates(GiveUp, _OTHER_PRODUCTS, _CALLS_FLOWS_NAMES, _HISTORY),
}
"""What to do next, by the codes that Meta documents."""

_WAITS: Mapping[str, float] = {"132069": 3600.0, "133015": 300.0}
_SCOPES: Mapping[str, Scope] = {
    **dict.fromkeys(("131056", "132069"), Scope.PAIR),
    **dict.fromkeys(("131048", "131064", "133015", "133016"), Scope.ACCOUNT),
}
"""Whom it concerns, where that is not the number as a whole for the moment."""
_TRIES = 3
_OUTAGES = frozenset(map(str, _AWAY))
_UNKNOWN_OBJECT = ("100", "33")
_MEND_STATUSES = (401, 403, 404, 405, 407)
_CLIENT_STATUSES: Mapping[int, type[SendingFailed]] = {408: TryAgain, 429: SlowDown}


@frozen(kw_only=True)
class Complaint:
    """An error as Meta words it, in an answer or in a webhook."""

    code: str
    title: str
    info: str

    def __str__(self) -> str:
        return ": ".join(filter(None, (f"{self.code} {self.title}".strip(), self.info)))


def complaint(error: Node) -> Complaint:
    """Read an error object; what it lacks is empty."""
    data = error["error_data"]
    title = error["error_user_title"] or error["title"] or error["message"]
    info = data["details"] or error["details"] or error["error_user_msg"] or data
    return Complaint(code=error["code"].text, title=title.text, info=info.text)


def refusal(answer: Answer) -> SendingFailed:
    """What to do after an answer that is no acceptance.

    An error of the API's own says clearly that nothing was sent. Without one a 5xx came from something in between, and
    a 2xx that names no message leaves it open, too: the outcome is unknown.
    """
    error = answer.json["error"]
    own = bool(error["code"].text)
    fate = _fate_by_code(error) or _fate_by_status(answer.status, own=own)
    told = (
        complaint(error) if own else Complaint(code=f"http_{answer.status}", title="Not the API's own answer", info="")
    )
    if fate is SlowDown:
        wait = answer.retry_after if answer.retry_after is not None else _WAITS.get(told.code)
        scope = _SCOPES.get(told.code, Scope.NUMBER)
        return SlowDown(error_code=told.code, title=told.title, info=told.info, retry_after=wait, scope=scope)
    if fate is TryAgain:
        is_outage = told.code in _OUTAGES or (answer.status >= 500 and not _is_known(told.code))
        at_most = _TRIES if told.code in map(str, _FEW_TRIES) else None
        return TryAgain(error_code=told.code, title=told.title, info=told.info, is_outage=is_outage, at_most=at_most)
    return fate(error_code=told.code, title=told.title, info=told.info)


def _is_known(code: str) -> bool:
    return code.isdecimal() and len(code) < 10 and int(code) in FATES


def _fate_by_code(error: Node) -> type[SendingFailed] | None:
    code = error["code"].text
    if (code, error["error_subcode"].text) == _UNKNOWN_OBJECT:
        return MendSettings
    known = FATES[int(code)] if _is_known(code) else None
    return known or (TryAgain if error["is_transient"].is_true else None)


def _fate_by_status(status: int, *, own: bool) -> type[SendingFailed]:
    if status in _MEND_STATUSES or 300 <= status < 400:
        return MendSettings
    if 400 <= status < 500:
        return _CLIENT_STATUSES.get(status, GiveUp)
    return TryAgain if own else OutcomeUnknown
