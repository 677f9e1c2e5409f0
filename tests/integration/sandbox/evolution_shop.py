"""A shop on the EvolutionAPI sandbox: its instance, its webhook, its calls to the server, all over real HTTP."""

import json
from collections import deque
from typing import Any

import httpx
from attrs import define, field
from starlette.requests import Request
from starlette.responses import Response

from jaboti_entrypoints.sandbox.evolutionapi import EvolutionApiSandbox, Instance, Person, Webhook
from jaboti_entrypoints.sandbox.evolutionapi.knobs import Knobs
from jaboti_entrypoints.sandbox.evolutionapi.ledger import Ledger

NAME, TOKEN, OWN, GLOBAL = "loja aurora+1", "TOKEN-OF-SHOP", "554198800000", "sandbox-global-key"
PATH = "loja%20aurora%2B1"
MARINA = Person(phone="5511988887777", name="Marina")
JID = "5511988887777@s.whatsapp.net"
SECRET = {"authorization": "Bearer of-the-shop"}


@define(eq=False)
class EvolutionShop:
    """Keeps every webhook it is sent, and answers as told, else 200."""

    sandbox: EvolutionApiSandbox
    server: httpx.AsyncClient
    url: str = ""
    answers: deque[int] = field(factory=deque)
    posts: list[tuple[dict[str, Any], httpx.Headers, str]] = field(factory=list)

    @property
    def knobs(self) -> Knobs:
        return self.sandbox.knobs

    @property
    def ledger(self) -> Ledger:
        return self.sandbox.ledger

    @property
    def instance(self) -> Instance:
        return self.sandbox.platform.instances.get(NAME)

    async def receive(self, request: Request) -> Response:
        body = json.loads(await request.body())
        self.posts.append((body, httpx.Headers(request.headers.raw), request.url.path))
        return Response(status_code=self.answers.popleft() if self.answers else 200)

    async def send(self, verb: str = "sendText", **body: Any) -> httpx.Response:
        """A text to Marina, unless it is something else."""
        asked = {"number": MARINA.phone, "text": "Olá"} if verb == "sendText" else {"number": MARINA.phone}
        return await self.server.post(f"/message/{verb}/{PATH}", json=asked | body)

    def hears(self, content: Any = "Oi", person: Person = MARINA, **more: Any) -> str:
        """Marina writes; returns the message's id."""
        return self.sandbox.client_writes(NAME, person, content, **more)

    async def settled(self) -> bool:
        return await self.sandbox.settled()

    def events(self, *names: str) -> list[dict[str, Any]]:
        """What was told of these events, oldest first."""
        return [body for body, _, _ in self.posts if body["event"] in names]

    def data(self, name: str) -> list[Any]:
        return [body["data"] for body in self.events(name)]

    async def begin(self) -> None:
        """As on the first day."""
        await self.sandbox.reset()
        for instance in self.sandbox.platform.instances:
            self.sandbox.platform.instances.remove(instance.name)
        hook = Webhook(url=self.url, headers=SECRET)
        self.sandbox.connect(Instance(name=NAME, token=TOKEN, own=OWN, webhook=hook))
        self.answers.clear()
        self.posts.clear()
