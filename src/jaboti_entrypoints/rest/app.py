"""The HTTP application: our routes, and whatever else is mounted beside them."""

from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Lifespan

from jaboti_entrypoints.application import Application
from jaboti_entrypoints.rest import attending, audit, chats, dashboard, health, messages, sessions
from jaboti_entrypoints.rest.dispatch import RestRoutes
from jaboti_entrypoints.rest.docs import documentation_routes
from jaboti_entrypoints.rest.edge import Edge
from jaboti_entrypoints.rest.openapi import openapi_document
from jaboti_entrypoints.rest.route import Route

ROUTES: Sequence[Route[Any]] = (
    *sessions.ROUTES,
    *chats.ROUTES,
    *messages.ROUTES,
    *attending.ROUTES,
    *audit.ROUTES,
    *dashboard.ROUTES,
    *health.ROUTES,
)
BODY_LIMIT = 256 * 1024


def create_app(
    application: Application,
    *,
    routes: Sequence[Route[Any]] = ROUTES,
    extra_routes: Sequence[BaseRoute] = (),
    lifespan: Lifespan[Starlette] | None = None,
    body_limit: int = BODY_LIMIT,
) -> Starlette:
    """An ASGI application over `application`; `extra_routes` are asked where no route of ours has the path.

    Whatever they raise is answered like our own refusals.
    """
    rest = RestRoutes(application, [*routes, *_documentation(routes)], body_limit=body_limit)
    app = _Server(routes=[rest, *extra_routes], lifespan=lifespan)
    app.router.redirect_slashes = False
    return app


class _Server(Starlette):
    """Starlette with one layer of ours in the place of its two for errors."""

    def build_middleware_stack(self) -> ASGIApp:
        app: ASGIApp = self.router
        for layer, args, kwargs in reversed(self.user_middleware):
            app = layer(app, *args, **kwargs)
        return Edge(app)


def _documentation(routes: Sequence[Route[Any]]) -> list[Route[None]]:
    @cache
    def document() -> bytes:
        return msgspec.json.encode(openapi_document(routes, version=version("jaboti")))

    return documentation_routes(document)
