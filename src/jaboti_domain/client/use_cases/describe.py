"""Entering clients, correcting what is known of them, and blocking them."""

from collections.abc import Callable, Collection
from datetime import datetime

from attrs import frozen

from jaboti_domain.client.details import Details
from jaboti_domain.client.errors import ClientExists, ClientNotFound, DocumentTaken
from jaboti_domain.client.identity import ChannelIdentity
from jaboti_domain.client.model import Client
from jaboti_domain.client.ports import ClientRepository, ClientUnitOfWork
from jaboti_domain.kernel.actor import Actor, Operation
from jaboti_domain.kernel.ids import ClientId, CompanyId
from jaboti_domain.kernel.ports import Clock


@frozen(kw_only=True)
class _OnClients:
    new_uow: Callable[[CompanyId], ClientUnitOfWork]
    clock: Clock


@frozen(kw_only=True)
class EnterClient(_OnClients):
    """An attendant enters somebody who has not written yet."""

    async def __call__(self, actor: Actor, *, details: Details) -> Client:
        """Raises ClientExists and DocumentTaken, with the other client's id."""
        actor.must(Operation.EDIT_CLIENTS)
        async with self.new_uow(actor.company_id) as uow:
            client = Client.enter(details, company_id=actor.company_id, at=self.clock())
            await _must_be_alone(uow.clients, client)
            await uow.clients.save(client)
            await uow.commit()
        return client


@frozen(kw_only=True)
class ChangeClient(_OnClients):
    """An attendant corrects what is known of a client."""

    async def __call__(
        self,
        actor: Actor,
        *,
        client_id: ClientId,
        change: Callable[[Details], Details],
        versions: Collection[int] | None = None,
    ) -> Client:
        """`change` makes of what is known what shall be known; when that is the same, nothing happens.

        Raises ClientNotFound, StaleVersion, and ClientExists and DocumentTaken with the other client's id.
        """
        actor.must(Operation.EDIT_CLIENTS)
        async with self.new_uow(actor.company_id) as uow:
            client = await _living(uow, client_id)
            client.must_be_in(versions)
            if client.describe(change(client.details), at=self.clock()):
                await _must_be_alone(uow.clients, client)
                await uow.clients.save(client)
                await uow.commit()
        return client


@frozen(kw_only=True)
class _OnBlocks(_OnClients):
    async def _change(
        self,
        actor: Actor,
        client_id: ClientId,
        versions: Collection[int] | None,
        change: Callable[[Client, datetime], bool],
        *,
        action: str,
        reason: str,
    ) -> Client:
        actor.must(Operation.MANAGE_CLIENTS)
        at = self.clock()
        async with self.new_uow(actor.company_id) as uow:
            client = await _living(uow, client_id)
            client.must_be_in(versions)
            if change(client, at):
                await uow.clients.save(client)
                deed = actor.did(action, subject="client", subject_id=client_id, at=at, after={"reason": reason})
                await uow.audit.add(deed)
                await uow.commit()
        return client


@frozen(kw_only=True)
class BlockClient(_OnBlocks):
    """What somebody writes is passed over from now on."""

    async def __call__(
        self, actor: Actor, *, client_id: ClientId, reason: str = "", versions: Collection[int] | None = None
    ) -> Client:
        """Who is blocked already stays so. Raises Forbidden, ClientNotFound, StaleVersion."""

        def block(client: Client, at: datetime) -> bool:
            return client.block(at=at)

        return await self._change(actor, client_id, versions, block, action="client.blocked", reason=reason)


@frozen(kw_only=True)
class UnblockClient(_OnBlocks):
    """They are listened to again."""

    async def __call__(
        self, actor: Actor, *, client_id: ClientId, reason: str = "", versions: Collection[int] | None = None
    ) -> Client:
        """Who is not blocked stays so. Raises Forbidden, ClientNotFound, StaleVersion."""

        def unblock(client: Client, at: datetime) -> bool:
            return client.unblock(at=at)

        return await self._change(actor, client_id, versions, unblock, action="client.unblocked", reason=reason)


async def _living(uow: ClientUnitOfWork, client_id: ClientId) -> Client:
    client = await uow.clients.get(client_id)
    if client.is_gone:
        raise ClientNotFound()
    return client


async def _must_be_alone(clients: ClientRepository, client: Client) -> None:
    documents = [client.document] if client.document else []
    names = [ChannelIdentity.of_phone(client.phone.digits)] if client.phone else []
    keys = {(name.kind, name.key) for name in names}
    for other in await clients.find_alike(documents=documents, identities=names):
        if other.id == client.id:
            continue
        if any((name.kind, name.key) in keys for name in other.identities):
            raise ClientExists(client_id=str(other.id))
        raise DocumentTaken(client_id=str(other.id))
