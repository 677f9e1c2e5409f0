"""Bodies: JSON in UTF-8 and nothing beside it."""

import json
from collections.abc import AsyncIterator

import httpx
import pytest

from jaboti_entrypoints.errors import FieldError, Unreadable
from jaboti_entrypoints.rest.body import DEPTH, check_json
from tests.unit.rest.office import Desk, Office

LOGIN = {"email": "ana@example.com", "password": "a long enough password"}


def shortly(value: object) -> str:
    return repr(value)[:40]


def nested(depth: int) -> bytes:
    return b"[" * depth + b"]" * depth


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "json"),
        (b"{", "json"),
        (b"{} {}", "json"),
        (b"{'a': 1}", "json"),
        (b'{"a": 01}', "json"),
        (b'\xef\xbb\xbf{"a": 1}', "json"),
        ('{"a": 1}'.encode("utf-16"), "json"),
        ('{"a": 1}'.encode("utf-16-le"), "json"),
        (b'{"a": "\xc0\xaf"}', "json"),
        (b'{"a": "\xed\xa0\x80"}', "json"),
        (b'{"a": "\xff"}', "json"),
        (b'{"a": "\x00"}', "json"),
        (b'{"a": "\n"}', "json"),
        (b'{"a": "\\u0000"}', "characters"),
        (b'{"\\u0000": 1}', "characters"),
        (b'[[{"a": ["\\ud800"]}]]', "characters"),
        (b'{"a": "\\udc00\\ud800"}', "characters"),
        (b'{"a": 1, "a": 2}', "repeated"),
        (b'{"a": 1, "\\u0061": 2}', "repeated"),
        (b'[{"b": {"a": 1, "a": 1}}]', "repeated"),
        (b'{"a": NaN}', "number"),
        (b'{"a": -Infinity}', "number"),
        (b'{"a": 1e400}', "number"),
        (b'{"a": 9223372036854775808}', "number"),
        (b'{"a": ' + b"9" * 5000 + b"}", "number"),
        (b'{"a": 0.' + b"1" * 5000 + b"}", "number"),
        (nested(33), "too_deep"),
        (nested(1_100), "too_deep"),
        (nested(100_000), "too_deep"),
        (b'{"a":' * 33 + b"1" + b"}" * 33, "too_deep"),
    ],
    ids=shortly,
)
def test_what_others_might_read_otherwise_is_not_read(body: bytes, code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        check_json(body)
    assert refused.value.details["errors"] == (FieldError("", code, DEPTH if code == "too_deep" else None),)


@pytest.mark.parametrize(
    "body",
    [
        nested(32),
        b"[" + b"[]," * 500 + b"1]",
        b'{"a": "\\ud83d\\ude00 \\u00e7 \\\\u0000"}',
        '{"á": "\u202e\U0001f600\u0301"}'.encode(),
        b" \r\n\t[9223372036854775807, -0.0, 1e-5]\n",
        b'"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["',
    ],
    ids=shortly,
)
def test_what_everybody_reads_alike_is_read(body: bytes) -> None:
    check_json(body)


@pytest.mark.parametrize("body", [b"null", b"[]", b'"x"', b"1", b"true"])
async def test_a_body_is_an_object(office: Office, body: bytes) -> None:
    answer = await office.stranger.post("/auth/login", body)
    assert answer.status_code == 422
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [("", "type")]


async def test_what_can_not_be_read_is_told_so(office: Office) -> None:
    answer = await office.stranger.post("/auth/login", b"{")
    assert (answer.status_code, answer.json()["code"]) == (400, "request.unreadable")
    assert answer.json()["errors"] == [{"pointer": "", "code": "json", "message": "Não é JSON em UTF-8."}]


@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": ""},
        {"content-type": "text/plain"},
        {"content-type": "application/x-www-form-urlencoded"},
        {"content-type": "application/jsonx"},
        {"content-type": "application/json; charset=utf-16"},
        {"content-type": "application/json, text/plain"},
        {"content-type": "application/json", "content-encoding": "gzip"},
    ],
    ids=str,
)
async def test_only_plain_json_is_taken(office: Office, headers: dict[str, str]) -> None:
    answer = await office.http.post("/auth/login", content=json.dumps(LOGIN).encode(), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (415, "request.unsupported_media_type")


@pytest.mark.parametrize("kind", ["application/json", "Application/JSON", 'application/json; charset="UTF-8"'])
async def test_json_has_several_spellings(office: Office, kind: str) -> None:
    headers = {"content-type": kind, "content-encoding": "identity"}
    answer = await office.http.post("/auth/login", content=json.dumps(LOGIN).encode(), headers=headers)
    assert answer.json()["code"] == "auth.wrong_credentials"


async def test_no_body_where_one_is_needed(office: Office) -> None:
    assert (await office.stranger.post("/auth/login")).status_code == 415
    assert (await office.stranger.post("/auth/login", b"")).status_code == 400


async def test_a_large_body_is_refused_whether_announced_or_not(office: Office) -> None:
    async def drops() -> AsyncIterator[bytes]:
        for _ in range(300):
            yield b" " * 1024

    for content in (b" " * (256 * 1024 + 1), drops()):
        answer = await office.http.post("/auth/login", content=content, headers={"content-type": "application/json"})
        assert (answer.status_code, answer.json()["code"]) == (413, "request.too_large")
        assert answer.json()["limit"] == 256 * 1024
        assert answer.headers["connection"] == "close"


async def test_the_largest_body_is_read(office: Office) -> None:
    body = json.dumps(LOGIN).encode()
    answer = await office.stranger.post("/auth/login", body + b" " * (256 * 1024 - len(body)))
    assert answer.json()["code"] == "auth.wrong_credentials"


async def test_all_that_is_wrong_is_told_and_nothing_of_what_was_given(office: Office) -> None:
    given = {"email": 1, "companyId": "{0190a8f0-0000-7000-8000-000000000000}", "role": "ADMIN", "a/b~c": 0}
    answer = await office.stranger.post("/auth/login", given, headers={"accept-language": "en"})
    assert (answer.status_code, answer.json()["code"]) == (422, "request.invalid_fields")
    assert {(e["pointer"], e["code"], e["message"]) for e in answer.json()["errors"]} == {
        ("/email", "type", "It is of another type."),
        ("/password", "required", "It is required."),
        ("/companyId", "format", "It does not have the right form."),
        ("/role", "unknown", "It is not known."),
        ("/a~1b~0c", "unknown", "It is not known."),
    }
    assert "0190a8f0" not in answer.text


async def test_a_thousand_unknown_fields_are_not_a_thousand_sentences(office: Office) -> None:
    answer = await office.stranger.post("/auth/login", {str(number): 0 for number in range(5_000)})
    assert len(answer.json()["errors"]) == 100


@pytest.mark.parametrize("name", ["company_id", "refresh_token"])
async def test_fields_have_one_spelling(office: Office, name: str) -> None:
    answer = await office.stranger.post("/auth/login", LOGIN | {name: "x"})
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [(f"/{name}", "unknown")]


async def test_a_connection_that_breaks_off_gets_no_answer(office: Office) -> None:
    sent: list[object] = []

    async def receive() -> dict[str, object]:
        return {"type": "http.disconnect"}

    async def send(message: object) -> None:
        sent.append(message)

    transport = office.http._transport
    assert isinstance(transport, httpx.ASGITransport)
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/auth/login",
        "query_string": b"",
        "headers": [(b"content-type", b"application/json"), (b"content-length", b"10")],
    }
    await transport.app(scope, receive, send)
    assert sent == []


async def test_a_body_that_nobody_asked_for_is_left_alone(ana: Desk) -> None:
    assert (await ana.post("/auth/logout", b"nonsense")).status_code == 204
