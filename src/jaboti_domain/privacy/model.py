"""Whom an erasure is about, what it takes away, and what proves it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from attrs import define, field, frozen
from attrs.setters import frozen as frozen_field

from jaboti_domain.chat.model import Chat
from jaboti_domain.client.details import ContactKind, Portrait
from jaboti_domain.client.model import Client
from jaboti_domain.company.retention import Held
from jaboti_domain.integration.calls import peer_hint
from jaboti_domain.integration.messaging import Peer
from jaboti_domain.kernel.events import Named
from jaboti_domain.kernel.ids import ClientId, CompanyId
from jaboti_domain.kernel.times import rfc3339

SHORTEST = 6
"""A name of fewer characters is found in too much that is not about the person."""


class Trace(StrEnum):
    """A kind of thing that tells of a person, in the order in which they are erased."""

    JOURNAL = "journal"
    LANES = "lanes"
    ERRANDS = "errands"
    MERGES = "merges"
    NOTES = "notes"
    COMMANDS = "commands"
    MEDIA = "media"
    MESSAGES = "messages"
    CHATS = "chats"
    MILESTONES = "milestones"
    USAGE = "usage"
    CALLS = "calls"
    EVENTS = "events"


@frozen(kw_only=True)
class Person:
    """A client with everyone who was merged into them, and their chats; all locked."""

    clients: Sequence[Client]
    """The client first."""
    former: Sequence[Portrait] = ()
    """As merges knew them."""
    chats: Sequence[Chat] = ()
    contents: Sequence[str] = ()
    """Of the files in them: hashes."""
    is_being_written_to: bool = False
    """Whether a message is on its way to them at this moment."""

    @property
    def names(self) -> frozenset[str]:
        """What nobody else is called by: phones, documents, addresses, and what channels know them by."""
        return frozenset(
            name for each in (*(c.portrait for c in self.clients), *self.former) for name in _names_of(each)
        )


@frozen(kw_only=True)
class Receipt:
    """What proves that a person was forgotten, without saying who they were."""

    company_id: CompanyId
    client_id: ClientId
    at: datetime
    by: Named
    erased: Mapping[str, int]
    """How many of each kind."""
    digest: str
    """SHA-256 of the rest, in hexadecimal: it stands in the sealed audit log, too."""

    @classmethod
    def of(
        cls, *, company_id: CompanyId, client_id: ClientId, at: datetime, by: Named, erased: Mapping[str, int]
    ) -> Self:
        """Written out."""
        told = {"company": company_id, "client": client_id, "at": rfc3339(at), "by": by.id, "erased": dict(erased)}
        text = json.dumps(told, sort_keys=True, separators=(",", ":"), default=str)
        digest = hashlib.sha256(text.encode()).hexdigest()
        return cls(company_id=company_id, client_id=client_id, at=at, by=by, erased=erased, digest=digest)


Mark = tuple[Any, ...]
"""Where something stands among its kind: a store made it, and can go on from there."""


@frozen(kw_only=True)
class Batch:
    """How many things were too old among those that were looked at, and the last of these; None: there are no more."""

    count: int
    last: Mark | None


@define(kw_only=True)
class RetentionRun:
    """A company's things are gone through. It outlives the process that began it: another one takes it up."""

    company_id: CompanyId = field(on_setattr=frozen_field)
    began_at: datetime = field(on_setattr=frozen_field)
    ended_at: datetime | None = None
    removed: Mapping[Held, int] = field(factory=dict)
    """How many of each kind have gone so far."""

    def took(self, held: Held, count: int) -> None:
        """So many more have gone."""
        if count:
            self.removed = {**self.removed, held: self.removed.get(held, 0) + count}

    def end(self, *, at: datetime) -> None:
        """Everything was gone through."""
        self.ended_at = at


def hints_of(client: Client) -> frozenset[str]:
    """By what the call log may tell of them. It holds so little that it may tell of somebody else, too."""
    names = [name for identity in client.identities for name in (identity.key, identity.address)]
    names += [client.phone.digits, client.phone.key] if client.phone else []
    return frozenset(hint for name in names if (hint := peer_hint(Peer(phone=name))))


def _names_of(portrait: Portrait) -> Sequence[str]:
    known = portrait.details
    found = [name for identity in portrait.identities for name in (identity.key, identity.address)]
    found += [contact.value.removeprefix("+") for contact in known.contacts if contact.kind is not ContactKind.OTHER]
    found += [known.phone.digits, known.phone.key] if known.phone else []
    found += [known.email or "", known.document.number if known.document else ""]
    return [name for name in found if len(name) >= SHORTEST]
