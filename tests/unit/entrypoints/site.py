"""A company whose integrations are those that payloads name, behind the real endpoint."""

from abc import abstractmethod
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar, Self

import httpx
import msgspec
from attrs import define, evolve, field

from jaboti_domain.chat.queries import ChatFilter
from jaboti_domain.company.model import Company
from jaboti_domain.integration.messaging import Platform
from jaboti_domain.integration.model import Integration
from jaboti_domain.integration.ports.journal import Outcome
from jaboti_domain.kernel.actor import Actor, Role
from jaboti_domain.kernel.ids import ChatId, UserId, new_id
from jaboti_entrypoints.application import Application
from jaboti_entrypoints.container import channel_alone, in_memory
from jaboti_entrypoints.rest.app import create_app
from jaboti_entrypoints.webhooks import Webhooks


@define
class Site:
    """What both platforms have in common."""

    platform: ClassVar[Platform]
    base_url: ClassVar[str]
    credentials: ClassVar[Mapping[str, str]]

    jaboti: Application
    company: Company
    http: httpx.AsyncClient
    lines: dict[str, Integration] = field(factory=dict, init=False)

    @classmethod
    @asynccontextmanager
    async def opened(cls) -> AsyncIterator[Self]:
        """With a new company."""
        jaboti, _ = in_memory(more=[channel_alone(cls.platform)])
        company, _ = await jaboti.found_company(name="Padaria Aurora")
        app = create_app(jaboti, extra_routes=Webhooks(application=jaboti).routes())
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://jaboti") as http:
            yield cls(jaboti, company, http)

    @abstractmethod
    async def post(self, body: bytes) -> httpx.Response:
        """To the address of the account that the body names, as the platform would."""

    async def line(self, account: str, **settings: str) -> Integration:
        """The integration of an account."""
        if account not in self.lines:
            self.lines[account] = await self.jaboti.connect_integration(
                self.admin(),
                platform=self.platform,
                account=account,
                name=account,
                settings={"base_url": self.base_url, **settings},
                credentials=self.credentials,
            )
        return self.lines[account]

    def admin(self) -> Actor:
        """Somebody who may do everything."""
        return Actor(user_id=UserId(new_id()), company_id=self.company.id, role=Role.ADMIN, name="jaboti")

    async def drain(self) -> Counter[Outcome]:
        """Let everything take effect, or be taken without what it waits for; how many ended how."""
        drain = evolve(self.jaboti.drain_journal, first_wait=timedelta(0))
        while await drain(self.company.id):
            pass
        return Counter((await self.jaboti.journal.account()).counts)

    async def chats(self) -> list[dict[str, Any]]:
        """All of them."""
        page = await self.jaboti.chat_reads.page(
            self.company.id, viewer=self.admin(), where=ChatFilter(), after=None, limit=200
        )
        return list(msgspec.json.decode(page.items))

    async def said(self) -> list[str]:
        """The words of all chats' messages."""
        found = [
            await self.jaboti.chat_reads.messages(
                self.company.id, msgspec.convert(chat["id"], ChatId, strict=False), before=None, after=None, limit=200
            )
            for chat in await self.chats()
        ]
        return [message["content"] for each in found for message in msgspec.json.decode(each)]


def bodies(folder: Path) -> Sequence[Path]:
    """Every body below a folder."""
    return sorted(path for path in folder.rglob("*") if path.suffix in (".json", ".txt"))
