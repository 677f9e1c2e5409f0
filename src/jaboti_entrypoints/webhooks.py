"""Where the platforms tell us what happened. Answered with 200 only when what was told is durable."""

import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from uuid import UUID

import structlog
from attrs import frozen
from pydantic import SecretStr
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from jaboti_domain.integration.calls import Call, CallKind, CallOutcome, Direction
from jaboti_domain.integration.errors import BadSignature, IntegrationNotFound
from jaboti_domain.integration.messaging import Platform
from jaboti_domain.integration.model import Integration, Secret
from jaboti_domain.kernel.errors import Forbidden, Invalid, Refusal, Unavailable
from jaboti_domain.kernel.ids import IntegrationId, new_id
from jaboti_entrypoints.application import Application
from jaboti_entrypoints.errors import TooLarge, family_of

log = structlog.get_logger(__name__)
CLOUD_API_LIMIT = 3 * 1024 * 1024
"""Meta: a webhook's payload has at most 3 MB."""
EVOLUTION_API_LIMIT = 25 * 1024 * 1024
"""A file may come inside, in base64, and a picture's thumbnail as ten bytes for each of its own."""
_NAMES = {Platform.CLOUD_API: "cloudapi", Platform.EVOLUTION_API: "evolution"}


def webhook_path(platform: Platform, integration_id: IntegrationId) -> str:
    """Where a platform is to send what happens on an account."""
    return f"/webhooks/{_NAMES.get(platform, platform.value.lower())}/{integration_id}"


class WebhookTooLarge(TooLarge):
    """The webhook's body is larger than the platform ever sends."""

    code = "webhook.too_large"
    portuguese = "O corpo do webhook é maior do que a plataforma jamais envia."


class WrongVerifyToken(Forbidden):
    """The verify token is not the one that was agreed."""

    code = "webhook.wrong_verify_token"
    portuguese = "O token de verificação não é o combinado."


