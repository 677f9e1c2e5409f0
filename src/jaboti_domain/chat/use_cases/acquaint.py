"""Finding out who the clients of a batch are: one person is one client, on whichever channel they write."""

from collections.abc import Collection, Sequence
from datetime import datetime

from attrs import define, field

from jaboti_domain.chat.ports import ChatUnitOfWork
from jaboti_domain.client.identity import ChannelIdentity, IdentityKind, identities_of
from jaboti_domain.client.merging import Merge
from jaboti_domain.client.model import Client, survivor
from jaboti_domain.integration.messaging import Edit, Inbound, NumberChange, Peer, Preference, Receipt, Update
from jaboti_domain.kernel.deeds import Deed
from jaboti_domain.kernel.ids import ClientId, CompanyId

Name = tuple[IdentityKind, str]


def names_of(peer: Peer) -> tuple[ChannelIdentity, ...]:
    """The names in which the peer is known."""
    return identities_of(phone=peer.phone, cloud_user_id=peer.cloud_user_id, lid=peer.lid)


@define(kw_only=True)
class Acquaintance:
    """The clients of one batch, by every name that they have."""

    uow: ChatUnitOfWork
    company_id: CompanyId
    at: datetime
    absorbed: dict[ClientId, ClientId] = field(factory=dict)
    """Who turned out to be whom."""
    merges: list[Merge] = field(factory=list)
    _by_name: dict[Name, Client] = field(factory=dict)
    _authors: dict[int, Client] = field(factory=dict)
    _changed: dict[ClientId, Client] = field(factory=dict)
    new: set[ClientId] = field(factory=set)

    async def meet_all(self, updates: Sequence[Update]) -> None:
        """Learn from the updates, in their order, who is who."""
        names = {(i.kind, i.key): i for update in updates for i in _names_in(update)}
        if names:
            for client in await self.uow.clients.find_by_identities(list(names.values())):
                self._index(client)
        for update in updates:
            author = self._met(update)
            if author is not None:
                self._authors[id(update)] = author

    def author_of(self, update: Update) -> Client | None:
        """Whose doing one of these updates was; None when they have no name that we could know them by.

        Who later in the batch changed their number is still the author of what they wrote before.
        """
        client = self._authors.get(id(update))
        while client is not None and client.merged_into is not None:
            client = self._changed[client.merged_into]
        return client

    async def save(self) -> None:
        """Keep everyone who is new or changed, and what is needed to part who was merged."""
        await self.uow.clients.save(*self._changed.values())
        if self.merges:
            await self.uow.merges.save(*self.merges)
            await self.uow.audit.add(*map(_deed, self.merges))

    def _met(self, update: Update) -> Client | None:
        if isinstance(update, NumberChange):
            return self._move(update)
        if isinstance(update, Inbound | Edit):
            return self._meet(update.peer, from_client=not update.from_phone)
        if isinstance(update, Preference):
            return self._prefer(update.peer, marketing=update.wants_marketing)
        if isinstance(update, Receipt) and update.opted_out and update.peer is not None:
            return self._prefer(update.peer, marketing=False)
        return None

    def _meet(self, peer: Peer, *, from_client: bool) -> Client | None:
        names = names_of(peer)
        if not names:
            return None
        name = peer.name if from_client else None
        known = self._known(names)
        if known:
            client = self._as_one(known)
            client.meet(name=name, identities=names, at=self.at)
        else:
            client = Client.register(company_id=self.company_id, name=name, identities=names, at=self.at)
            self.new.add(client.id)
        self._keep(client)
        return client

    def _prefer(self, peer: Peer, *, marketing: bool) -> Client | None:
        known = self._known(names_of(peer))
        if not known:
            return None
        client = self._as_one(known)
        client.prefer(marketing=marketing, at=self.at)
        self._keep(client)
        return client

    def _move(self, change: NumberChange) -> Client | None:
        moving = self._known(names_of(change.old))
        if not moving:
            return None
        client = self._as_one(moving + [c for c in self._known(names_of(change.new)) if c not in moving])
        client.move(old=names_of(change.old), new=names_of(change.new), at=self.at)
        for gone in names_of(change.old):
            self._by_name.pop((gone.kind, gone.key), None)
        self._keep(client)
        return client

    def _known(self, names: Collection[ChannelIdentity]) -> list[Client]:
        found = (self._by_name.get((i.kind, i.key)) for i in names)
        return list({client.id: client for client in found if client is not None}.values())

    def _as_one(self, clients: list[Client]) -> Client:
        stays = survivor(clients)
        others = [client for client in clients if client is not stays]
        if others:
            self.merges += stays.absorb(others, at=self.at)
            for other in others:
                self.absorbed[other.id] = stays.id
                self._changed[other.id] = other
        return stays

    def _keep(self, client: Client) -> None:
        if client.has_news:
            self._changed[client.id] = client
        self._index(client)

    def _index(self, client: Client) -> None:
        for identity in client.identities:
            self._by_name[(identity.kind, identity.key)] = client


def _deed(merge: Merge) -> Deed:
    """What a supervisor may want to undo. Of the other one only the id: this entry is not forgotten with them."""
    return Deed(
        at=merge.at,
        action="client.merged",
        actor_id=None,
        actor_name="jaboti",
        subject="client",
        subject_id=merge.client_id,
        after={"otherId": str(merge.absorbed_id)},
    )


def _names_in(update: Update) -> Sequence[ChannelIdentity]:
    if isinstance(update, NumberChange):
        return names_of(update.old) + names_of(update.new)
    if isinstance(update, Receipt):
        return names_of(update.peer) if update.opted_out and update.peer is not None else ()
    return names_of(update.peer) if isinstance(update, Inbound | Edit | Preference) else ()
