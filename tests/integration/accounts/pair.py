"""Two servers, asked over HTTP."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx
from attrs import frozen
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from jaboti_entrypoints.rehearsal.people import PASSWORD
from tests.integration.faults.patience import eventually


@frozen
class Pair:
    """The first and the second server."""

    servers: Sequence[httpx.AsyncClient]

    @classmethod
    @asynccontextmanager
    async def opened(cls, urls: Sequence[str]) -> AsyncIterator["Pair"]:
        """Until the end of the test."""
        limits = httpx.Limits(max_connections=60)
        first, second = (httpx.AsyncClient(base_url=url, trust_env=False, limits=limits, timeout=20) for url in urls)
        async with first, second:
            yield cls([first, second])

    async def sign_in(self, email: str, *, at: int = 0) -> dict[str, Any]:
        """What signing in gave."""
        answer = await self.servers[at].post("/auth/login", json={"email": email, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        given: dict[str, Any] = answer.json()
        return given

    async def refresh(self, token: str, *, at: int) -> httpx.Response:
        """The answer of that server."""
        return await self.servers[at].post("/auth/refresh", json={"refreshToken": token})

    async def ask(self, token: str, path: str, *, at: int) -> int:
        """The status of the answer of that server."""
        return (await self.servers[at].get(path, headers=bearer(token))).status_code

    async def refused(self, token: str, statuses: set[int], *, within: float, path: str = "/chats") -> None:
        """Both servers refuse in so many seconds; they are asked all the time, so that they have it remembered."""

        async def both() -> bool:
            return {await self.ask(token, path, at=each) for each in (0, 1)} <= statuses

        await eventually(both, within=within, what=f"{statuses} at both servers", every=0.05)

    @asynccontextmanager
    async def listening(self, token: str, *, at: int) -> AsyncIterator[ClientConnection]:
        """A socket at that server."""
        address = str(self.servers[at].base_url).rstrip("/").replace("http", "ws", 1) + "/ws"
        async with connect(address, compression=None, proxy=None, max_queue=None) as socket:
            await socket.send(f'{{"type":"auth","token":"{token}","resume":null}}')
            await socket.recv()
            yield socket


async def closed(socket: ClientConnection) -> int | None:
    """The code with which the server closes."""
    try:
        while True:
            await socket.recv()
    except ConnectionClosed as end:
        return end.rcvd.code if end.rcvd else None


def bearer(token: str) -> dict[str, str]:
    """Whose request it is."""
    return {"authorization": f"Bearer {token}"}
