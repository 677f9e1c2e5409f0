"""The HTTP application: our routes, and whatever else is mounted beside them."""

from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Lifespan

from jaboti_entrypoints.application import Application
from jaboti_entrypoints.rest import (
    account,
    attending,
    audit,
    calls,
    chats,
    clients,
    companies,
    connections,
    costs,
    dashboard,
    dead_letters,
    departments,
    health,
    integrations,
    media,
    messages,
    notes,
    persons,
    privacy,
    sessions,
    sheets,
    users,
)
from jaboti_entrypoints.rest.dispatch import RestRoutes
from jaboti_entrypoints.rest.docs import documentation_routes
from jaboti_entrypoints.rest.edge import Edge
from jaboti_entrypoints.rest.openapi import openapi_document
from jaboti_entrypoints.rest.route import Route

ROUTES: Sequence[Route[Any]] = (
    *sessions.ROUTES,
    *account.ROUTES,
    *chats.ROUTES,
    *messages.ROUTES,
    *media.ROUTES,
    *attending.ROUTES,
    *integrations.ROUTES,
    *connections.ROUTES,
    *calls.ROUTES,
    *dead_letters.ROUTES,
    *costs.ROUTES,
    *companies.ROUTES,
    *departments.ROUTES,
    *users.ROUTES,
    *clients.ROUTES,
    *persons.ROUTES,
    *sheets.ROUTES,
    *privacy.ROUTES,
    *notes.ROUTES,
    *audit.ROUTES,
    *dashboard.ROUTES,
    *health.ROUTES,
)
PUBLIC: Sequence[Route[Any]] = (*ROUTES, health.METRICS)
"""With what Prometheus asks for, unless that has a port of its own."""
_EXPOSED = (
    "Accept-Ranges",
    "Content-Disposition",
    "Content-Range",
    "ETag",
    "Idempotency-Replayed",
    "Location",
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
    "WWW-Authenticate",
    "X-Request-Id",
)
BODY_LIMIT = 256 * 1024


def create_app(
    application: Application,
    *,
    routes: Sequence[Route[Any]] = PUBLIC,
    extra_routes: Sequence[BaseRoute] = (),
    lifespan: Lifespan[Starlette] | None = None,
    body_limit: int = BODY_LIMIT,
    origins: Sequence[str] = (),
) -> Starlette:
    """An ASGI application over `application`; `extra_routes` are asked where no route of ours has the path.

    Whatever they raise is answered like our own refusals. Pages from `origins` may ask and read the answers (CORS).
    """
    rest = RestRoutes(application, [*routes, *_documentation(routes)], body_limit=body_limit)
    app = _Server(routes=[rest, *extra_routes], lifespan=lifespan)
    app.state.metrics = application.metrics
    app.router.redirect_slashes = False
    if origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(origins),
            allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
            allow_headers=["*"],
            expose_headers=_EXPOSED,
            max_age=600,
        )
    return app


class _Server(Starlette):
    """Starlette with one layer of ours in the place of its two for errors."""

    def build_middleware_stack(self) -> ASGIApp:
        app: ASGIApp = self.router
        for layer, args, kwargs in reversed(self.user_middleware):
            app = layer(app, *args, **kwargs)
        return Edge(app, self.state.metrics)


def document_of(routes: Sequence[Route[Any]] = PUBLIC) -> bytes:
    """The OpenAPI document, as JSON."""
    return msgspec.json.encode(openapi_document(routes, version=version("jaboti")))


def _documentation(routes: Sequence[Route[Any]]) -> list[Route[None]]:
    @cache
    def document() -> bytes:
        return document_of(routes)

    return documentation_routes(document)
