"""What every answer of the server has in common: an id, safe headers, and problems instead of crashes."""

import time

import structlog
from attrs import define
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from jaboti_domain.kernel.errors import Refusal
from jaboti_entrypoints.errors import (
    MethodNotAllowed,
    NoSuchRoute,
    TooLarge,
    Unexpected,
    Unreadable,
    UnsupportedMediaType,
)
from jaboti_entrypoints.metrics import ELSEWHERE, Metrics
from jaboti_entrypoints.rest import headers, rates
from jaboti_entrypoints.rest.answer import problem_answer

log = structlog.get_logger(__name__)

SAFE = (
    (b"x-content-type-options", b"nosniff"),
    (b"cache-control", b"no-store"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
)
"""Where an answer does not say otherwise."""

ROUTE = "jaboti.route"
"""Where in the scope the name of the route stands that answers."""
CUT_OFF = 499
"""The status of a request whose sender left before it was answered; nobody is told."""

_OF_STARLETTE = {404: NoSuchRoute, 413: TooLarge, 415: UnsupportedMediaType}


@define(eq=False)
class Edge:
    """The outermost layer. Refusals become problems; what nobody expected is logged, and told without details."""

    app: ASGIApp
    metrics: Metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()
        exchange = _Exchange(headers.request_id(scope), scope, send)
        await exchange.run(self.app, receive)
        route = scope.get(ROUTE, ELSEWHERE)
        self.metrics.answered(scope["method"], route, exchange.status, time.perf_counter() - began)


@define(eq=False)
class _Exchange:
    request_id: str
    _scope: Scope
    _send: Send
    status: int = CUT_OFF
    _begun: bool = False

    async def run(self, app: ASGIApp, receive: Receive) -> None:
        scope = self._scope
        tokens = structlog.contextvars.bind_contextvars(request_id=self.request_id)
        try:
            await app(scope, receive, self.send)
        except ClientDisconnect:
            return
        except Exception as error:
            if self._begun:
                raise
            await problem_answer(_refusal(error, scope), scope, self.request_id).send(self.send)
        finally:
            structlog.contextvars.reset_contextvars(**tokens)

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._begun, self.status = True, message["status"]
            named = message.get("headers", ())
            given = {name for name, _ in named}
            missing = [safe for safe in SAFE if safe[0] not in given]
            left = self._scope.get(rates.LEFT, ())
            message["headers"] = [*named, *missing, *left, (b"x-request-id", self.request_id.encode())]
        await self._send(message)


def _refusal(error: Exception, scope: Scope) -> Refusal:
    match error:
        case Refusal():
            return error
        case HTTPException(status_code=405):
            return MethodNotAllowed(allow=(error.headers or {}).get("Allow", ""))
        case HTTPException(status_code=status) if status < 500:
            return _OF_STARLETTE.get(status, Unreadable)()
    log.error("request.failed", method=scope["method"], path=scope["path"], exc_info=error)
    return Unexpected()
