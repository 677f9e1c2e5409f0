"""What only a real connection can do wrong."""

import json
import socket
from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.integration.rest.conftest import Live

LOGIN = b'{"email": "a@example.com", "password": "a long enough password"}'


def ask(live: Live, request: bytes, *, then_close: bool = False) -> bytes:
    """Send these bytes; everything that comes back until the server closes or is quiet."""
    with socket.create_connection(("127.0.0.1", live.port), timeout=5) as connection:
        connection.sendall(request)
        if then_close:
            connection.shutdown(socket.SHUT_WR)
        answer = b""
        while not _is_whole(answer) and (got := connection.recv(65536)):
            answer += got
    return answer


def _is_whole(answer: bytes) -> bool:
    head, end, body = answer.partition(b"\r\n\r\n")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    return bool(end) and bool(lengths) and len(body) >= int(lengths[0].split(b":")[1])


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def post(*lines: bytes, body: bytes = LOGIN) -> bytes:
    named = (b"POST /auth/login HTTP/1.1", b"Host: x", b"Content-Type: application/json", *lines)
    return b"\r\n".join([*named, b"", body])


def test_a_body_in_chunks_is_read(live: Live) -> None:
    chunks = b"".join(b"1\r\n%c\r\n" % byte for byte in LOGIN) + b"0\r\n\r\n"
    answer = ask(live, post(b"Transfer-Encoding: chunked", body=chunks))
    assert (status(answer), b"auth.wrong_credentials" in answer) == (401, True)


def test_a_body_in_too_many_chunks_is_cut_off(live: Live) -> None:
    chunks = b"10000\r\n%b\r\n" % (b" " * 65536) * 5
    answer = ask(live, post(b"Transfer-Encoding: chunked", body=chunks))
    assert status(answer) == 413
    assert b"connection: close" in answer.lower()


def test_a_body_that_is_announced_as_too_large_is_not_waited_for(live: Live) -> None:
    answer = ask(live, post(b"Content-Length: 1000000", body=b"{"))
    assert status(answer) == 413


@pytest.mark.parametrize(
    "request_of",
    [
        lambda: post(b"Content-Length: 5", b"Content-Length: 6"),
        lambda: post(b"Content-Length: -1"),
        lambda: post(b"Content-Length: 1e3"),
        lambda: b"GET /chats HTTP/9.9\r\n\r\n",
        lambda: b"GET /chats\x00 HTTP/1.1\r\nHost: x\r\n\r\n",
        lambda: b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
)
def test_what_is_no_http_is_refused(live: Live, request_of: Callable[[], bytes]) -> None:
    answer = ask(live, request_of(), then_close=True)
    assert answer == b"" or status(answer) == 400


def test_a_body_that_breaks_off_harms_nobody(live: Live) -> None:
    assert ask(live, post(b"Content-Length: 10", body=b"{"), then_close=True) == b""
    assert status(ask(live, b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")) == 200


def test_two_tokens_are_none(live: Live) -> None:
    line = b"Authorization: Bearer " + live.token().encode()
    request = b"\r\n".join([b"GET /chats HTTP/1.1", b"Host: x", line, line, b"", b""])
    assert status(ask(live, request)) == 401
    assert status(ask(live, request.replace(line + b"\r\n", b"", 1))) == 200


def test_head_has_no_body(live: Live) -> None:
    answer = ask(live, b"HEAD /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", then_close=True)
    assert status(answer) == 200
    assert answer.endswith(b"\r\n\r\n")


@pytest.mark.parametrize("method", [b"TRACE", b"OPTIONS", b"PATCH", b"PROPFIND"])
def test_other_methods_are_told_so(live: Live, method: bytes) -> None:
    answer = ask(live, method + b" /chats HTTP/1.1\r\nHost: x\r\n\r\n")
    assert (status(answer), json.loads(answer.partition(b"\r\n\r\n")[2])["code"]) == (405, "request.method_not_allowed")


@pytest.mark.parametrize(
    "path", [b"/chats/..%2f..%2fetc/passwd", b"/chats/%00", b"/%ff", b"/chats/%c0%ae", b"//", b"/."]
)
def test_odd_paths_lead_nowhere(live: Live, path: bytes) -> None:
    assert status(ask(live, b"GET " + path + b" HTTP/1.1\r\nHost: x\r\n\r\n")) == 404


def test_several_requests_on_one_connection_are_answered_in_their_order(live: Live) -> None:
    one = b"GET /health/live HTTP/1.1\r\nHost: x\r\nX-Request-Id: %d\r\n\r\n"
    last = b"GET /nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Request-Id: 9\r\n\r\n"
    answer = ask_to_the_end(live, b"".join(one % number for number in range(3)) + last)
    ids = [line.split(b": ")[1] for line in answer.split(b"\r\n") if line.startswith(b"x-request-id")]
    assert ids == [b"0", b"1", b"2", b"9"]


def ask_to_the_end(live: Live, request: bytes) -> bytes:
    """Everything that comes back until the server closes."""
    with socket.create_connection(("127.0.0.1", live.port), timeout=5) as connection:
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def test_who_breaks_off_an_upload_leaves_nothing_and_harms_nobody(live: Live) -> None:
    """More than the first piece came, and then the connection was gone."""
    files = live.office.application.store_bytes.media_files
    company_id = live.office.scene.company_id
    lines = (
        b"POST /media HTTP/1.1",
        b"Host: x",
        b"Content-Type: multipart/form-data; boundary=b",
        b"Authorization: Bearer " + live.token().encode(),
        b"Content-Length: 5000000",
    )
    begun = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n' + bytes(300_000)
    with socket.create_connection(("127.0.0.1", live.port), timeout=5) as connection:
        connection.sendall(b"\r\n".join([*lines, b"", begun]))

    async def stored() -> list[str]:
        return [each async for each in files.older_than(company_id, live.office.scene.now() + timedelta(hours=1))]

    assert live.wait_for(stored()) == []
    assert status(ask(live, b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")) == 200


def test_a_file_that_is_announced_as_too_large_is_not_waited_for(live: Live) -> None:
    lines = (
        b"POST /media HTTP/1.1",
        b"Host: x",
        b"Content-Type: multipart/form-data; boundary=b",
        b"Authorization: Bearer " + live.token().encode(),
        b"Content-Length: 200000000",
    )
    answer = ask(live, b"\r\n".join([*lines, b"", b"--b"]))
    assert status(answer) == 413
    assert b"connection: close" in answer.lower()
