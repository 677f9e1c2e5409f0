"""The control plane of the CloudAPI: numbers, what clients write, statuses and webhooks at will."""

from base64 import b64decode
from typing import Any, Literal

import msgspec
from attrs import frozen
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from jaboti_entrypoints.sandbox.cloudapi.contents import FILES
from jaboti_entrypoints.sandbox.cloudapi.incoming import Writing
from jaboti_entrypoints.sandbox.cloudapi.numbers import SandboxNumber
from jaboti_entrypoints.sandbox.cloudapi.peers import Peer
from jaboti_entrypoints.sandbox.cloudapi.sandbox import CloudApiSandbox
from jaboti_entrypoints.sandbox.control import CommonRoutes, read
from jaboti_entrypoints.sandbox.manners import SUCCESS, answer


class FailNext(Struct, forbid_unknown_fields=True):
    code: int
    count: int = 1
    mode: Literal["sync", "async"] | None = None
    retry_after: float | None = None


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
class ControlRoutes(CommonRoutes):
    """`/__sandbox/...`."""

    sandbox: CloudApiSandbox

    def routes(self) -> list[BaseRoute]:
        """All of them."""
        return [
            Route("/numbers", self.list_numbers, methods=["GET"]),
            Route("/numbers", self.connect, methods=["POST"]),
            Route("/numbers/{number}", self.disconnect, methods=["DELETE"]),
            Route("/numbers/{number}/verify", self.verify, methods=["POST"]),
            Route("/inbound", self.write, methods=["POST"]),
            Route("/statuses", self.report, methods=["POST"]),
            Route("/webhooks", self.announce, methods=["POST"]),
            *super().routes(),
        ]

    def plan(self, number: str | None, positions: dict[str, Any]) -> None:
        """Takes the plans out of the positions, Meta's own failures too."""
        if "fail_next" in positions:
            fail = msgspec.convert(positions.pop("fail_next"), FailNext)
            self.sandbox.knobs.fail_next(
                fail.code, fail.count, mode=fail.mode, retry_after=fail.retry_after, number=number
            )
        super().plan(number, positions)

    async def list_numbers(self, _: Request) -> Response:
        """Every number, secrets and all."""
        return answer(list(self.sandbox.platform.numbers))

    async def connect(self, request: Request) -> Response:
        """Adds or changes a number."""
        number = await read(request, SandboxNumber)
        self.sandbox.connect(number)
        return answer(number)

    async def disconnect(self, request: Request) -> Response:
        """Takes a number away."""
        self.sandbox.platform.numbers.disconnect(request.path_params["number"])
        return answer(SUCCESS)

    async def verify(self, request: Request) -> Response:
        """Does the handshake with the number's webhook address."""
        return answer({"verified": await self.sandbox.verify_webhook(request.path_params["number"])})

    async def write(self, request: Request) -> Response:
        """A client writes; with `messages`, several in one POST."""
        body = await read(request, dict[str, Any])
        written = msgspec.convert(body.get("messages", [body]), list[Written])
        return answer({"ids": self.sandbox.clients_write([each.writing() for each in written])})

    async def report(self, request: Request) -> Response:
        """Announces a status."""
        reported = await read(request, Reported)
        self.sandbox.report(reported.wamid, reported.status, code=reported.code)
        return answer(SUCCESS)

    async def announce(self, request: Request) -> Response:
        """Delivers a webhook of any field."""
        announced = await read(request, Announced)
        return answer({"name": self.sandbox.announce(announced.number, announced.field, announced.value)})


def _with_bytes(content: dict[str, Any]) -> dict[str, Any]:
    kind = content.get("type")
    file = content.get(kind) if kind in FILES else None
    if not isinstance(file, dict) or "data" not in file:
        return content
    return {**content, str(kind): {**file, "data": b64decode(file["data"])}}
