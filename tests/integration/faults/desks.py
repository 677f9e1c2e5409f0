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


@frozen(eq=False)
class Desk:
    """Somebody who is signed in at one server."""

    http: httpx.AsyncClient
    token: str
    history: History = field(factory=History, init=False)

    async def get(self, path: str, **params: str) -> Any:
        """The answer's JSON. Raises httpx.HTTPStatusError."""
        return (await self.http.get(path, params=params)).raise_for_status().json()

    async def post(self, path: str, body: dict[str, Any] | None = None, *, key: str | None = None) -> httpx.Response:
        """Whatever is answered."""
        with self.history.trying(key or path) as action:
            answer = await self.http.post(path, json=body or {}, headers={"Idempotency-Key": key} if key else {})
            action.answered(answer.status_code)
        return answer

    async def insist(self, path: str, body: dict[str, Any]) -> Any:
        """The answer's JSON, when it was done: a server in trouble is asked again, with the same key."""
        key = str(uuid4())
        while True:
            answer = await self.post(path, body, key=key)
            if answer.status_code != 503:
                return answer.json()
            await asyncio.sleep(PAUSE)


@asynccontextmanager
async def at_desk(base_url: str, email: str, *, company_id: object = None) -> AsyncIterator[Desk]:
    """Somebody signs in."""
    limits = httpx.Limits(max_connections=32)
    async with httpx.AsyncClient(base_url=base_url, timeout=PATIENCE, limits=limits, trust_env=False) as http:
        credentials = {"email": email, "password": PASSWORD} | ({"companyId": str(company_id)} if company_id else {})
        token = (await http.post("/auth/login", json=credentials)).raise_for_status().json()["accessToken"]
        http.headers["Authorization"] = f"Bearer {token}"
        yield Desk(http, token)
