"""Jaboti in memory with EvolutionAPI's real channel behind its real endpoint."""

import json
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec
from attrs import define, evolve, field

from jaboti_domain.chat.queries import ChatFilter
from jaboti_domain.company.model import Company
from jaboti_domain.integration.messaging import Platform
from jaboti_domain.integration.model import Integration
from jaboti_domain.integration.ports.journal import Outcome
from jaboti_domain.kernel.actor import Actor, Role
from jaboti_domain.kernel.ids import UserId, new_id
from jaboti_entrypoints.application import Application
from jaboti_entrypoints.container import channel_alone, in_memory
from jaboti_entrypoints.rest.app import create_app
from jaboti_entrypoints.webhooks import Webhooks, webhook_path

SECRET = "secret-of-the-webhook"
HEADERS = {"authorization": f"Bearer {SECRET}"}


@define
class Site:
    """A company whose integrations are made for the accounts that payloads name."""

    jaboti: Application
    company: Company
    http: httpx.AsyncClient
    lines: dict[str, Integration] = field(factory=dict, init=False)

    async def line(self, account: str) -> Integration:
        """The integration of an instance."""
        if account not in self.lines:
            self.lines[account] = await self.jaboti.connect_integration(
                self.admin(),
                platform=Platform.EVOLUTION_API,
                account=account,
                name=account,
                settings={"base_url": "https://evolution.example"},
                credentials={"api_key": "k", "webhook_secret": SECRET},
            )
        return self.lines[account]

    def admin(self) -> Actor:
        return Actor(user_id=UserId(new_id()), company_id=self.company.id, role=Role.ADMIN, name="jaboti")

    async def post(
        self, body: bytes, *, event: str = "", authorization: bytes = HEADERS["authorization"].encode()
    ) -> httpx.Response:
        """To the address of the instance that the body names."""
        line = await self.line(account_in(body))
        path = webhook_path(line.platform, line.id) + (f"/{event}" if event else "")
        return await self.http.post(path, content=body, headers={b"authorization": authorization})

    async def drain(self) -> Counter[Outcome]:
        """Let everything take effect, or be taken without what it waits for; how many ended how."""
        drain = evolve(self.jaboti.drain_journal, first_wait=timedelta(0))
        while await drain(self.company.id):
            pass
        return Counter((await self.jaboti.journal.account()).counts)

    async def chats(self) -> list[dict[str, Any]]:
        page = await self.jaboti.chat_reads.page(
            self.company.id, viewer=self.admin(), where=ChatFilter(), after=None, limit=200
        )
        return list(msgspec.json.decode(page.items))


def account_in(body: bytes) -> str:
    """The instance that a body names, or any."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return "loja-aurora"
    named = value.get("instance") if isinstance(value, dict) else None
    return named if isinstance(named, str) and named else "loja-aurora"


def bodies(folder: Path) -> Sequence[Path]:
    """Every body below a folder."""
    return sorted(path for path in folder.rglob("*") if path.suffix in (".json", ".txt"))


@asynccontextmanager
async def a_site() -> AsyncIterator[Site]:
    jaboti, _ = in_memory(more=[channel_alone(Platform.EVOLUTION_API)])
    company, _ = await jaboti.found_company(name="Padaria Aurora")
    app = create_app(jaboti, extra_routes=Webhooks(application=jaboti).routes())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://jaboti") as http:
        yield Site(jaboti, company, http)
