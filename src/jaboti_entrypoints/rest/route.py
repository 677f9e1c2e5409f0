"""A route as a value: what is asked, who may ask, what is answered. Routing and documentation read the same list."""

import re
from collections.abc import Awaitable, Callable, Mapping
from enum import Enum
from functools import cached_property
from typing import Generic, TypeVar
from uuid import UUID

from attrs import define, frozen
from pydantic import BaseModel
from starlette.types import Scope

from jaboti_domain.identity.use_cases.access import Identity
from jaboti_domain.kernel.actor import Actor, Operation
from jaboti_domain.kernel.errors import Unauthenticated
from jaboti_domain.media.model import StoredFile
from jaboti_entrypoints.application import Application
from jaboti_entrypoints.errors import Unreadable
from jaboti_entrypoints.rest import headers
from jaboti_entrypoints.rest.answer import Answer, Streamed
from jaboti_entrypoints.rest.wire import Given, Query

G = TypeVar("G")

_PARAMETER = re.compile(r"\{(\w+)\}")


class Access(Enum):
    """Who may use a route that no role is asked for."""

    ANYONE = "anyone"
    SIGNED_IN = "signed in"
    """Also those who have no company, or not selected one yet."""


class Header(Enum):
    """Headers that some routes read beside those that all do."""

    IF_MATCH = "If-Match"
    IDEMPOTENCY_KEY = "Idempotency-Key"


@frozen
class Upload:
    """A body that is no JSON, and is handed on as it is."""

    media_type: str
    limit: int
    """In bytes."""


@frozen
class FileUpload:
    """A form with one file, which is stored while it comes in."""

    limit: int
    """In bytes."""


@frozen
class GivenFile:
    """A file that was stored, and what its sender says of it."""

    stored: StoredFile
    declared: str | None
    filename: str | None


@define(eq=False)
class Call(Generic[G]):
    """One request, admitted and read: `given` is the body, or on routes without one the query."""

    application: Application
    scope: Scope
    ids: Mapping[str, UUID]
    """Those in the path, by the names that they have in the route's path."""
    given: G
    holder: Actor | Identity | None
    body: bytes = b""
    """Of an upload."""
    given_file: GivenFile | None = None
    """Of a form."""

    @property
    def actor(self) -> Actor:
        """Who asks; only on routes that ask for a role."""
        if not isinstance(self.holder, Actor):
            raise Unauthenticated()
        return self.holder

    @property
    def identity(self) -> Identity:
        """Who asks; only on routes for everyone who is signed in."""
        if not isinstance(self.holder, Identity):
            raise Unauthenticated()
        return self.holder

    @property
    def file(self) -> GivenFile:
        """What was brought; only on routes that take a file."""
        if self.given_file is None:
            raise Unreadable()
        return self.given_file

    def header(self, name: bytes) -> str:
        """A header by its name in lower case; empty when it was not given."""
        return headers.text(self.scope, name)

    def location(self, path: str) -> tuple[bytes, bytes]:
        """Where something that was made can be found."""
        return b"location", (self.scope.get("root_path", "") + path).encode()


@frozen(kw_only=True, slots=False)
class Route(Generic[G]):
    """One method of one path. Parameters of the path are ids."""

    method: str
    path: str
    endpoint: Callable[[Call[G]], Awaitable[Answer | Streamed]]
    access: Operation | Access
    """The operation that the role must allow, or who may ask at all."""
    request: type[G] | None = None
    """The wire model of the body (a Given) or of the query (a Query)."""
    upload: Upload | FileUpload | None = None
    """The body, where it is no JSON; `request` is then the query."""
    answers: Mapping[int, type[BaseModel] | str | None]
    """The wire model by status; a media type for what is no JSON, None for no body."""
    problems: tuple[int, ...] = ()
    """Statuses of the problems that only this route has; those that follow from its other fields go without saying."""
    headers: tuple[Header, ...] = ()
    answer_headers: tuple[str, ...] = ()
    recover: Callable[[Call[G], UUID], Awaitable[Answer]] | None = None
    """What to answer when the command was carried out on this subject, and the answer was lost."""
    tag: str
    summary: str
    description: str = ""
    documented: bool = True
    counted: bool = True
    """Whether a use of it counts against the caller's rate."""

    @cached_property
    def body(self) -> type[Given] | None:
        """The model of the body."""
        return self.request if self.request is not None and issubclass(self.request, Given) else None

    @cached_property
    def query(self) -> type[Query] | None:
        """The model of the query; None where nothing is looked at."""
        if self.request is not None and issubclass(self.request, Query):
            return self.request
        return None if self.access is Access.ANYONE else Query

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        """The names of the ids in the path."""
        return tuple(_PARAMETER.findall(self.path))

    @cached_property
    def template(self) -> str:
        """The path with every id written as `{}`."""
        return _PARAMETER.sub("{}", self.path)
