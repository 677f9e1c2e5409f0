"""A company on the memory adapters, with a clock that tests turn."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, cast

import msgspec
import pytest
from attrs import define, evolve, field

from jaboti_adapters.memory.channel import MemoryChannel
from jaboti_domain.chat.queries import ChatFilter
from jaboti_domain.chat.use_cases.parcels import Delivery, Parcel
from jaboti_domain.chat.use_cases.receive import Arrived, Result
from jaboti_domain.company.model import Company, Department
from jaboti_domain.integration.content import Content, Text
from jaboti_domain.integration.errors import WindowClosed
from jaboti_domain.integration.messaging import Inbound, Peer, Receipt, ReceiptStatus, Update
from jaboti_domain.integration.model import Integration
from jaboti_domain.integration.templates import TemplateInfo
from jaboti_domain.kernel.actor import Actor, Role
from jaboti_domain.kernel.bot import BotSettings
from jaboti_domain.kernel.ids import ChatId, DepartmentId, UserId, new_id
from jaboti_entrypoints.application import Application
from jaboti_entrypoints.container import in_memory

MARINA = Peer(phone="5511988800101", name="Marina")
SETTINGS = {"base_url": "memory:", "waba_id": "1"}
CREDENTIALS = {"access_token": "t", "app_secret": "s", "verify_token": "v"}
_ids = count(1)


def now() -> datetime:
    return datetime.now(UTC)


def message(text: str | Content = "Oi", *, peer: Peer = MARINA, **more: Any) -> Inbound:
    """A message of a client, new unless it is given an id."""
    content = Text(body=text) if isinstance(text, str) else text
    return evolve(Inbound(provider_id=f"m{next(_ids)}", peer=peer, content=content, at=now()), **more)


def receipt(provider_id: str, status: ReceiptStatus, **more: Any) -> Receipt:
    return Receipt(provider_id=provider_id, status=status, peer=MARINA, at=now(), **more)


@define
class Shop:
    """A company with two departments and one account."""

    jaboti: Application
    phone: MemoryChannel
    company: Company
    departments: list[Department]
    line: Integration
    ana: Actor = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.ana = self.somebody("Ana", departments=frozenset(d.id for d in self.departments))

    def somebody(
        self, name: str, *, role: Role = Role.OPERATOR, departments: frozenset[DepartmentId] = frozenset()
    ) -> Actor:
        return Actor(
            user_id=UserId(new_id()), company_id=self.company.id, role=role, name=name, departments=departments
        )

    async def receive(self, *updates: Update, waited: int = 0) -> list[Result]:
        batch = [Arrived(integration_id=self.line.id, update=update, waited=waited) for update in updates]
        return await self.jaboti.receive_inbound(self.company.id, batch)

    async def chats(self) -> list[dict[str, Any]]:
        boss = self.somebody("Bruno", role=Role.ADMIN)
        page = await self.jaboti.chat_reads.page(
            self.company.id, viewer=boss, where=ChatFilter(), after=None, limit=200
        )
        return list(msgspec.json.decode(page.items))

    async def only_chat(self) -> ChatId:
        (chat,) = await self.chats()
        return msgspec.convert(chat["id"], ChatId, strict=False)

    async def messages(self) -> list[dict[str, Any]]:
        found = await self.jaboti.chat_reads.messages(
            self.company.id, await self.only_chat(), before=None, after=None, limit=200
        )
        return list(msgspec.json.decode(found))

    async def taken(self, *, ago: timedelta = timedelta(0)) -> ChatId:
        """Marina wrote, and Ana has the chat."""
        await self.receive(message(at=now() - ago))
        chat_id = await self.only_chat()
        await self.jaboti.start_chat(self.ana, chat_id=chat_id)
        return chat_id

    async def refused(self, chat_id: ChatId) -> Sequence[TemplateInfo]:
        """Ana writes outside the window: the templates that she is told of."""
        with pytest.raises(WindowClosed) as refusal:
            await self.jaboti.send_message(self.ana, chat_id=chat_id, content=Text(body="Bom dia"))
        return cast(Sequence[TemplateInfo], refusal.value.details["templates"])

    async def claimed(self, *, unsure_after: timedelta = timedelta(hours=1)) -> list[Parcel]:
        """What a dispatcher has in its hands, and may lose."""
        claim = evolve(self.jaboti.claim_errands, unsure_after=unsure_after)
        return await claim(self.company.id, errands=50)

    async def settle(self, *deliveries: Delivery) -> None:
        await self.jaboti.settle_deliveries(self.company.id, deliveries)

    async def dispatch(self) -> int:
        """One round of what a dispatcher does; returns how many errands there were."""
        parcels = await self.jaboti.claim_errands(self.company.id, errands=50)
        await self.jaboti.settle_deliveries(self.company.id, [await self.jaboti.deliver(p) for p in parcels])
        return len(parcels)

    def sent(self) -> Sequence[str]:
        return [outbound.content.text for outbound in self.phone.sent]


async def a_shop(
    *, bot: bool = False, reopen_within: timedelta = timedelta(0), phone: MemoryChannel | None = None
) -> Shop:
    jaboti, phone = in_memory(phone)
    company, departments = await jaboti.found_company(name="Padaria Aurora", departments=("Vendas", "Financeiro"))
    steward = Actor(user_id=UserId(new_id()), company_id=company.id, role=Role.ADMIN, name="jaboti")
    line = await jaboti.connect_integration(
        steward,
        platform=phone.platform,
        account="1",
        name="WhatsApp",
        settings=SETTINGS,
        credentials=CREDENTIALS,
        bot=BotSettings(greeting="Olá!") if bot else None,
    )
    if reopen_within:
        async with jaboti.connect_integration.new_uow(company.id) as uow:
            line = await uow.integrations.get(line.id)
            line.reopen_within = reopen_within
            await uow.integrations.save(line)
            await uow.commit()
    return Shop(jaboti, phone, company, departments, line)
