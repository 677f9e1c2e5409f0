"""The chain of a company's deeds: each entry is sealed together with the seal of the one before.

The seal is a keyed hash (HMAC), and the key is not in the database: whoever can write there can neither change an entry
nor make up one. How long the chain is, is sealed too, so that cutting off its end shows.
"""

import hashlib
import json
import secrets
from collections.abc import Mapping
from typing import Protocol, Self

from attrs import evolve, frozen

from jaboti_domain.kernel.deeds import Deed
from jaboti_domain.kernel.ids import CompanyId
from jaboti_domain.kernel.times import rfc3339

BEGINNING = b""
"""What stands before the first entry."""


class Seal(Protocol):
    """A keyed hash."""

    def make(self, text: bytes) -> bytes:
        """The seal of this text, with the id of its key in it."""
        ...

    def fits(self, seal: bytes, text: bytes) -> bool:
        """Whether it was made of this text, with any of our keys."""
        ...


@frozen(kw_only=True)
class Details:
    """What a deed changed: `text` is JSON. The salt keeps a forgotten text from being guessed by its digest."""

    text: str
    salt: bytes

    @classmethod
    def of(cls, deed: Deed) -> Self:
        """Written down, with a fresh salt."""
        return cls(text=_written({"before": deed.before, "after": deed.after}), salt=secrets.token_bytes(16))

    @property
    def digest(self) -> bytes:
        """SHA-256 of salt and text."""
        return hashlib.sha256(self.salt + self.text.encode()).digest()


@frozen(kw_only=True)
class Entry:
    """A deed in its place. `details` are None when they were forgotten; their digest stays."""

    company_id: CompanyId
    seq: int
    """1, 2, 3, ... without a gap."""
    deed: Deed
    details: Details | None
    digest: bytes
    seal: bytes

    def follows(self, previous: bytes, seal: Seal) -> bool:
        """Whether it is as it was written, right after the entry with this seal."""
        is_whole = self.details is None or self.details.digest == self.digest
        return is_whole and seal.fits(self.seal, _sealed_text(self, previous))


@frozen(kw_only=True)
class Head:
    """Where a company's chain ends: its length, the last entry's seal, and the seal of both."""

    company_id: CompanyId
    seq: int
    last: bytes
    seal: bytes

    @classmethod
    def of(cls, company_id: CompanyId, *, seq: int, last: bytes, seal: Seal) -> Self:
        """Sealed."""
        return cls(company_id=company_id, seq=seq, last=last, seal=seal.make(_head_text(company_id, seq, last)))

    def is_genuine(self, seal: Seal) -> bool:
        """Whether it was written by us."""
        return seal.fits(self.seal, _head_text(self.company_id, self.seq, self.last))


def entry_after(head: Head | None, deed: Deed, *, company_id: CompanyId, seal: Seal) -> Entry:
    """The deed as the next entry of the chain (None: the first one)."""
    details = Details.of(deed)
    entry = Entry(
        company_id=company_id,
        seq=head.seq + 1 if head else 1,
        deed=deed,
        details=details,
        digest=details.digest,
        seal=b"",
    )
    return evolve(entry, seal=seal.make(_sealed_text(entry, head.last if head else BEGINNING)))


def _sealed_text(entry: Entry, previous: bytes) -> bytes:
    deed = entry.deed
    told = {
        "company": str(entry.company_id),
        "seq": entry.seq,
        "previous": previous.hex(),
        "at": rfc3339(deed.at),
        "action": deed.action,
        "actor": str(deed.actor_id),
        "name": deed.actor_name,
        "address": deed.address,
        "subject": [deed.subject, str(deed.subject_id)],
        "digest": entry.digest.hex(),
    }
    return _written(told).encode()


def _head_text(company_id: CompanyId, seq: int, last: bytes) -> bytes:
    return _written({"company": str(company_id), "seq": seq, "last": last.hex()}).encode()


def _written(told: Mapping[str, object]) -> str:
    """The same text for the same data, whatever the order of its keys; what JSON does not know is written as text."""
    return json.dumps(told, sort_keys=True, separators=(",", ":"), default=str)
