"""What every error code of Meta's means for the sender."""

import json
from collections.abc import Iterable
from typing import Any

import pytest

from jaboti_adapters.channels._http import Answer
from jaboti_adapters.channels.cloudapi.errors import refusal
from jaboti_domain.integration.errors import (
    GiveUp,
    MendSettings,
    OutcomeUnknown,
    Scope,
    SendingFailed,
    SlowDown,
    TryAgain,
)
from tests.unit.channels.payloads import CORPUS


def answer(status: int = 400, *, retry_after: float | None = None, **error: Any) -> Answer:
    """An answer with an error of the API's own."""
    return Answer(status=status, body=json.dumps({"error": error}).encode(), retry_after=retry_after)


def table(fate: type[SendingFailed], *codes: int | Iterable[int]) -> list[tuple[int, type[SendingFailed]]]:
    """Rows of the table: codes and ranges of codes with the same fate."""
    return [(code, fate) for each in codes for code in ([each] if isinstance(each, int) else each)]


CODES = [
    *table(TryAgain, 1, 2, 131000, 131016, 131053, 131057, 133000, 133004, 139102, 2494100),
    *table(SlowDown, 4, 17, 613, 80007, 130429, 131048, 131056, 131064, 132069, 133015, 133016),
    *table(MendSettings, 0, 3, 10, range(200, 300), 33, 190, 368, 803, 131005, 131031, 131037, 131042, 131044, 131045),
    *table(MendSettings, 133005, 133006, 133008, 133009, 133010),
    *table(GiveUp, 100, 130472, 130497, 131008, 131009, 131020, 131021, 131026, 131030, 131041, 131047, 131049),
    *table(GiveUp, range(131050, 131053), 131055, 131059, 131062, 131063, range(131200, 131300)),
    *table(GiveUp, 132000, 132001, 132005, 132007, 132008, 132012, 132015, 132016, 132018, 132068),
    *table(GiveUp, 134011, range(134100, 134103), 135000, 137000, range(138000, 138019), range(139000, 139005)),
    *table(GiveUp, 139100, 139101, 139103, range(147001, 147006), range(2593107, 2593110)),
    *table(GiveUp, 2388019, 2388040, 2388047, 2388072, 2388073, 2388293, 2388299),
]


def test_what_is_worth_few_tries_or_concerns_everybody_or_one_client_says_so() -> None:
    tried = {code: refusal(answer(400, code=code)) for code, fate in CODES if fate is TryAgain}
    assert {code for code, each in tried.items() if isinstance(each, TryAgain) and each.at_most == 3} == {
        1,
        131000,
        131053,
    }
    outages = {code for code, each in tried.items() if isinstance(each, TryAgain) and each.is_outage}
    assert outages == {2, 131016, 131057, 133004, 2494100}
    slowed = {code: refusal(answer(400, code=code)) for code, fate in CODES if fate is SlowDown}
    scopes = {code: each.scope for code, each in slowed.items() if isinstance(each, SlowDown)}
    assert {code for code, scope in scopes.items() if scope is Scope.PAIR} == {131056, 132069}
    assert {code for code, scope in scopes.items() if scope is Scope.ACCOUNT} == {131048, 131064, 133015, 133016}


@pytest.mark.parametrize(
    ("code", "status", "outage"), [(999_999, 503, True), (999_999, 400, False), (131000, 500, False)]
)
def test_an_own_5xx_of_an_unknown_code_is_an_outage(code: int, status: int, outage: bool) -> None:
    refused = refusal(answer(status, code=code, is_transient=True))
    assert isinstance(refused, TryAgain)
    assert refused.is_outage is outage


@pytest.mark.parametrize(("code", "fate"), CODES)
def test_a_documented_code_decides_whatever_the_status(code: int, fate: type[SendingFailed]) -> None:
    for status in (400, 403, 429, 500):
        refused = refusal(answer(status, code=code, message="(#1) words", is_transient=True))
        assert type(refused) is fate
        assert refused.error_code == str(code)


