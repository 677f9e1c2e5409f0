"""The part of the control plane that every platform has: what a test does to it in its own process, over HTTP.

A request that can't be understood is 422 with `{"error": "..."}`, something that is not there 404.
"""

import json
from collections.abc import Iterable
from typing import Any, Protocol, TypeVar

import msgspec
from attrs import frozen
from msgspec import Struct
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from jaboti_entrypoints.sandbox.knobs import Board
from jaboti_entrypoints.sandbox.ledger import Ledger
from jaboti_entrypoints.sandbox.manners import SUCCESS, answer

PREFIX = "/__sandbox"
T = TypeVar("T")


class Controlled(Protocol):
    """A platform's sandbox, as far as it is controlled like every other."""

    @property
    def ledger(self) -> Ledger[Any]: ...

    @property
    def knobs(self) -> Board[Any]: ...

    @property
    def under_way(self) -> int:
        """How many webhooks and statuses are yet to come to an end."""
        ...

    async def settled(self, *, within: float = 5.0) -> bool: ...

    async def reset(self) -> None: ...


class HangNext(Struct, forbid_unknown_fields=True):
    count: int = 1
    seconds: float | None = None


class ResetNext(Struct, forbid_unknown_fields=True):
    count: int = 1


@frozen
class CommonRoutes:
    """Ledger, knobs, and waiting."""

    sandbox: Controlled

    def routes(self) -> list[BaseRoute]:
        """All of them."""
        return [
            Route("/knobs", self.show_knobs, methods=["GET"]),
            Route("/knobs", self.turn_knobs, methods=["POST"]),
            Route("/ledger", self.ledger, methods=["GET"]),
            Route("/sent", self.sent, methods=["GET"]),
            Route("/doubled", self.doubled, methods=["GET"]),
            Route("/undelivered", self.undelivered, methods=["GET"]),
            Route("/items", self.items, methods=["GET"]),
            Route("/counters", self.counters, methods=["GET"]),
            Route("/settled", self.settled, methods=["GET"]),
            Route("/reset", self.reset, methods=["POST"]),
        ]

    async def show_knobs(self, request: Request) -> Response:
        """Where the knobs of an account stand, or of all."""
        return answer(self.sandbox.knobs.of(request.query_params.get("number", "")))

    async def turn_knobs(self, request: Request) -> Response:
        """Sets knobs, and plans what becomes of the next sends."""
        positions = await read(request, dict[str, Any])
        number = positions.pop("number", None)
        self.plan(number, positions)
        self.sandbox.knobs.turn(number, **positions)
        return answer(self.sandbox.knobs.of(number or ""))

    def plan(self, number: str | None, positions: dict[str, Any]) -> None:
        """Takes the plans out of the positions."""
        knobs = self.sandbox.knobs
        if "hang_next" in positions:
            hang = msgspec.convert(positions.pop("hang_next"), HangNext)
            knobs.hang_next(hang.count, seconds=hang.seconds, number=number)
        if "reset_next" in positions:
            knobs.reset_next(msgspec.convert(positions.pop("reset_next"), ResetNext).count, number=number)

    async def ledger(self, request: Request) -> Response:
        """The lines after `since`."""
        return answer(self.sandbox.ledger.since(int(request.query_params.get("since", "0"))))

    async def sent(self, request: Request) -> Response:
        """The sends to one phone or other address."""
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
        return answer(self.sandbox.ledger.counters() | {"pending": self.sandbox.under_way})

    async def settled(self, request: Request) -> Response:
        """Waits until nothing is under way."""
        within = float(request.query_params.get("within", "5"))
        return answer({"settled": await self.sandbox.settled(within=within)})

    async def reset(self, _: Request) -> Response:
        """Begins anew with the accounts it has."""
        await self.sandbox.reset()
        return answer(SUCCESS)


def control_app(routes: Iterable[BaseRoute]) -> Starlette:
    """The control plane of a sandbox."""
    handlers = {ValueError: _misunderstood, msgspec.MsgspecError: _misunderstood, LookupError: _missing}
    return Starlette(routes=list(routes), exception_handlers=handlers)


async def read(request: Request, shape: type[T]) -> T:
    """The request's JSON in this shape; msgspec.ValidationError or ValueError when it has another."""
    # The standard library's parser: tests inject lone surrogates, which msgspec refuses.
    return msgspec.convert(json.loads(await request.body()), shape)


async def _misunderstood(_: Request, exc: Exception) -> Response:
    return answer({"error": str(exc)}, 422)


async def _missing(_: Request, exc: Exception) -> Response:
    return answer({"error": str(exc)}, 404)