@frozen(kw_only=True)
class Webhooks:
    """The endpoints; `app_secret` and `verify_token` are those of the Meta app that several companies share."""

    application: Application
    app_secret: SecretStr | None = None
    verify_token: SecretStr | None = None

    def routes(self) -> list[BaseRoute]:
        """To be mounted beside the API's."""
        own, of_event = "/{integration_id}", "/{integration_id}/{event_name}"
        return [
            _route("POST", "/webhooks/cloudapi" + own, self.receive),
            _route("GET", "/webhooks/cloudapi" + own, self.verify),
            _route("POST", "/webhooks/cloudapi", self.receive_shared),
            _route("GET", "/webhooks/cloudapi", self.verify_shared),
            _route("POST", "/webhooks/evolution" + own, self.receive_large),
            _route("POST", "/webhooks/evolution" + of_event, self.receive_large),
            _route("POST", "/webhooks/{platform}" + own, self.receive),
        ]

    async def receive(self, request: Request) -> Response:
        """POST: raises IntegrationNotFound, BadSignature, UnreadableWebhook, WebhookTooLarge, Unavailable."""
        return await self._receive(request, await _body(request, limit=CLOUD_API_LIMIT))

    async def receive_large(self, request: Request) -> Response:
        """The same for a platform that proves itself by a header alone: what strangers send is not even read."""
        integration = await self._integration(_integration_id(request))
        with self._strangers_noticed(integration.id):
            self.application.channels[integration.platform].verify(integration, _headers(request), b"")
        return await self._receive(request, await _body(request, limit=EVOLUTION_API_LIMIT))

    async def receive_shared(self, request: Request) -> Response:
        """POST of the shared app: raises BadSignature, UnreadableWebhook, WebhookTooLarge, Unavailable."""
        body, began = await _body(request, limit=CLOUD_API_LIMIT), time.monotonic()
        with self._strangers_noticed(None):
            self.application.verify_meta(_secret(self.app_secret), _headers(request), body)
        shared = await self.application.accept_shared_webhook(platform=Platform.CLOUD_API, body=body)
        for integration, items in shared.items:
            self._note(integration, began, items=items)
        if shared.unwanted:
            log.warning("webhook.unwanted_items", items=shared.unwanted)
        return Response(status_code=200)

    async def verify(self, request: Request) -> Response:
        """GET: Meta's handshake. Raises IntegrationNotFound, WrongVerifyToken."""
        integration = await self._integration(_integration_id(request))
        return self._challenge(request, integration.credential("verify_token"))

    async def verify_shared(self, request: Request) -> Response:
        """GET of the shared app. Raises WrongVerifyToken."""
        return self._challenge(request, _secret(self.verify_token))

    def _challenge(self, request: Request, expected: Secret) -> Response:
        answer = self.application.meta_challenge(request.query_params, expected)
        if answer is None:
            raise WrongVerifyToken()
        return PlainTextResponse(answer)

    async def _receive(self, request: Request, body: bytes) -> Response:
        integration_id, began = _integration_id(request), time.monotonic()
        accept = self.application.accept_webhook
        try:
            with self._strangers_noticed(integration_id):
                intake = await accept(integration_id=integration_id, headers=_headers(request), body=body)
        except BadSignature:
            raise
        except Refusal as refusal:
            await self._note_refusal(integration_id, refusal, began)
            raise
        self._note(intake.integration, began, items=intake.items)
        return Response(status_code=200)

    @contextmanager
    def _strangers_noticed(self, integration_id: IntegrationId | None) -> Iterator[None]:
        """What is not rightly signed is counted, and leaves no trace in the store."""
        try:
            yield
        except BadSignature:
            self.application.metrics.forged_webhooks.inc()
            log.warning("webhook.bad_signature", integration_id=str(integration_id) if integration_id else None)
            raise

    def _note(
        self, integration: Integration, began: float, *, items: int | None = None, refusal: Refusal | None = None
    ) -> None:
        refused = CallOutcome.FAILED if isinstance(refusal, Unavailable) else CallOutcome.REFUSED
        self.application.call_log.note(
            Call(
                id=new_id(),
                company_id=integration.company_id,
                integration_id=integration.id,
                platform=integration.platform,
                at=self.application.clock(),
                direction=Direction.IN,
                kind=CallKind.WEBHOOK,
                outcome=CallOutcome.OK if refusal is None else refused,
                http_status=200 if refusal is None else family_of(type(refusal)).status,
                latency_ms=round((time.monotonic() - began) * 1000),
                items=items,
                error_code=refusal.code if refusal else None,
                error_title=refusal.message if refusal else None,
            )
        )

    async def _note_refusal(self, integration_id: IntegrationId, refusal: Refusal, began: float) -> None:
        with suppress(Unavailable):
            integration = await self.application.directory.by_id(integration_id)
            if integration is not None:
                self._note(integration, began, refusal=refusal)

    async def _integration(self, integration_id: IntegrationId) -> Integration:
        integration = await self.application.directory.by_id(integration_id)
        if integration is None:
            raise IntegrationNotFound(integration_id=str(integration_id))
        return integration


Endpoint = Callable[[Request], Awaitable[Response]]


def _route(method: str, path: str, endpoint: Endpoint) -> Route:
    """An application of its own, for Starlette's way around a function takes as long as ours through it."""
    return Route(path, _Answering(endpoint), methods=[method])


@frozen
class _Answering:
    endpoint: Endpoint

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self.endpoint(Request(scope, receive))
        await response(scope, receive, send)


def _integration_id(request: Request) -> IntegrationId:
    text = request.path_params["integration_id"]
    try:
        parsed = UUID(text)
    except ValueError:
        raise IntegrationNotFound() from None
    if str(parsed) != text:
        raise IntegrationNotFound()
    return IntegrationId(parsed)


def _secret(setting: SecretStr | None) -> Secret:
    return Secret(setting.get_secret_value() if setting else "")


def _headers(request: Request) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, value in request.scope["headers"]:
        key = name.decode("latin-1")
        headers[key] = headers[key] + "," + value.decode("latin-1") if key in headers else value.decode("latin-1")
    return headers


async def _body(request: Request, *, limit: int) -> bytes:
    declared = request.headers.get("content-length", "0")
    if declared.isdecimal() and int(declared[:20]) > limit:
        raise WebhookTooLarge(limit=limit)
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > limit:
                raise WebhookTooLarge(limit=limit)
    except ClientDisconnect:
        raise Invalid(reason="the connection was cut") from None
    return bytes(body)
