"""What every answer has in common: ids, safe headers, problems for whatever is asked."""

import re

import httpx
import pytest
import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route as StarletteRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from jaboti_domain.kernel.errors import TooMany, Unavailable
from jaboti_entrypoints.rest.app import ROUTES, create_app
from jaboti_entrypoints.rest.edge import Edge
from jaboti_entrypoints.rest.route import Access
from tests.unit.rest.office import Desk, Office

IDS = [
    "0",
    "-1",
    "2147483648",
    "true",
    "1.0",
    "{$gt: 0}",
    "9" * 4301,
    "٠١٩٠",
    "..%2f..%2fetc",
    "%2e%2e",
    "{0190a8f0-0000-7000-8000-000000000000}",
    "urn:uuid:0190a8f0-0000-7000-8000-000000000000",
    "0190a8f000007000800000000000000a",
    "0190a8f0-0000-7000-8000-00000000000",
    "0190a8f0-0000-7000-8000-000000000000%00",
    "٠190a8f0-0000-7000-8000-000000000000",
    "{}",
    "%7B%7D",
    " ",
    "",
]


@pytest.mark.parametrize("strange", IDS)
async def test_what_is_no_id_is_not_found(sofia: Desk, strange: str) -> None:
    for route in ROUTES:
        for name in route.parameters:
            path = route.path.replace(f"{{{name}}}", strange)
            answer = await sofia.get(path) if route.method == "GET" else await sofia.post(path, {})
            assert (answer.status_code, answer.json()["code"]) == (404, "request.no_such_route"), path


async def test_ids_may_be_written_in_capitals(office: Office, sofia: Desk) -> None:
    chat = await office.scene.a_chat()
    assert (await sofia.get(f"/chats/{str(chat.id).upper()}")).json()["id"] == str(chat.id)


@pytest.mark.parametrize("path", ["/", "/chat", "/chats/", "//chats", "/chats/counts/", "/admin", "/%00", "/CHATS"])
async def test_where_nothing_is_nothing_is_found(ana: Desk, path: str) -> None:
    answer = await ana.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "request.no_such_route")
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("method", ["TRACE", "OPTIONS", "PUT", "PATCH", "DELETE", "CONNECT", "BREW"])
async def test_a_method_that_is_not_known_is_told_which_are(office: Office, method: str) -> None:
    answer = await office.http.request(method, "/chats")
    assert (answer.status_code, answer.json()["code"]) == (405, "request.method_not_allowed")
    assert answer.headers["allow"] == "GET, HEAD, POST"


async def test_a_method_is_not_overridden(office: Office) -> None:
    answer = await office.http.get("/auth/login", headers={"x-http-method-override": "POST"})
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


async def test_head_is_get_without_the_body(office: Office, ana: Desk) -> None:
    got = await ana.get("/chats/counts")
    answer = await office.http.head("/chats/counts", headers=ana.headers)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == got.headers["content-length"]


INVALID = 'Bearer realm="jaboti", error="invalid_token"'


@pytest.mark.parametrize(
    ("given", "challenge"),
    [
        (None, 'Bearer realm="jaboti"'),
        (b"", INVALID),
        (b"Bearer", INVALID),
        (b"Bearer ", INVALID),
        (b"Basic YTpi", INVALID),
        (b"Bearer a b", INVALID),
        (b"Bearer  a", INVALID),
        (b"Bearer a.b.c", INVALID),
        (b"Bearer \xe7", INVALID),
        (b"Bearer " + b"a" * 100_000, INVALID),
    ],
)
async def test_without_a_good_token_nobody_gets_in(office: Office, given: bytes | None, challenge: str) -> None:
    headers = [(b"authorization", given)] if given is not None else []
    for route in ROUTES:
        if route.access is Access.ANYONE:
            continue
        path = re.sub(r"\{\w+\}", "0190a8f0-0000-7000-8000-000000000000", route.path)
        answer = await office.http.request(route.method, path, headers=headers)
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, challenge), path


async def test_two_tokens_are_none(office: Office, ana: Desk) -> None:
    token = ana.headers["authorization"]
    answer = await office.http.get("/chats", headers=[("authorization", token), ("authorization", token)])
    assert (answer.status_code, answer.json()["code"]) == (401, "auth.invalid_token")
    assert answer.headers["www-authenticate"] == 'Bearer realm="jaboti", error="invalid_token"'


async def test_the_scheme_is_read_in_any_case(office: Office, ana: Desk) -> None:
    token = ana.headers["authorization"].removeprefix("Bearer ")
    assert (await office.http.get("/chats", headers={"authorization": f"bEARER {token}"})).status_code == 200


