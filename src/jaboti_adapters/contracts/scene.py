"""A company at work: what most tests begin with."""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from copy import deepcopy
from datetime import datetime, timedelta

from attrs import evolve, frozen

from jaboti_adapters.backend import Backend, Unit
from jaboti_adapters.contracts.builders import (
    a_chat,
    a_client,
    a_company,
    a_department,
    a_membership,
    a_user,
    an_actor,
    an_integration,
)
from jaboti_domain.chat.message import Message
from jaboti_domain.chat.model import Chat
from jaboti_domain.chat.ports import Errand
from jaboti_domain.client.model import Client
from jaboti_domain.company.model import Company, Department, Membership
from jaboti_domain.identity.model import Session, User
from jaboti_domain.integration.messaging import Platform
from jaboti_domain.integration.model import Integration
from jaboti_domain.kernel.actor import Actor, Role
from jaboti_domain.kernel.events import Recorded
from jaboti_domain.kernel.ids import ChatId, CompanyId, DepartmentId, IntegrationId, MessageId

Kept = Company | Department | Membership | Client | Integration | Chat | Message


@frozen(kw_only=True)
class Scene:
    """A company with two departments, five people, an account on a platform and a client. Nothing was written yet."""

    backend: Backend
    company_id: CompanyId
    sales: Department
    support: Department
    ana: Actor
    """An operator of sales."""
    bia: Actor
    """Another operator of sales."""
    caio: Actor
    """An operator of support."""
    sofia: Actor
    """A supervisor."""
    alda: Actor
    """An admin."""
    integration: Integration
    maria: Client

    @classmethod
    async def set_in(cls, backend: Backend) -> "Scene":
        """A fresh company."""
        scene, _ = await cls.set_in_both(backend, backend)
        return scene

    @classmethod
    async def set_in_both(cls, one: Backend, other: Backend) -> tuple["Scene", "Scene"]:
        """The same fresh company in two storages."""
        company = a_company()
        sales, support = a_department(company.id, "Vendas"), a_department(company.id, "Suporte")
        users = [a_user(name) for name in ("Ana", "Bia", "Caio", "Sofia", "Alda")]
        members = [
            a_membership(company.id, user, role=role, departments=departments)
            for user, (role, departments) in zip(users, _parts(sales, support), strict=True)
        ]
        integration, maria = an_integration(company.id), a_client(company.id)
        ana, bia, caio, sofia, alda = (an_actor(member) for member in members)
        scene = cls(
            backend=one,
            company_id=company.id,
            sales=sales,
            support=support,
            ana=ana,
            bia=bia,
            caio=caio,
            sofia=sofia,
            alda=alda,
            integration=integration,
            maria=maria,
        )
        things: tuple[Kept, ...] = (company, sales, support, *members, integration, maria)
        if other is not one:
            await keep_people(other, *deepcopy(users))
            await keep(other, company.id, *deepcopy(things))
        await keep_people(one, *users)
        await keep(one, company.id, *things)
        return scene, evolve(scene, backend=other)

    def now(self) -> datetime:
        """The backend's time."""
        return self.backend.clock()

    def uow(self) -> Unit:
        """A unit of work of this company."""
        return self.backend.uow(self.company_id)

    async def keep(self, *things: Kept) -> None:
        """Save them in this order, in one unit."""
        await keep(self.backend, self.company_id, *things)

    async def a_client(self, name: str = "João", *, phone: str | None = None) -> Client:
        """One more client."""
        client = a_client(self.company_id, name, phone=phone)
        await self.keep(client)
        return client

    async def an_integration(self, *, platform: Platform = Platform.EVOLUTION_API) -> Integration:
        """One more account on a platform."""
        integration = an_integration(self.company_id, platform=platform)
        await self.keep(integration)
        return integration

    async def a_chat(
        self,
        client: Client | None = None,
        *,
        attendant: Actor | None = None,
        with_bot: bool = False,
        at: datetime | None = None,
    ) -> Chat:
        """An open chat of this client, or else of a new one."""
        client = client or await self.a_client()
        chat = a_chat(client, self.integration, attendant=attendant, with_bot=with_bot, at=at or self.now())
        await self.keep(chat)
        return chat

    async def chat(self, chat_id: ChatId) -> Chat:
        """As it is now."""
        async with self.uow() as uow:
            return await uow.chats.get(chat_id)

    async def message(self, message_id: MessageId) -> Message:
        """As it is now."""
        async with self.uow() as uow:
            return (await uow.messages.find([message_id]))[message_id]

    @asynccontextmanager
    async def change(self, chat_id: ChatId) -> AsyncIterator[Chat]:
        """A chat to change, kept at the end."""
        async with self.uow() as uow:
            chat = await uow.chats.get(chat_id)
            yield chat
            await uow.chats.save(chat)
            await uow.commit()

    @asynccontextmanager
    async def change_message(self, message_id: MessageId) -> AsyncIterator[Message]:
        """A message to change, kept at the end."""
        async with self.uow() as uow:
            message = (await uow.messages.find([message_id]))[message_id]
            yield message
            await uow.messages.save(message)
            await uow.commit()

    async def claim(
        self,
        *,
        errands: int = 100,
        unsure_after: timedelta = timedelta(minutes=1),
        passing_over: Collection[IntegrationId] = (),
    ) -> list[Errand]:
        """What a dispatcher gets, claimed for good."""
        async with self.uow() as uow:
            claimed = await uow.outbound.claim(errands=errands, unsure_after=unsure_after, passing_over=passing_over)
            await uow.commit()
        return list(claimed)

    async def recorded(self, *, after: int = 0) -> list[Recorded]:
        """The company's stream."""
        events = await self.backend.stream.after(self.company_id, after, limit=1000)
        assert events is not None
        return list(events)

    async def happened(self) -> list[str]:
        """The names of what was recorded since the scene was set, oldest first."""
        return [event.name for event in await self.recorded(after=2)]


def _parts(sales: Department, support: Department) -> list[tuple[Role, list[DepartmentId]]]:
    return [
        (Role.OPERATOR, [sales.id]),
        (Role.OPERATOR, [sales.id]),
        (Role.OPERATOR, [support.id]),
        (Role.SUPERVISOR, []),
        (Role.ADMIN, []),
    ]


async def keep_people(backend: Backend, *people: User | Session) -> None:
    """Save users and sessions, in this order, in one unit."""
    async with backend.identity_uow() as uow:
        for each in people:
            if isinstance(each, User):
                await uow.users.save(each)
            else:
                await uow.sessions.save(each)
        await uow.commit()


async def keep(backend: Backend, company_id: CompanyId, *things: Kept) -> None:
    """Save what belongs to a company, in this order, in one unit."""
    async with backend.uow(company_id) as uow:
        for each in things:
            await save(uow, each)
        await uow.commit()


async def save(uow: Unit, thing: Kept) -> None:
    """Save it with its repository, without committing."""
    match thing:
        case Company():
            await uow.companies.save(thing)
        case Department():
            await uow.departments.save(thing)
        case Membership():
            await uow.memberships.save(thing)
        case Integration():
            await uow.integrations.save(thing)
        case Client():
            await uow.clients.save(thing)
        case Chat():
            await uow.chats.save(thing)
        case Message():
            await uow.messages.save(thing)
