"""The control plane: what a test does to the platform in its own process, over HTTP.

A request that can't be understood is 422 with `{"error": "..."}`, an unknown number or message 404.
"""

import json
from base64 import b64decode
from typing import Any, Literal, TypeVar

import msgspec
from attrs import frozen
from msgspec import Struct
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from jaboti_entrypoints.sandbox.cloudapi.contents import FILES
from jaboti_entrypoints.sandbox.cloudapi.graph import SUCCESS, answer
from jaboti_entrypoints.sandbox.cloudapi.incoming import Writing
from jaboti_entrypoints.sandbox.cloudapi.numbers import SandboxNumber
from jaboti_entrypoints.sandbox.cloudapi.peers import Peer
from jaboti_entrypoints.sandbox.cloudapi.sandbox import CloudApiSandbox

PREFIX = "/__sandbox"
T = TypeVar("T")


class FailNext(Struct, forbid_unknown_fields=True):
    code: int
    count: int = 1
    mode: Literal["sync", "async"] | None = None
    retry_after: float | None = None


class HangNext(Struct, forbid_unknown_fields=True):
    count: int = 1
    seconds: float | None = None


class ResetNext(Struct, forbid_unknown_fields=True):
    count: int = 1


class Written(Struct, forbid_unknown_fields=True, kw_only=True, rename={"wa_id": "from"}):
    """What a client writes. `content` is words, or Meta's object of a message; a file's `data` is base64."""

    number: str
    wa_id: str | None = None
    user_id: str | None = None
    name: str | None = None
    username: str | None = None
    content: str | dict[str, Any]
    at: float | None = None
    reply_to: str | None = None
    wamid: str | None = None

    def writing(self) -> Writing:
        """The same, for `Clients.write`."""
        peer = Peer(self.wa_id, self.user_id, self.name, self.username)
        if not peer.address:
            raise ValueError("from or user_id is required")
        content = self.content if isinstance(self.content, str) else _with_bytes(self.content)
        return Writing(
            number=self.number, peer=peer, content=content, at=self.at, reply_to=self.reply_to, wamid=self.wamid
        )


class Reported(Struct, forbid_unknown_fields=True):
    wamid: str
    status: str
    code: int | None = None


class Announced(Struct, forbid_unknown_fields=True):
    number: str
    field: str
    value: dict[str, Any]


