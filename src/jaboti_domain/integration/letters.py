"""Dead letters: what arrived and could not be processed, kept whole."""

import hashlib
from datetime import datetime
from uuid import UUID

from attrs import field, frozen

from jaboti_domain.integration.messaging import Platform
from jaboti_domain.kernel.ids import CompanyId, IntegrationId

SHOWN_AT_MOST = 32 * 1024
"""Bytes of a dead letter that lists show."""
_VERSION, _VARIANT = 8 << 76, 2 << 62
_LOW, _HIGH = (1 << 62) - 1, 1 << 62


@frozen(kw_only=True)
class DeadLetter:
    """An entry of the journal that is dead."""

    entry_id: int
    company_id: CompanyId
    integration_id: IntegrationId
    platform: Platform
    event_key: str
    raw: bytes = field(repr=False)
    received_at: datetime
    attempts: int
    reason: str | None

    @property
    def id(self) -> UUID:
        """As others call it."""
        return letter_id(self.company_id, self.entry_id)

    @property
    def is_whole_body(self) -> bool:
        """Whether it is a body that could not be split, and not one item."""
        return self.event_key == body_key(self.raw)

    @property
    def shown(self) -> str:
        """The beginning of it as text; U+FFFD stands for what is none."""
        return self.raw[:SHOWN_AT_MOST].decode("utf-8", "replace").replace("\0", "\ufffd")


def body_key(body: bytes) -> str:
    """The event key of a body that can't be split."""
    return f"x:{hashlib.sha256(body).hexdigest()}"


def letter_id(company_id: CompanyId, entry_id: int) -> UUID:
    """The journal's number as a UUID (version 8, RFC 9562, section 5.8), which its company can read back.

    So the journal, which is written for every webhook, needs neither another column nor another index.
    """
    high, low = (1 if entry_id & _HIGH else 0), entry_id & _LOW
    return UUID(int=_mark(company_id) << 80 | _VERSION | high << 64 | _VARIANT | low)


def entry_in(company_id: CompanyId, given: UUID) -> int | None:
    """The journal's number; None for an id that was not made of one of this company's."""
    entry_id = given.int & _LOW | (_HIGH if given.int >> 64 & 1 else 0)
    return entry_id if letter_id(company_id, entry_id) == given else None


def _mark(company_id: CompanyId) -> int:
    return int.from_bytes(hashlib.sha256(b"dead letter" + company_id.bytes).digest()[:6])
