"""From a request to its route and back, with as few steps as there are."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from attrs import frozen
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from jaboti_domain.identity.use_cases.access import Identity
from jaboti_domain.kernel.actor import Actor
from jaboti_entrypoints.application import Application
from jaboti_entrypoints.errors import MethodNotAllowed, OtherCompany
from jaboti_entrypoints.rest.auth import admit
from jaboti_entrypoints.rest.body import must_be, read_bytes, read_given
from jaboti_entrypoints.rest.edge import ROUTE
from jaboti_entrypoints.rest.forms import read_form
from jaboti_entrypoints.rest.query import read_query
from jaboti_entrypoints.rest.rates import Rates
from jaboti_entrypoints.rest.repeats import Repeats
from jaboti_entrypoints.rest.route import Call, FileUpload, GivenFile, Route, Upload
from jaboti_entrypoints.rest.wire import Query

_ID = re.compile(
    r"(?<=/)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?=/|\Z)", re.IGNORECASE | re.ASCII
)
_FOUND = "jaboti.found"

Methods = Mapping[str, Route[Any]]
Place = tuple[str, int]
"""A path with its ids taken out, and how many there were."""


@frozen(eq=False)
class Found:
    """The routes of a path, and the ids in it."""

    methods: Methods
    ids: Sequence[str]
    name: str


class RestRoutes(BaseRoute):
    """All routes as one: a path is looked up once, however many there are."""

    def __init__(self, application: Application, routes: Iterable[Route[Any]], *, body_limit: int) -> None:
        self._application, self._body_limit = application, body_limit
        self._places = _table(routes)
        self._repeats = Repeats(application.command_log, application.seal)
        self._rates = Rates(application.limiter, application.pace)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Full for every path of ours, whatever the method."""
        if scope["type"] != "http":
            return Match.NONE, {}
        path = _path(scope)
        place = _ID.subn("{}", path)
        methods = self._places.get(place)
        if methods is None:
            return Match.NONE, {}
        return Match.FULL, {_FOUND: Found(methods, _ID.findall(path) if place[1] else (), place[0])}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Admit, read, do, answer. Raises refusals."""
        found: Found = scope[_FOUND]
        method = scope["method"]
        scope[ROUTE] = found.name
        route = found.methods.get("GET" if method == "HEAD" else method)
        if route is None:
            raise MethodNotAllowed(allow=_allowed(found.methods))
        call = await self._admitted(route, scope, receive, found.ids)
        answer = await self._repeats.answer(route, call)
        await answer.send(send, whole=method != "HEAD")

    async def _admitted(self, route: Route[Any], scope: Scope, receive: Receive, ids: Sequence[str]) -> Call[Any]:
        holder = await admit(self._application, scope, route.access)
        await self._rates.count(scope, holder, free=not route.counted)
        given: object = None
        if route.query is not None:
            given = query = read_query(scope, route.query)
            _must_be_active(query, holder)
        if route.body is not None:
            given = await read_given(scope, receive, route.body, limit=self._body_limit)
        body, file = b"", None
        if isinstance(route.upload, Upload):
            body = await read_upload(scope, receive, route.upload)
        elif route.upload is not None and isinstance(holder, Actor):
            file = await store_file(self._application, holder, scope, receive, route.upload)
        named = {name: UUID(id) for name, id in zip(route.parameters, ids, strict=True)}
        return Call(self._application, scope, named, given, holder, body, file)


async def read_upload(scope: Scope, receive: Receive, upload: Upload) -> bytes:
    """A body as it is. Raises UnsupportedMediaType, TooLarge."""
    must_be(scope, upload.media_type)
    return await read_bytes(scope, receive, limit=upload.limit)


async def store_file(
    application: Application, actor: Actor, scope: Scope, receive: Receive, upload: FileUpload
) -> GivenFile:
    """The file of a form, stored. Raises UnsupportedMediaType, TooLarge, Unreadable, InvalidFields, Unavailable."""
    file = await read_form(scope, receive, limit=upload.limit)
    stored = await application.store_bytes(actor, file.pieces())
    return GivenFile(stored, file.media_type, file.filename)


def _table(routes: Iterable[Route[Any]]) -> Mapping[Place, Methods]:
    places: dict[Place, dict[str, Route[Any]]] = {}
    for route in routes:
        methods = places.setdefault((route.template, len(route.parameters)), {})
        if route.method in methods:
            raise ValueError(f"two routes for {route.method} {route.path}")
        methods[route.method] = route
    return places


def _path(scope: Scope) -> str:
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", ""))


def _allowed(methods: Methods) -> str:
    return ", ".join(sorted({*methods, "HEAD"} if "GET" in methods else methods))


def _must_be_active(query: Query, holder: Actor | Identity | None) -> None:
    if query.company_id is None:
        return
    active = holder.company_id if isinstance(holder, Actor | Identity) else None
    if query.company_id != active:
        raise OtherCompany()
