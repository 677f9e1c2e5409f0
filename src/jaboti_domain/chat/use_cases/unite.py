"""Two clients become one, or two again, and their chats with them; and clients are removed, if no chat holds them."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from attrs import frozen

from jaboti_domain.chat.model import Chat
from jaboti_domain.chat.ports import ChatUnitOfWork
from jaboti_domain.client.errors import ClientGone, ClientHasOpenChats, ClientNotFound, NotMerged, SameClient
from jaboti_domain.client.merging import Merge
from jaboti_domain.client.model import Client
from jaboti_domain.kernel.actor import Actor, Operation
from jaboti_domain.kernel.ids import ClientId, CompanyId
from jaboti_domain.kernel.ports import Clock

MERGED = "merged"
"""Why a chat ended that was the second of two."""


@frozen(kw_only=True)
class _OnClients:
    new_uow: Callable[[CompanyId], ChatUnitOfWork]
    clock: Clock


@frozen(kw_only=True)
class RemoveClient(_OnClients):
    """A client is taken out of the lists; their chats stay."""

    async def __call__(self, actor: Actor, *, client_id: ClientId, versions: Collection[int] | None = None) -> None:
        """Raises Forbidden, ClientNotFound, StaleVersion, ClientHasOpenChats."""
        actor.must(Operation.MANAGE_CLIENTS)
        at = self.clock()
        async with self.new_uow(actor.company_id) as uow:
            client = await _living(uow, client_id)
            client.must_be_in(versions)
            if any(chat.is_open for chat in await uow.chats.find_of_client([client_id])):
                raise ClientHasOpenChats()
            client.remove(at=at)
            await uow.clients.save(client)
            await uow.audit.add(
                actor.did("client.removed", subject="client", subject_id=client_id, at=at, before={"name": client.name})
            )
            await uow.commit()


@frozen(kw_only=True)
class MergeClients(_OnClients):
    """Two clients turn out to be one: a supervisor says so."""

    async def __call__(
        self, actor: Actor, *, client_id: ClientId, other_id: ClientId, versions: Collection[int] | None = None
    ) -> Client:
        """The one that stays, with what it lacked, and with the other's names and chats.

        Of two open chats on one integration, the one that began later ends. Raises Forbidden, ClientNotFound,
        StaleVersion, SameClient, ClientGone (the other one is not there).
        """
        actor.must(Operation.MANAGE_CLIENTS)
        at = self.clock()
        async with self.new_uow(actor.company_id) as uow:
            client, other = await _pair(uow, client_id, other_id)
            client.must_be_in(versions)
            if other is client:
                raise SameClient()
            if other is None or other.is_gone:
                raise ClientGone()
            chats = await uow.chats.find_of_client([client_id, other_id])
            merges = client.absorb([other], at=at)
            remember_chats(merges, chats)
            _bring_together(chats, client_id, at)
            await uow.clients.save(client, other)
            await uow.merges.save(*merges)
            await uow.chats.save(*(chat for chat in chats if chat.has_news))
            await uow.audit.add(
                actor.did(
                    "client.merged",
                    subject="client",
                    subject_id=client_id,
                    at=at,
                    after={"otherId": str(other_id)},
                )
            )
            await uow.commit()
        return client


@frozen(kw_only=True)
class UnmergeClients(_OnClients):
    """A merge was a mistake, whether a person's or ours: the two are two again, as far as can be."""

    async def __call__(
        self, actor: Actor, *, client_id: ClientId, other_id: ClientId, versions: Collection[int] | None = None
    ) -> Client:
        """The one that stayed. The other one has again what it had, and the chats of before the merge.

        What somebody else has by now (a channel's name, a document) stays with them. Raises Forbidden, ClientNotFound,
        StaleVersion, NotMerged.
        """
        actor.must(Operation.MANAGE_CLIENTS)
        at = self.clock()
        async with self.new_uow(actor.company_id) as uow:
            client, other = await _pair(uow, client_id, other_id)
            client.must_be_in(versions)
            merge = await uow.merges.find_last(client_id, other_id)
            if merge is None or other is None or other.merged_into != client_id:
                raise NotMerged()
            await self._part(uow, merge, client, other, at)
            await uow.audit.add(
                actor.did(
                    "client.unmerged",
                    subject="client",
                    subject_id=client_id,
                    at=at,
                    after={"otherId": str(other_id)},
                )
            )
            await uow.commit()
        return client

    async def _part(self, uow: ChatUnitOfWork, merge: Merge, client: Client, other: Client, at: datetime) -> None:
        document = merge.absorbed.details.document
        names = client.give_back(merge, at=at)
        holders = await uow.clients.find_alike(documents=[document]) if document else []
        is_free = client.document != document and all(holder.id == client.id for holder in holders)
        other.revive(merge, identities=names, document_is_free=is_free, at=at)
        merge.undo(at=at)
        returning = [chat for chat in (await uow.chats.find(merge.chats)).values() if chat.client_id == client.id]
        for chat in returning:
            chat.reassign(other.id, at=at)
        await uow.clients.save(client, other)
        await uow.merges.save(merge)
        await uow.chats.save(*returning)


def remember_chats(merges: Sequence[Merge], chats: Collection[Chat]) -> None:
    """Which chats were whose, before they are brought together."""
    for merge in merges:
        merge.took_chats([chat.id for chat in chats if chat.client_id == merge.absorbed_id])


def _bring_together(chats: Sequence[Chat], client_id: ClientId, at: datetime) -> None:
    """All become this client's; `chats` are oldest first."""
    open_on = set()
    for chat in chats:
        if chat.is_open and chat.integration_id in open_on:
            chat.end(None, reason=MERGED, at=at)
        if chat.is_open:
            open_on.add(chat.integration_id)
        if chat.client_id != client_id:
            chat.reassign(client_id, at=at)


async def _pair(uow: ChatUnitOfWork, client_id: ClientId, other_id: ClientId) -> tuple[Client, Client | None]:
    """Both, locked in the order of their ids, as everybody locks them. Raises ClientNotFound for the first."""
    found: dict[ClientId, Client] = {}
    for each in sorted({client_id, other_id}):
        try:
            found[each] = await uow.clients.get(each)
        except ClientNotFound:
            if each == client_id:
                raise
    if found[client_id].is_gone:
        raise ClientNotFound()
    return found[client_id], found.get(other_id)


async def _living(uow: ChatUnitOfWork, client_id: ClientId) -> Client:
    client = await uow.clients.get(client_id)
    if client.is_gone:
        raise ClientNotFound()
    return client
