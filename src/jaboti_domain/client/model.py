"""The client: one person is one client, on whichever channel they write."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Self, TypeVar

from attrs import define, field
from attrs.setters import frozen as frozen_field

from jaboti_domain.client.details import Contact, ContactKind, Details, Portrait
from jaboti_domain.client.document import Document
from jaboti_domain.client.events import ClientRegistered, ClientRemoved, ClientsMerged, ClientUpdated
from jaboti_domain.client.identity import ChannelIdentity, IdentityKind, address_for_new
from jaboti_domain.client.merging import Merge
from jaboti_domain.client.phone import Phone
from jaboti_domain.client.search import Sought
from jaboti_domain.kernel.events import Aggregate, Audience
from jaboti_domain.kernel.ids import ClientId, CompanyId, new_id
from jaboti_domain.kernel.times import rfc3339

UNNAMED = "—"
NO_MARKETING = "noMarketingSince"
"""The attribute of who wants none."""
_EVERYONE = Audience(everyone=True)

T = TypeVar("T")


@define(kw_only=True)
class Client(Aggregate):
    """Somebody who writes to the company. `identities` holds at most one entry per (kind, key)."""

    id: ClientId = field(on_setattr=frozen_field)
    company_id: CompanyId = field(on_setattr=frozen_field)
    name: str
    created_at: datetime
    updated_at: datetime = field()
    phone: Phone | None = None
    document: Document | None = None
    email: str | None = None
    contacts: tuple[Contact, ...] = ()
    identities: tuple[ChannelIdentity, ...] = ()
    attributes: Mapping[str, str] = field(factory=dict)
    blocked_at: datetime | None = None
    removed_at: datetime | None = None
    merged_into: ClientId | None = None

    @updated_at.default
    def _not_yet(self) -> datetime:
        return self.created_at

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
        client._registered()
        return client

    @classmethod
    def enter(cls, details: Details, *, company_id: CompanyId, at: datetime) -> Self:
        """A client whom a person enters. Their phone is a name too: whoever writes from it is this client."""
        client = cls(id=ClientId(new_id()), company_id=company_id, name=details.name, created_at=at)
        client._take(details)
        client._registered()
        return client

    @property
    def is_unnamed(self) -> bool:
        """Whether nobody has told us a name yet."""
        return self.name == UNNAMED or (self.phone is not None and self.name == self.phone.e164)

    @property
    def is_blocked(self) -> bool:
        """Whether what they write is passed over."""
        return self.blocked_at is not None

    @property
    def is_gone(self) -> bool:
        """Whether they were removed, or live on in another one."""
        return self.removed_at is not None or self.merged_into is not None

    @property
    def details(self) -> Details:
        """What people say of them."""
        return Details(
            name=self.name,
            phone=self.phone,
            document=self.document,
            email=self.email,
            contacts=self.contacts,
            attributes=self.attributes,
        )

    @property
    def portrait(self) -> Portrait:
        """As they are now."""
        return Portrait(details=self.details, identities=self.identities, blocked_at=self.blocked_at)

    @property
    def sought(self) -> Sought:
        """What they are found by."""
        return Sought.of(
            name=self.name,
            emails=[*([self.email] if self.email else []), *self._contacts_of(ContactKind.EMAIL)],
            phones=[spelling for phone in self._phones() for spelling in (phone.digits, phone.key)],
            documents=[self.document.number, self.document.masked] if self.document else [],
            others=self._contacts_of(ContactKind.OTHER),
        )

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

    def describe(self, details: Details, *, at: datetime) -> bool:
        """A person says who they are; returns whether that was news. Another phone takes the old one's place."""
        if details == self.details:
            return False
        self._take(details)
        self._updated(at)
        return True

    def prefer(self, *, marketing: bool, at: datetime) -> None:
        """They say whether they want marketing: since when they don't is an attribute of theirs."""
        others = {name: value for name, value in self.attributes.items() if name != NO_MARKETING}
        if marketing == (NO_MARKETING not in self.attributes):
            return
        self.attributes = others if marketing else others | {NO_MARKETING: rfc3339(at)}
        self._updated(at)

    def block(self, *, at: datetime) -> bool:
        """Pass over what they write; returns whether that is new."""
        if self.is_blocked:
            return False
        self.blocked_at = at
        self._updated(at)
        return True

    def unblock(self, *, at: datetime) -> bool:
        """Listen to them again; returns whether that is new."""
        if not self.is_blocked:
            return False
        self.blocked_at = None
        self._updated(at)
        return True

    def remove(self, *, at: datetime) -> None:
        """Take them out of the lists. Their names are free: whoever writes by them is somebody new."""
        self.identities, self.removed_at, self.updated_at = (), at, at
        self.record(ClientRemoved(company_id=self.company_id, at=at, audience=_EVERYONE, client_id=self.id))

    def anonymize(self, *, at: datetime) -> None:
        """Forget who they are. Their names are free: whoever writes by them is somebody new."""
        self.name, self.phone, self.document, self.email = UNNAMED, None, None, None
        self.contacts, self.identities, self.attributes, self.blocked_at = (), (), {}, None
        self.removed_at = self.removed_at or at
        self._updated(at)
        self.record(ClientRemoved(company_id=self.company_id, at=at, audience=_EVERYONE, client_id=self.id))

    def absorb(self, others: Collection["Client"], *, at: datetime) -> Sequence[Merge]:
        """These turn out to be the same person: take their names and contacts, and what this one lacks.

        Whoever was blocked stays so. Returns what is needed to part them again.
        """
        merges = [self._absorb(other, at) for other in others]
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
        return merges

    def give_back(self, merge: Merge, *, at: datetime) -> tuple[ChannelIdentity, ...]:
        """Part from who was absorbed: what was taken and is still as it was goes back.

        Returns the names that are free for the other again; those that others have by now are not among them.
        """
        before, taken = merge.before.details, merge.absorbed.details
        theirs = {(i.kind, i.key) for i in merge.absorbed.identities}
        returned = tuple(i for i in self.identities if (i.kind, i.key) in theirs)
        self.identities = tuple(i for i in self.identities if i not in returned)
        self.name = _parted(self.name, before.name, taken.name)
        self.document = _parted(self.document, before.document, taken.document)
        self.email = _parted(self.email, before.email, taken.email)
        self.phone = _parted(self.phone, before.phone, taken.phone) or _phone_of(self.identities)
        self.blocked_at = _parted(self.blocked_at, merge.before.blocked_at, merge.absorbed.blocked_at)
        self.contacts = tuple(c for c in self.contacts if c in before.contacts or c not in taken.contacts)
        self.attributes = {
            name: value
            for name, value in self.attributes.items()
            if name in before.attributes or taken.attributes.get(name) != value
        }
        self._updated(at)
        return returned

    def revive(
        self, merge: Merge, *, identities: tuple[ChannelIdentity, ...], document_is_free: bool, at: datetime
    ) -> None:
        """Live again as before the merge, with those names of then that nobody else has by now."""
        self.merged_into = None
        self._take(merge.absorbed.details)
        if not document_is_free:
            self.document = None
        if self.phone and _line_of(self.phone) not in {(i.kind, i.key) for i in identities}:
            self.phone = _phone_of(identities)
        self.identities, self.blocked_at = identities, merge.absorbed.blocked_at
        self._updated(at)

    def _absorb(self, other: "Client", at: datetime) -> Merge:
        merge = Merge.of(
            company_id=self.company_id,
            client_id=self.id,
            absorbed_id=other.id,
            absorbed=other.portrait,
            before=self.portrait,
            at=at,
        )
        known = {(i.kind, i.key) for i in self.identities}
        self.identities += tuple(i for i in other.identities if (i.kind, i.key) not in known)
        if self.is_unnamed and not other.is_unnamed:
            self.name = other.name
        self.phone = self.phone or other.phone
        self.document = self.document or other.document
        self.email = self.email or other.email
        self.contacts = tuple(dict.fromkeys((*self.contacts, *other.contacts)))
        self.attributes = {**other.attributes, **self.attributes}
        self.blocked_at = self.blocked_at or other.blocked_at
        other.identities, other.merged_into, other.updated_at = (), self.id, at
        return merge

    def _take(self, details: Details) -> None:
        if _line_of(self.phone) != _line_of(details.phone):
            kept = [i for i in self.identities if (i.kind, i.key) != _line_of(self.phone)]
            known = {(i.kind, i.key) for i in kept}
            if details.phone and _line_of(details.phone) not in known:
                kept.append(ChannelIdentity.of_phone(details.phone.digits))
            self.identities = tuple(kept)
        self.name, self.phone, self.document = details.name, details.phone, details.document
        self.email, self.contacts, self.attributes = details.email, details.contacts, details.attributes

    def _phones(self) -> list[Phone]:
        named = (Phone.of_channel(i.address) for i in self.identities if i.kind is IdentityKind.PHONE)
        others = map(Phone, self._contacts_of(ContactKind.PHONE))
        return [phone for phone in (self.phone, *named, *others) if phone]

    def _contacts_of(self, kind: ContactKind) -> list[str]:
        return [contact.value for contact in self.contacts if contact.kind is kind]

    def _registered(self) -> None:
        self.record(
            ClientRegistered(
                company_id=self.company_id,
                at=self.created_at,
                audience=_EVERYONE,
                client_id=self.id,
                client_name=self.name,
                phone=self.phone.e164 if self.phone else None,
            )
        )

    def _updated(self, at: datetime) -> None:
        self.updated_at = at
        self.record(
            ClientUpdated(
                company_id=self.company_id,
                at=at,
                audience=_EVERYONE,
                client_id=self.id,
                client_name=self.name,
                phone=self.phone.e164 if self.phone else None,
                blocked=self.is_blocked,
            )
        )


def _parted(now: T, before: T, taken: T) -> T:
    """A value of who stays: as it was before, where it is still the one that was taken."""
    return before if now == taken else now


def _line_of(phone: Phone | None) -> tuple[IdentityKind, str] | None:
    return (IdentityKind.PHONE, phone.key) if phone else None


def _phone_of(identities: Collection[ChannelIdentity]) -> Phone | None:
    for identity in identities:
        if identity.kind is IdentityKind.PHONE:
            return Phone.of_channel(identity.address)
    return None


def survivor(clients: Collection[Client]) -> Client:
    """Of several that turn out to be one person, the one that stays: the oldest."""
    return min(clients, key=lambda client: (client.created_at, client.id))
