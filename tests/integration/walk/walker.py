"""Somebody in every role who walks over the routes: each by the least role that may, and not by the one below."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import httpx
from attrs import define, field, frozen
from websockets.asyncio.client import connect

from jaboti_domain.kernel.actor import Role
from jaboti_entrypoints.rehearsal.people import PASSWORD, Attendant, Plan
from tests.integration.faults.letters import Letter
from tests.integration.realtime.house import Tab
from tests.integration.walk.table import ROLES, Row, bare
from tests.unit.rest.document import must_conform

AURORA, HORIZONTE = "Padaria Aurora", "Oficina Horizonte"
EMAILS: Mapping[Role, str] = {role: f"{role.value.lower()}@aurora.example" for role in Role}
PEOPLE = Plan(
    companies={AURORA: (), HORIZONTE: ()},
    attendants=[
        Attendant(name=role.value.title(), email=email, roles={AURORA: role}) for role, email in EMAILS.items()
    ],
)
BELOW: Mapping[Role, Role | None] = {
    Role.OPERATOR: None,
    Role.SUPERVISOR: Role.OPERATOR,
    Role.ADMIN: Role.SUPERVISOR,
}
Node = dict[str, Any]


@frozen
class Picture:
    """A body that is a form with this file."""

    name: str
    content: bytes


@frozen
class SignedIn:
    """What signing in gave."""

    access: str
    refresh: str
    user_id: str


@define(eq=False)
class Walker:
    """Asks the servers in turn; every answer is held against the document. A supervisor listens at each server."""

    http: httpx.AsyncClient
    servers: Sequence[str]
    tabs: Sequence[Tab] = ()
    desks: dict[Role, SignedIn] = field(factory=dict)
    walked: set[Row] = field(factory=set)
    _turn: int = 0

    async def sign_in(self, email: str, password: str = PASSWORD) -> SignedIn:
        """By the route of the table."""
        given = (await self.go("POST", "/auth/login", body={"email": email, "password": password})).json()
        return SignedIn(given["accessToken"], given["refreshToken"], given["user"]["id"])

    async def go(
        self, method: str, path: str, *, body: Any = None, by: str | None = None, tells: str | None = None, **query: str
    ) -> httpx.Response:
        """Ask as the least role (or with the token `by`), once it was refused below; what is told is told elsewhere."""
        row = _row(method, path)
        role = ROLES[row]
        if role is not None:
            below = BELOW[role]
            refused = await self.ask(method, path, self.desks[below].access if below else None, body, query)
            assert refused.status_code == (403 if below else 401), (row, refused.text)
        answer = await self.ask(method, path, by or (self.desks[role].access if role else None), body, query)
        assert answer.is_success, (row, answer.status_code, answer.text)
        self.walked.add(row)
        if tells is not None:
            subject = path.split("/")[2] if path.count("/") > 1 else answer.json()["id"]
            await self.told(tells, subject)
        return answer

    async def ask(
        self, method: str, path: str, token: str | None, body: Any = None, query: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """Whatever the next server answers."""
        self._turn += 1
        headers = {"authorization": f"Bearer {token}"} if token else {}
        given: Node = {"content": body}
        if isinstance(body, bytes):
            headers["content-type"] = "text/csv"
        elif isinstance(body, Picture):
            given = {"files": {"file": (body.name, body.content, "image/png")}}
        elif body is not None:
            given = {"json": body}
        url = self.servers[self._turn % len(self.servers)] + path
        return await self.http.request(method, url, params=query or None, headers=headers, **given)

    async def bring(self, brought: Letter) -> None:
        """A webhook comes to the next server."""
        self._turn += 1
        url = self.servers[self._turn % len(self.servers)] + brought.path
        async with httpx.AsyncClient(trust_env=False) as platform:
            answer = await platform.post(url, content=brought.body, headers=dict(brought.headers))
        assert answer.status_code == 200, answer.text

    async def told(self, event: str, subject: str, *, at: int | None = None) -> Node:
        """The event about the subject, heard at this server, or else at one that was not asked last."""
        tab = self.tabs[(self._turn + 1) % len(self.tabs) if at is None else at]
        seen = 0
        while True:
            for each in tab.events[seen:]:
                seen += 1
                if each["event"] == event and subject in json.dumps(each["data"]):
                    return each
            await tab.frame()


def _row(method: str, path: str) -> Row:
    parts = ["{}" if any(c.isdigit() for c in part) else part for part in path.split("/")]
    return method, bare("/".join(parts))


@asynccontextmanager
async def walking(servers: Sequence[str]) -> AsyncIterator[Walker]:
    """Everybody has signed in, and the supervisor listens."""
    async with AsyncExitStack() as stack:
        hooks = {"response": [must_conform]}
        http = await stack.enter_async_context(httpx.AsyncClient(trust_env=False, timeout=10, event_hooks=hooks))
        walker = Walker(http, servers)
        for role, email in EMAILS.items():
            walker.desks[role] = await walker.sign_in(email)
        token = walker.desks[Role.SUPERVISOR].access
        walker.tabs = [await stack.enter_async_context(_listening(server, token)) for server in servers]
        yield walker


@asynccontextmanager
async def _listening(server: str, token: str) -> AsyncIterator[Tab]:
    address = server.replace("http", "ws", 1) + "/ws"
    async with connect(address, compression=None, proxy=None, max_queue=None) as socket:
        tab = Tab(socket)
        await tab.send(type="auth", token=token, resume=None)
        tab.ready = await tab.frame()
        yield tab
