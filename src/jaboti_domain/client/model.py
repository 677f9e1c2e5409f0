"""The client: one person is one client, on whichever channel they write."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Self

from attrs import define, field
from attrs.setters import frozen as frozen_field

from jaboti_domain.client.document import Document
from jaboti_domain.client.events import ClientRegistered, ClientsMerged, ClientUpdated
from jaboti_domain.client.identity import ChannelIdentity, IdentityKind, address_for_new
from jaboti_domain.client.phone import Phone
from jaboti_domain.kernel.events import Aggregate, Audience
from jaboti_domain.kernel.ids import ClientId, CompanyId, new_id

UNNAMED = "—"
_EVERYONE = Audience(everyone=True)


@define(kw_only=True)
class Client(Aggregate):
    """Somebody who writes to the company. `identities` holds at most one entry per (kind, key)."""

    id: ClientId = field(on_setattr=frozen_field)
    company_id: CompanyId = field(on_setattr=frozen_field)
    name: str
    created_at: datetime
    phone: Phone | None = None
    document: Document | None = None
    email: str | None = None
    identities: tuple[ChannelIdentity, ...] = ()
    attributes: Mapping[str, str] = field(factory=dict)
    merged_into: ClientId | None = None

    @classmethod
    def register(
        cls, *, company_id: CompanyId, name: str | None, identities: Collection[ChannelIdentity], at: datetime
    ) -> Self:
        """A client as first met. The phone, where there is one, is taken from the identities."""
        client = cls(
            id=ClientId(new_id()),
            company_id=company_id,
            name=name or UNNAMED,
            created_at=at,
            identities=tuple(identities),
            phone=_phone_of(identities),
        )
        if not name and client.phone:
            client.name = client.phone.e164
        client.record(
            ClientRegistered(
                company_id=company_id,
                at=at,
                audience=_EVERYONE,
                client_id=client.id,
                client_name=client.name,
                phone=client.phone.e164 if client.phone else None,
            )
        )
        return client

    @property
    def is_unnamed(self) -> bool:
        """Whether nobody has told us a name yet."""
        return self.name == UNNAMED or (self.phone is not None and self.name == self.phone.e164)

    def address(self, kind: IdentityKind) -> str | None:
        """Where a channel sends to, as that channel spells it; a phone never spelled by one gets its ninth digit."""
        for identity in self.identities:
            if identity.kind is kind:
                return identity.address
        if kind is IdentityKind.PHONE and self.phone is not None:
            return address_for_new(self.phone.digits)
        return None

    def meet(self, *, name: str | None, identities: Collection[ChannelIdentity], at: datetime) -> None:
        """They wrote again: learn the names that are new, and the spelling that the channel uses now."""
        known = {(i.kind, i.key): i for i in self.identities}
        fresh = {(i.kind, i.key): i for i in identities}
        renamed = bool(name) and self.is_unnamed
        if all(known.get(key) == identity for key, identity in fresh.items()) and not renamed:
            return
        if renamed and name:
            self.name = name
        self.identities = tuple((known | fresh).values())
        self.phone = self.phone or _phone_of(self.identities)
        self._updated(at)

    def move(self, *, old: Collection[ChannelIdentity], new: Collection[ChannelIdentity], at: datetime) -> None:
        """They changed their number or user id: the old names now belong to whoever gets them next."""
        gone = {(i.kind, i.key) for i in old}
        kept = {(i.kind, i.key): i for i in self.identities if (i.kind, i.key) not in gone}
        self.identities = tuple((kept | {(i.kind, i.key): i for i in new}).values())
        self.phone = _phone_of(self.identities) or self.phone
        self._updated(at)

    def absorb(self, others: Collection["Client"], *, at: datetime) -> None:
        """These turn out to be the same person: take their names, and what this one lacks."""
        for other in others:
            known = {(i.kind, i.key) for i in self.identities}
            self.identities += tuple(i for i in other.identities if (i.kind, i.key) not in known)
            if self.is_unnamed and not other.is_unnamed:
                self.name = other.name
            self.phone = self.phone or other.phone
            self.document = self.document or other.document
            self.email = self.email or other.email
            self.attributes = {**other.attributes, **self.attributes}
            other.identities, other.merged_into = (), self.id
        self.record(
            ClientsMerged(
                company_id=self.company_id,
                at=at,
                audience=_EVERYONE,
                client_id=self.id,
                absorbed=tuple(other.id for other in others),
            )
        )
        self._updated(at)

    def _updated(self, at: datetime) -> None:
        self.record(
            ClientUpdated(
                company_id=self.company_id,
                at=at,
                audience=_EVERYONE,
                client_id=self.id,
                client_name=self.name,
                phone=self.phone.e164 if self.phone else None,
            )
        )


def _phone_of(identities: Collection[ChannelIdentity]) -> Phone | None:
    for identity in identities:
        if identity.kind is IdentityKind.PHONE:
            return Phone.of_channel(identity.address)
    return None


def survivor(clients: Collection[Client]) -> Client:
    """Of several that turn out to be one person, the one that stays: the oldest."""
    return min(clients, key=lambda client: (client.created_at, client.id))