@pytest.mark.parametrize(
    ("status", "error", "fate"),
    [
        (400, {"code": 999_999}, GiveUp),
        (400, {"code": 999_999, "is_transient": True}, TryAgain),
        (400, {"code": 999_999, "is_transient": "yes"}, GiveUp),
        (401, {"code": 999_999}, MendSettings),
        (403, {"code": 999_999}, MendSettings),
        (404, {"code": 999_999}, MendSettings),
        (429, {"code": 999_999}, SlowDown),
        (500, {"code": 999_999}, TryAgain),
        (503, {"code": 999_999}, TryAgain),
        (200, {"code": 131026}, GiveUp),
        (400, {"code": "130429"}, SlowDown),
        (400, {"code": 100, "error_subcode": 33}, MendSettings),
        (400, {"code": 100, "error_subcode": 2018278}, GiveUp),
        (400, {"code": 10**30}, GiveUp),
        (400, {"code": -1}, GiveUp),
    ],
)
def test_an_unknown_code_goes_by_transience_and_then_by_the_status(
    status: int, error: dict[str, Any], fate: type[SendingFailed]
) -> None:
    assert type(refusal(answer(status, **error))) is fate


@pytest.mark.parametrize(
    ("status", "body", "fate"),
    [
        (500, b"<html>Bad Gateway</html>", OutcomeUnknown),
        (502, b"Bad Gateway", OutcomeUnknown),
        (503, b"", OutcomeUnknown),
        (504, b"{}", OutcomeUnknown),
        (500, b'{"error":"oops"}', OutcomeUnknown),
        (500, b'{"error":{"message":"no code"}}', OutcomeUnknown),
        (200, b"{}", OutcomeUnknown),
        (200, b"[" * 100_000, OutcomeUnknown),
        (204, b"", OutcomeUnknown),
        (301, b"", MendSettings),
        (400, b"", GiveUp),
        (401, b"", MendSettings),
        (404, b"<html>Not Found</html>", MendSettings),
        (408, b"", TryAgain),
        (429, b"slow down", SlowDown),
    ],
)
def test_an_answer_that_is_not_the_apis_goes_by_its_status(status: int, body: bytes, fate: type[SendingFailed]) -> None:
    refused = refusal(Answer(status=status, body=body))
    assert type(refused) is fate
    assert refused.error_code == f"http_{status}"


@pytest.mark.parametrize(
    ("code", "told", "wait"), [(130429, 7.5, 7.5), (130429, None, None), (132069, None, 3600.0), (132069, 5.0, 5.0)]
)
def test_the_wait_is_what_the_platform_says_or_documents(code: int, told: float | None, wait: float | None) -> None:
    refused = refusal(answer(429, code=code, retry_after=told))
    assert isinstance(refused, SlowDown)
    assert refused.retry_after == wait


WORDS = [
    (
        {"message": "(#131030) Recipient", "error_data": {"details": "not in the list"}},
        ("(#131030) Recipient", "not in the list"),
    ),
    ({"message": "m", "error_data": "old style"}, ("m", "old style")),
    ({"message": "m", "error_user_title": "Título", "error_user_msg": "Frase"}, ("Título", "Frase")),
    ({"message": 5, "error_data": []}, ("5", "")),
    ({"message": "nul\x00"}, ("nul\ufffd", "")),
]


@pytest.mark.parametrize(("error", "shown"), WORDS, ids=str)
def test_a_refusal_is_told_in_metas_words(error: dict[str, Any], shown: tuple[str, str]) -> None:
    refused = refusal(answer(code=131030, **error))
    assert (refused.title, refused.info) == shown


RECORDED = {
    "cloudapi_400__131053_media.json": TryAgain,
    "cloudapi_403__130429_rate.json": SlowDown,
    "cloudapi_403__131056_pair_rate.json": SlowDown,
    "cloudapi_403__368.json": MendSettings,
    "cloudapi_429__613.json": SlowDown,
}


def test_recorded_refusals_are_understood() -> None:
    folder = CORPUS / "responses"
    if not folder.exists():
        print("no recorded answers beside the repository: none was checked")
        return
    understood = {
        name: type(refusal(Answer(status=int(name[9:12]), body=(folder / name).read_bytes()))) for name in RECORDED
    }
    assert understood == RECORDED
