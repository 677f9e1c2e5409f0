"""Attendants at their desks, who talk to a server and write down what it answers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import httpx
from attrs import field, frozen

from jaboti_entrypoints.rehearsal.people import PASSWORD
from tests.integration.faults.history import History

PATIENCE, PAUSE = 10.0, 0.1
AGAIN = {503, "ConnectionError"}


@frozen(eq=False)
class Desk:
    """Somebody who is signed in at one server."""

    http: httpx.AsyncClient
    token: str
    history: History = field(factory=History, init=False)

    async def get(self, path: str, **params: str) -> Any:
        """The answer's JSON. Raises httpx.HTTPStatusError."""
        return (await self.http.get(path, params=params)).raise_for_status().json()

    async def post(self, path: str, body: dict[str, Any] | None = None) -> httpx.Response:
        """The answer, whatever it is, to what was asked until it was answered; the same key makes it one request."""
        key = str(uuid4())
        while True:
            with self.history.trying(key) as action:
                answer = await self._ask(path, body or {}, key)
                action.answered(answer.status_code)
            if action.answer not in AGAIN:
                return answer
            await asyncio.sleep(PAUSE)

    async def _ask(self, path: str, body: dict[str, Any], key: str) -> httpx.Response:
        try:
            return await self.http.post(path, json=body, headers={"Idempotency-Key": key})
        except httpx.TransportError as error:
            raise ConnectionError from error


@asynccontextmanager
async def at_desk(base_url: str, email: str, *, company_id: object = None) -> AsyncIterator[Desk]:
    """Somebody signs in."""
    limits = httpx.Limits(max_connections=32)
    async with httpx.AsyncClient(base_url=base_url, timeout=PATIENCE, limits=limits, trust_env=False) as http:
        credentials = {"email": email, "password": PASSWORD} | ({"companyId": str(company_id)} if company_id else {})
        token = (await http.post("/auth/login", json=credentials)).raise_for_status().json()["accessToken"]
        http.headers["Authorization"] = f"Bearer {token}"
        yield Desk(http, token)
