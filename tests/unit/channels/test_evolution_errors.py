"""What each of the server's refusals means for the sender."""

import json
from typing import Any

import pytest

from jaboti_adapters.channels._http import Answer
from jaboti_adapters.channels.evolutionapi.errors import complaint, refusal
from jaboti_domain.integration.errors import GiveUp, MendSettings, OutcomeUnknown, SendingFailed, SlowDown, TryAgain
from tests.unit.channels.evolution import CORPUS


def answer(status: int, message: Any, *, retry_after: float | None = None, error: str = "Bad Request") -> Answer:
    """A refusal in the server's own shape."""
    body = {"status": status, "error": error, "response": {"message": message}}
    return Answer(status=status, body=json.dumps(body).encode(), retry_after=retry_after)


FATES: list[tuple[int, Any, type[SendingFailed], str]] = [
    (400, ["Error: Connection Closed"], TryAgain, "connection_closed"),
    (400, ["Error: Connection Terminated"], TryAgain, "connection_terminated"),
    (400, ["Error: Timed Out"], TryAgain, "timed_out"),
    (400, ["Precondition Required"], TryAgain, "precondition_required"),
    (400, ["SessionError: No sessions"], TryAgain, "no_sessions"),
    (400, ["Error: Media upload failed on all hosts"], TryAgain, "media_upload_failed"),
    (400, ["rate-overlimit"], SlowDown, "rate_overlimit"),
    (400, ["\nInvalid `prisma.message.create()` invocation:\n  ..."], OutcomeUnknown, "database_failed"),
    (400, [{"jid": "1@s.whatsapp.net", "exists": False, "number": "1"}], GiveUp, "not_on_whatsapp"),
    (400, [[{"jid": "1@s.whatsapp.net", "exists": False}]], GiveUp, "not_on_whatsapp"),
    (400, [['instance requires property "text"']], GiveUp, "http_400"),
    (400, ["Owned media must be a url or base64"], GiveUp, "http_400"),
    (400, ["C"], GiveUp, "http_400"),
    (400, None, GiveUp, "http_400"),
    (401, "Unauthorized", MendSettings, "http_401"),
    (403, ["Missing global api key", "The global api key must be set"], MendSettings, "http_403"),
    (404, ['The "x" instance does not exist'], MendSettings, "http_404"),
    (404, ["Cannot POST /message/sendTexto/x"], MendSettings, "http_404"),
    (405, None, MendSettings, "http_405"),
    (408, None, TryAgain, "http_408"),
    (413, None, GiveUp, "http_413"),
    (429, ["Too many requests"], SlowDown, "http_429"),
    (500, ["Internal Server Error"], TryAgain, "http_500"),
    (503, ["Service Unavailable"], TryAgain, "http_503"),
]


@pytest.mark.parametrize(("status", "message", "fate", "code"), FATES, ids=[f"{f[0]} {f[1]}"[:50] for f in FATES])
def test_a_refusal_is_known_by_its_words_and_then_by_its_status(
    status: int, message: Any, fate: type[SendingFailed], code: str
) -> None:
    refused = refusal(answer(status, message))
    assert (type(refused), refused.error_code) == (fate, code)


def test_a_session_that_is_down_is_an_outage_and_what_one_client_lacks_is_not() -> None:
    told = [
        (400, "Error: Connection Closed"),
        (400, "Precondition Required"),
        (503, "Service Unavailable"),
        (400, "SessionError: No sessions"),
        (400, "Error: Timed Out"),
        (408, ""),
    ]
    refused = [refusal(answer(status, [words])) for status, words in told]
    assert [isinstance(each, TryAgain) and each.is_outage for each in refused] == [True] * 3 + [False] * 3


@pytest.mark.parametrize(
    ("status", "body", "fate"),
    [
        (500, b"<html>", OutcomeUnknown),
        (502, b"<html>Bad Gateway</html>", OutcomeUnknown),
        (504, b"", OutcomeUnknown),
        (200, b"{}", OutcomeUnknown),
        (201, b"[" * 100_000, OutcomeUnknown),
        (302, b"", MendSettings),
        (401, b"", MendSettings),
        (404, b"<html>nginx</html>", MendSettings),
        (429, b"", SlowDown),
    ],
)
def test_an_answer_that_is_not_the_servers_goes_by_its_status(
    status: int, body: bytes, fate: type[SendingFailed]
) -> None:
    assert type(refusal(Answer(status=status, body=body))) is fate


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("Unauthorized", "Unauthorized"),
        (["a", "b"], "a; b"),
        ([["a", ["b"]], {"c": "d"}], "a; b; d"),
        ([], ""),
        ({"a": {"b": "c"}, "d": 1}, "1"),
        (7, "7"),
    ],
)
def test_the_words_are_found_however_deep_they_lie(message: Any, words: str) -> None:
    assert complaint(answer(400, message)).words == words


def test_a_refusal_tells_the_servers_words() -> None:
    refused = refusal(answer(400, [['instance requires property "number"']]))
    assert (refused.title, refused.info) == ('instance requires property "number"', "Bad Request")


@pytest.mark.parametrize(("header", "told", "wait"), [(7.5, None, 7.5), (None, 60, 60.0), (None, None, None)])
def test_how_long_to_wait_is_told_by_the_header_or_by_the_body(
    header: float | None, told: int | None, wait: float | None
) -> None:
    body = json.dumps({"error": True, "message": "Rate limit", "statusCode": 429, "retryAfter": told}).encode()
    refused = refusal(Answer(status=429, body=body, retry_after=header))
    assert isinstance(refused, SlowDown)
    assert refused.retry_after == wait


RECORDED = {
    "evolution_400__audio_required.json": (400, GiveUp),
    "evolution_400__connection_closed.json": (400, TryAgain),
    "evolution_400__number_not_on_whatsapp.json": (400, GiveUp),
    "evolution_400__session_error_no_sessions.json": (400, TryAgain),
    "evolution_400__truncated_C.json": (400, GiveUp),
    "evolution_400__validation_nested_array.json": (400, GiveUp),
    "evolution_401__unauthorized.json": (401, MendSettings),
    "evolution_403__name_in_use.json": (403, MendSettings),
    "evolution_404__instance.json": (404, MendSettings),
    "evolution_lynkbyte__error_not_found.json": (404, MendSettings),
    "evolution_lynkbyte__error_rate_limited.json": (429, SlowDown),
    "evolution_lynkbyte__error_unauthorized.json": (401, MendSettings),
    "evolution_lynkbyte__message_send_failed.json": (400, GiveUp),
    "evolution_woofed__send_text_400_v1.json": (400, GiveUp),
}


def test_recorded_refusals_are_understood() -> None:
    folder = CORPUS / "responses"
    if not folder.exists():
        print("no recorded payloads beside the repository: none was compared")
        return
    found = {
        name: (status, type(refusal(Answer(status=status, body=(folder / name).read_bytes()))))
        for name, (status, _) in RECORDED.items()
    }
    assert found == RECORDED