@frozen
class ControlRoutes:
    """`/__sandbox/...`."""

    sandbox: CloudApiSandbox

    def routes(self) -> list[Route]:
        """All of them."""
        return [
            Route("/numbers", self.list_numbers, methods=["GET"]),
            Route("/numbers", self.connect, methods=["POST"]),
            Route("/numbers/{number}", self.disconnect, methods=["DELETE"]),
            Route("/numbers/{number}/verify", self.verify, methods=["POST"]),
            Route("/knobs", self.show_knobs, methods=["GET"]),
            Route("/knobs", self.turn_knobs, methods=["POST"]),
            Route("/inbound", self.write, methods=["POST"]),
            Route("/statuses", self.report, methods=["POST"]),
            Route("/webhooks", self.announce, methods=["POST"]),
            Route("/ledger", self.ledger, methods=["GET"]),
            Route("/sent", self.sent, methods=["GET"]),
            Route("/doubled", self.doubled, methods=["GET"]),
            Route("/undelivered", self.undelivered, methods=["GET"]),
            Route("/items", self.items, methods=["GET"]),
            Route("/counters", self.counters, methods=["GET"]),
            Route("/settled", self.settled, methods=["GET"]),
            Route("/reset", self.reset, methods=["POST"]),
        ]

    async def list_numbers(self, _: Request) -> Response:
        """Every number, secrets and all."""
        return answer(list(self.sandbox.platform.numbers))

    async def connect(self, request: Request) -> Response:
        """Adds or changes a number."""
        number = await _read(request, SandboxNumber)
        self.sandbox.connect(number)
        return answer(number)

    async def disconnect(self, request: Request) -> Response:
        """Takes a number away."""
        self.sandbox.platform.numbers.disconnect(request.path_params["number"])
        return answer(SUCCESS)

    async def verify(self, request: Request) -> Response:
        """Does the handshake with the number's webhook address."""
        return answer({"verified": await self.sandbox.verify_webhook(request.path_params["number"])})

    async def show_knobs(self, request: Request) -> Response:
        """Where the knobs of a number stand, or of all."""
        return answer(self.sandbox.knobs.of(request.query_params.get("number", "")))

    async def turn_knobs(self, request: Request) -> Response:
        """Sets knobs, and plans what becomes of the next sends."""
        positions = await _read(request, dict[str, Any])
        number = positions.pop("number", None)
        self._plan(number, positions)
        self.sandbox.knobs.turn(number, **positions)
        return answer(self.sandbox.knobs.of(number or ""))

    async def write(self, request: Request) -> Response:
        """A client writes; with `messages`, several in one POST."""
        body = await _read(request, dict[str, Any])
        written = msgspec.convert(body.get("messages", [body]), list[Written])
        return answer({"ids": self.sandbox.clients_write([each.writing() for each in written])})

    async def report(self, request: Request) -> Response:
        """Announces a status."""
        reported = await _read(request, Reported)
        self.sandbox.report(reported.wamid, reported.status, code=reported.code)
        return answer(SUCCESS)

    async def announce(self, request: Request) -> Response:
        """Delivers a webhook of any field."""
        announced = await _read(request, Announced)
        return answer({"name": self.sandbox.announce(announced.number, announced.field, announced.value)})

    async def ledger(self, request: Request) -> Response:
        """The lines after `since`."""
        return answer(self.sandbox.ledger.since(int(request.query_params.get("since", "0"))))

    async def sent(self, request: Request) -> Response:
        """The sends to one phone or user id."""
        return answer({"sends": self.sandbox.ledger.sent_to(request.query_params.get("to", ""))})

    async def doubled(self, _: Request) -> Response:
        """The sends accepted more than once, by callback data."""
        return answer({"doubled": self.sandbox.ledger.doubled()})

    async def undelivered(self, _: Request) -> Response:
        """The names of webhook items that nobody took yet."""
        return answer({"items": self.sandbox.ledger.undelivered()})

    async def items(self, _: Request) -> Response:
        """How every webhook item was answered, each time."""
        return answer({"items": self.sandbox.ledger.items})

    async def counters(self, _: Request) -> Response:
        """How much of everything there was, and how much is under way."""
        return answer(self.sandbox.ledger.counters() | {"pending": len(self.sandbox.platform.agenda)})

    async def settled(self, request: Request) -> Response:
        """Waits until nothing is under way."""
        within = float(request.query_params.get("within", "5"))
        return answer({"settled": await self.sandbox.settled(within=within)})

    async def reset(self, _: Request) -> Response:
        """Begins anew with the numbers it has."""
        await self.sandbox.reset()
        return answer(SUCCESS)

    def _plan(self, number: str | None, positions: dict[str, Any]) -> None:
        """Takes the plans out of the positions."""
        knobs = self.sandbox.knobs
        if "fail_next" in positions:
            fail = msgspec.convert(positions.pop("fail_next"), FailNext)
            knobs.fail_next(fail.code, fail.count, mode=fail.mode, retry_after=fail.retry_after, number=number)
        if "hang_next" in positions:
            hang = msgspec.convert(positions.pop("hang_next"), HangNext)
            knobs.hang_next(hang.count, seconds=hang.seconds, number=number)
        if "reset_next" in positions:
            knobs.reset_next(msgspec.convert(positions.pop("reset_next"), ResetNext).count, number=number)


async def misunderstood(_: Request, exc: Exception) -> Response:
    """The answer to a request of the control plane that can't be understood."""
    return answer({"error": str(exc)}, 422)


async def missing(_: Request, exc: Exception) -> Response:
    """The answer to a request about something that is not there."""
    return answer({"error": str(exc)}, 404)


def control_app(sandbox: CloudApiSandbox) -> Starlette:
    """The control plane of a sandbox."""
    handlers = {ValueError: misunderstood, msgspec.MsgspecError: misunderstood, LookupError: missing}
    return Starlette(routes=ControlRoutes(sandbox).routes(), exception_handlers=handlers)


async def _read(request: Request, shape: type[T]) -> T:
    # The standard library's parser: tests inject lone surrogates, which msgspec refuses.
    return msgspec.convert(json.loads(await request.body()), shape)


def _with_bytes(content: dict[str, Any]) -> dict[str, Any]:
    kind = content.get("type")
    file = content.get(kind) if kind in FILES else None
    if not isinstance(file, dict) or "data" not in file:
        return content
    return {**content, str(kind): {**file, "data": b64decode(file["data"])}}
