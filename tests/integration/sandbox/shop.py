"""A shop on the CloudAPI sandbox: its number, its webhook, its calls to the Graph API, all over real HTTP."""

import asyncio
import json
from collections import deque
from collections.abc import Mapping
from typing import Any

import httpx
from attrs import define, field
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from jaboti_entrypoints.sandbox.cloudapi import CloudApiSandbox, Peer, SandboxNumber
from jaboti_entrypoints.sandbox.cloudapi.knobs import Knobs
from jaboti_entrypoints.sandbox.cloudapi.ledger import Ledger

PNID, WABA, TOKEN, SECRET, VERIFY = "106540352242922", "102290129340398", "token-of-shop", "secret-of-shop", "verify-me"
MARIA = Peer(wa_id="5541988887777", name="Maria")


def words(to: str = "5541988887777", body: str = "Oi", **more: Any) -> dict[str, Any]:
    """The body of a send: a text, unless `more` makes it something else."""
    return {"messaging_product": "whatsapp", "to": to, "type": "text", "text": {"body": body}, **more}


def error_of(answer: httpx.Response) -> tuple[int, int]:
    """The HTTP status and the code of a refusal."""
    return answer.status_code, answer.json()["error"]["code"]


@define(eq=False)
class Shop:
    """Keeps every webhook it is sent, and answers as told, else 200."""

    sandbox: CloudApiSandbox
    graph: httpx.AsyncClient
    url: str = ""
    answers: deque[int] = field(factory=deque)
    posts: list[tuple[bytes, httpx.Headers]] = field(factory=list)
    called: asyncio.Event = field(factory=asyncio.Event)

    @property
    def knobs(self) -> Knobs:
        return self.sandbox.knobs

    @property
    def ledger(self) -> Ledger:
        return self.sandbox.ledger

    @property
    def number(self) -> SandboxNumber:
        return SandboxNumber(PNID, WABA, "5511933334444", TOKEN, SECRET, self.url, VERIFY)

    async def receive(self, request: Request) -> Response:
        if request.method == "GET":
            known = request.query_params["hub.verify_token"] == VERIFY
            return PlainTextResponse(request.query_params["hub.challenge"], 200 if known else 403)
        self.posts.append((await request.body(), httpx.Headers(request.headers.raw)))
        self.called.set()
        return Response(status_code=self.answers.popleft() if self.answers else 200)

    async def send(self, message: dict[str, Any] | None = None) -> httpx.Response:
        return await self.graph.post(f"/v25.0/{PNID}/messages", json=message or words())

    def hears(self, content: str | Mapping[str, Any], **more: Any) -> str:
        """Maria writes; returns the message's id."""
        return self.sandbox.client_writes(PNID, MARIA, content, **more)

    async def settled(self) -> bool:
        return await self.sandbox.settled()

    def changes(self) -> list[dict[str, Any]]:
        bodies = (json.loads(raw) for raw, _ in self.posts)
        return [change for body in bodies for entry in body["entry"] for change in entry["changes"]]

    def values(self) -> list[dict[str, Any]]:
        return [change["value"] for change in self.changes()]

    def statuses(self) -> list[dict[str, Any]]:
        return [status for value in self.values() for status in value.get("statuses", ())]

    def messages(self) -> list[dict[str, Any]]:
        return [message for value in self.values() for message in value.get("messages", ())]

    async def begin(self) -> None:
        """As on the first day."""
        await self.sandbox.reset()
        for number in list(self.sandbox.platform.numbers):
            self.sandbox.platform.numbers.disconnect(number.phone_number_id)
        self.sandbox.platform.numbers.subscribe(WABA, wanted=True)
        self.sandbox.connect(self.number)
        self.answers.clear()
        self.posts.clear()
        self.called.clear()
