"""The control plane of the server: instances, what clients write, statuses and events at will."""

from base64 import b64decode
from typing import Any, Literal

import msgspec
from attrs import frozen
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from jaboti_entrypoints.sandbox.control import CommonRoutes, read
from jaboti_entrypoints.sandbox.evolutionapi.contents import MIME_TYPES, file
from jaboti_entrypoints.sandbox.evolutionapi.incoming import Writing
from jaboti_entrypoints.sandbox.evolutionapi.instances import Instance, Webhook
from jaboti_entrypoints.sandbox.evolutionapi.people import Person
from jaboti_entrypoints.sandbox.evolutionapi.sandbox import EvolutionApiSandbox
from jaboti_entrypoints.sandbox.manners import SUCCESS, answer


class FailNext(Struct, forbid_unknown_fields=True):
    status: int
    count: int = 1
    words: str = ""
    mode: Literal["sync", "async"] = "sync"
    retry_after: float | None = None


class Given(Struct, forbid_unknown_fields=True):
    """An instance that is open at once, tied to the phone `own`."""

    name: str
    token: str
    own: str
    webhook: Webhook = Webhook()


class Written(Struct, forbid_unknown_fields=True, kw_only=True, rename={"phone": "from"}):
    """What a client writes. `content` is words, or WhatsApp's object of a message; a file's `data` is base64."""

    instance: str
    phone: str | None = None
    lid: str | None = None
    name: str | None = None
    content: str | dict[str, Any]
    at: float | None = None
    reply_to: str | None = None
    id: str | None = None
    from_me: bool = False

    def writing(self) -> Writing:
        """The same, for `Clients.write`."""
        if not (self.phone or self.lid):
            raise ValueError("from or lid is required")
        return Writing(
            instance=self.instance,
            person=Person(self.phone, self.lid, self.name),
            content=_with_bytes(self.content),
            at=self.at,
            reply_to=self.reply_to,
            id=self.id,
            from_me=self.from_me,
        )


def _with_bytes(content: str | dict[str, Any]) -> str | dict[str, Any]:
    """The content with the file that its `data` holds in base64, where it has one."""
    if isinstance(content, str):
        return content
    kind, part = next(iter(content.items()), ("", None))
    if not isinstance(part, dict) or "data" not in part or kind.removesuffix("Message") not in MIME_TYPES:
        return content
    facts = {name: value for name, value in part.items() if name != "data"}
    return file(kind.removesuffix("Message"), b64decode(part["data"], validate=True), **facts)


class Changed(Struct, forbid_unknown_fields=True):
    instance: str
    id: str
    content: str | None = None


class Reported(Struct, forbid_unknown_fields=True):
    instance: str
    id: str
    status: str


class Announced(Struct, forbid_unknown_fields=True):
    instance: str
    event: str
    data: Any = None


class Scanned(Struct, forbid_unknown_fields=True):
    phone: str


class Dropped(Struct, forbid_unknown_fields=True):
    reason: int = 401


@frozen
class ControlRoutes(CommonRoutes):
    """`/__sandbox/...`."""

    sandbox: EvolutionApiSandbox

    def routes(self) -> list[BaseRoute]:
        """All of them."""
        return [
            Route("/instances", self.connect, methods=["POST"]),
            Route("/instances/{instance}", self.disconnect, methods=["DELETE"]),
            Route("/instances/{instance}/scan", self.scan, methods=["POST"]),
            Route("/instances/{instance}/drop", self.drop, methods=["POST"]),
            Route("/inbound", self.write, methods=["POST"]),
            Route("/edits", self.edit, methods=["POST"]),
            Route("/statuses", self.report, methods=["POST"]),
            Route("/webhooks", self.announce, methods=["POST"]),
            *super().routes(),
        ]

    def plan(self, number: str | None, positions: dict[str, Any]) -> None:
        """Takes the plans out of the positions, refusals with a status too."""
        if "fail_next" in positions:
            fail = msgspec.convert(positions.pop("fail_next"), FailNext)
            self.sandbox.knobs.fail_next(
                fail.status, fail.count, words=fail.words, mode=fail.mode, retry_after=fail.retry_after, number=number
            )
        super().plan(number, positions)

    async def connect(self, request: Request) -> Response:
        """Adds or changes an instance."""
        given = await read(request, Given)
        self.sandbox.connect(Instance(name=given.name, token=given.token, own=given.own, webhook=given.webhook))
        return answer(given)

    async def disconnect(self, request: Request) -> Response:
        """Takes an instance away."""
        self.sandbox.platform.instances.remove(request.path_params["instance"])
        return answer(SUCCESS)

    async def scan(self, request: Request) -> Response:
        """A phone scans the QR code."""
        self.sandbox.scan(request.path_params["instance"], (await read(request, Scanned)).phone)
        return answer(SUCCESS)

    async def drop(self, request: Request) -> Response:
        """WhatsApp ends the session."""
        self.sandbox.drop(request.path_params["instance"], (await read(request, Dropped)).reason)
        return answer(SUCCESS)

    async def write(self, request: Request) -> Response:
        """A client writes; with `messages`, several."""
        body = await read(request, dict[str, Any])
        written = msgspec.convert(body.get("messages", [body]), list[Written])
        return answer({"ids": [self.sandbox.clients.write(each.writing()) for each in written]})

    async def edit(self, request: Request) -> Response:
        """A message gets other words or, without `content`, is taken back."""
        changed = await read(request, Changed)
        if changed.content is None:
            self.sandbox.client_revokes(changed.instance, changed.id)
        else:
            self.sandbox.client_edits(changed.instance, changed.id, changed.content)
        return answer(SUCCESS)

    async def report(self, request: Request) -> Response:
        """Announces a status."""
        reported = await read(request, Reported)
        self.sandbox.report(reported.instance, reported.id, reported.status)
        return answer(SUCCESS)

    async def announce(self, request: Request) -> Response:
        """Delivers any event."""
        announced = await read(request, Announced)
        return answer({"name": self.sandbox.announce(announced.instance, announced.event, announced.data)})
