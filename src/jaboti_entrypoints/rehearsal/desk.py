"""An attendant's browser: signed in, with a WebSocket, remembering what it was told."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import httpx
import msgspec
from attrs import define, field
from websockets.asyncio.client import ClientConnection, connect

from jaboti_entrypoints.rehearsal.people import PASSWORD

PATIENCE = 15.0

Frame = dict[str, Any]


class CommandRefused(Exception):
    """The server answered a command with a problem."""

    def __init__(self, problem: Frame) -> None:
        self.problem = problem
        super().__init__(f"{problem.get('code')}: {problem.get('detail')}")


@define(eq=False)
class Desk:
    """Talks to one server; `events` holds what came over the WebSocket, oldest first."""

    base_url: str
    http: httpx.AsyncClient
    token: str
    user_id: str
    events: list[Frame] = field(factory=list, init=False)
    ready: Frame = field(factory=dict, init=False)
    _socket: ClientConnection | None = field(default=None, init=False)
    _answers: dict[str, asyncio.Future[Frame]] = field(factory=dict, init=False)
    _refs: "itertools.count[int]" = field(factory=lambda: itertools.count(1), init=False)
    _told: asyncio.Condition = field(factory=asyncio.Condition, init=False)

    async def get(self, path: str, **params: str) -> Any:
        """The answer's JSON. Raises httpx.HTTPStatusError."""
        answer = await self.http.get(path, params=params, headers=self._headers)
        return answer.raise_for_status().json()

    async def post(self, path: str, body: Frame | None = None) -> httpx.Response:
        """Whatever was answered."""
        return await self.http.post(path, json=body or {}, headers=self._headers)

    async def bring(self, name: str, content: bytes) -> str:
        """The id of a file that was uploaded. Raises httpx.HTTPStatusError."""
        answer = await self.http.post("/media", files={"file": (name, content)}, headers=self._headers)
        return str(answer.raise_for_status().json()["id"])

    async def take(self, path: str) -> bytes:
        """A file. Raises httpx.HTTPStatusError."""
        return (await self.http.get(path, headers=self._headers)).raise_for_status().content

    async def command(self, kind: str, **fields: Any) -> Frame:
        """Send a command over the WebSocket; returns the acknowledgement's data. Raises CommandRefused."""
        assert self._socket is not None  # noqa: S101 - a desk without a socket gives no commands
        ref = f"r{next(self._refs)}"
        answer = self._answers[ref] = asyncio.get_running_loop().create_future()
        await self._socket.send(msgspec.json.encode({"type": kind, "ref": ref, **fields}).decode())
        frame = await asyncio.wait_for(answer, PATIENCE)
        if frame["type"] == "error":
            raise CommandRefused(frame["problem"])
        return dict(frame["data"] or {})

    async def told(self, wanted: Callable[[list[Frame]], bool], *, within: float = PATIENCE) -> bool:
        """Whether the events came to be as wanted, in time."""
        try:
            async with asyncio.timeout(within), self._told:
                await self._told.wait_for(lambda: wanted(self.events))
        except TimeoutError:
            return False
        return True

    @asynccontextmanager
    async def listening(self, resume: str | None = None) -> AsyncIterator["Desk"]:
        """With the WebSocket open, from now or from a cursor on."""
        url = self.base_url.replace("http", "ws", 1) + "/ws"
        async with connect(url, max_size=2**20, compression=None) as socket:
            await socket.send(msgspec.json.encode({"type": "auth", "token": self.token, "resume": resume}).decode())
            self.ready = msgspec.json.decode(await asyncio.wait_for(socket.recv(), PATIENCE))
            self._socket = socket
            listener = asyncio.create_task(self._listen(socket))
            try:
                yield self
            finally:
                listener.cancel()
                await asyncio.gather(listener, return_exceptions=True)
                self._socket = None

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    async def _listen(self, socket: ClientConnection) -> None:
        async for text in socket:
            frame: Frame = msgspec.json.decode(text)
            if frame["type"] == "event":
                self.events.append(frame)
                async with self._told:
                    self._told.notify_all()
            elif frame.get("ref") in self._answers:
                self._answers.pop(frame["ref"]).set_result(frame)


@asynccontextmanager
async def at_desk(base_url: str, email: str, *, company_id: str | None = None) -> AsyncIterator[Desk]:
    """Somebody who signs in and opens the WebSocket. Raises httpx.HTTPStatusError when they are not let in."""
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(httpx.AsyncClient(base_url=base_url, timeout=PATIENCE))
        credentials = {"email": email, "password": PASSWORD} | ({"companyId": company_id} if company_id else {})
        answer = (await http.post("/auth/login", json=credentials)).raise_for_status().json()
        desk = Desk(base_url, http, answer["accessToken"], answer["user"]["id"])
        yield await stack.enter_async_context(desk.listening())