async def test_problems_are_told_in_the_language_that_is_preferred(office: Office) -> None:
    portuguese = await office.http.get("/chats")
    english = await office.http.get("/chats", headers={"accept-language": "en-US,en;q=0.9"})
    assert portuguese.json()["detail"] == "É preciso se autenticar."
    assert english.json()["detail"] == "Authentication is needed."
    assert (portuguese.headers["content-language"], english.headers["content-language"]) == ("pt-BR", "en")
    assert english.headers["vary"] == "Accept-Language"


async def test_a_sane_request_id_is_kept(office: Office) -> None:
    answer = await office.http.get("/chats", headers={"x-request-id": "front-end_42:a/b"})
    assert answer.headers["x-request-id"] == answer.json()["requestId"] == "front-end_42:a/b"


@pytest.mark.parametrize("given", [b"", b"a b", b"x" * 129, b"\xe7", b"a\tb"])
async def test_a_strange_request_id_is_replaced(office: Office, given: bytes) -> None:
    answer = await office.http.get("/health/live", headers=[(b"x-request-id", given)])
    assert len(answer.headers["x-request-id"]) == 32


async def test_two_request_ids_are_none(office: Office) -> None:
    answer = await office.http.get("/health/live", headers=[("x-request-id", "a"), ("x-request-id", "b")])
    assert answer.headers.get_list("x-request-id") not in (["a"], ["b"])


async def test_every_answer_has_safe_headers(office: Office, ana: Desk) -> None:
    for answer in (await ana.get("/chats"), await ana.get("/nothing"), await office.http.get("/health/live")):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


async def failing(request: Request) -> Response:
    """What may go wrong in what others mount."""
    raise {"busy": TooMany(retry_after=2.5), "away": Unavailable(), "bug": ZeroDivisionError("password=1234")}[
        request.path_params["how"]
    ]


async def refusing(request: Request) -> Response:
    raise HTTPException(int(request.path_params["status"]))


def mounted(office: Office) -> httpx.AsyncClient:
    """An application with more routes."""
    extra = [StarletteRoute("/fail/{how}", failing), StarletteRoute("/refuse/{status}", refusing, methods=["GET"])]
    app = create_app(office.application, extra_routes=extra)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://jaboti.test")


@pytest.mark.parametrize(("how", "status", "wait"), [("busy", 429, "3"), ("away", 503, "1")])
async def test_who_has_to_wait_is_told_how_long(office: Office, how: str, status: int, wait: str) -> None:
    answer = await mounted(office).get(f"/fail/{how}")
    assert (answer.status_code, answer.headers["retry-after"]) == (status, wait)


async def test_what_nobody_expected_is_logged_and_told_without_details(office: Office) -> None:
    with structlog.testing.capture_logs() as logged:
        answer = await mounted(office).get("/fail/bug", headers={"x-request-id": "r-1"})
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert "1234" not in answer.text
    assert "ZeroDivision" not in answer.text
    [entry] = logged
    assert (entry["event"], entry["path"], entry["log_level"]) == ("request.failed", "/fail/bug", "error")
    assert isinstance(entry["exc_info"], ZeroDivisionError)


@pytest.mark.parametrize(
    ("path", "status"), [("/refuse/404", 404), ("/refuse/413", 413), ("/refuse/415", 415), ("/refuse/400", 400)]
)
async def test_what_starlette_refuses_is_told_like_ours(office: Office, path: str, status: int) -> None:
    answer = await mounted(office).get(path)
    assert (answer.status_code, answer.json()["status"]) == (status, status)
    assert set((await mounted(office).put(path)).headers["allow"].split(", ")) == {"GET", "HEAD"}


async def test_an_answer_that_breaks_in_the_middle_is_left_to_the_server() -> None:
    async def breaking(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise ZeroDivisionError

    sent: list[Message] = []
    with pytest.raises(ZeroDivisionError):
        await _run(Edge(breaking), sent)
    assert [message["type"] for message in sent] == ["http.response.start"]


async def test_the_request_id_is_in_every_line_of_the_log() -> None:
    seen: list[object] = []

    async def looking(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(structlog.contextvars.get_contextvars()["request_id"])
        await PlainTextResponse("ok")(scope, receive, send)

    await _run(Edge(looking), [])
    assert seen == ["r-1"]
    assert structlog.contextvars.get_contextvars() == {}


async def _run(app: ASGIApp, sent: list[Message]) -> None:
    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": [(b"x-request-id", b"r-1")]}
    await app(scope, receive, send)
