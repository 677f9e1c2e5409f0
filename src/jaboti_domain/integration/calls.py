"""The call log: what went to a channel and what came from it, without what was said."""

import re
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from attrs import frozen

from jaboti_domain.integration.messaging import Peer, Platform
from jaboti_domain.kernel.ids import CompanyId, IntegrationId

LONGEST_TITLE = 200
_NUMBERS = re.compile(r"\+?[0-9][0-9 ().-]{5,}[0-9]")


class Direction(StrEnum):
    """From the platform, or to it."""

    IN = "IN"
    OUT = "OUT"


class CallKind(StrEnum):
    """What it was about."""

    WEBHOOK = "webhook"
    MESSAGE = "message"
    READ = "read"
    TYPING = "typing"
    TEST = "test"
    TEMPLATES = "templates"
    RECORDS = "records"
    """What the platform has of our messages and the clients'."""
    MEDIA = "media"
    """A file, in either direction."""


class CallOutcome(StrEnum):
    """How it ended: taken, clearly refused, or neither (whoever was asked is away, or the connection was cut)."""

    OK = "OK"
    REFUSED = "REFUSED"
    FAILED = "FAILED"


@frozen(kw_only=True)
class Call:
    """One call. Nothing of what was said is in it, no secret, and of phones only the last four digits."""

    id: UUID
    company_id: CompanyId
    integration_id: IntegrationId
    platform: Platform
    at: datetime
    direction: Direction
    kind: CallKind
    outcome: CallOutcome
    http_status: int | None = None
    latency_ms: int
    request_id: str | None = None
    """What the provider calls it."""
    peer: str | None = None
    items: int | None = None
    """Of a webhook: how many messages, receipts and the like it brought."""
    error_code: str | None = None
    error_title: str | None = None


@frozen(kw_only=True)
class LastCalls:
    """When something came, and when something was taken."""

    inbound_at: datetime | None = None
    outbound_at: datetime | None = None


def peer_hint(peer: Peer) -> str | None:
    """Enough of a peer to recognise them by."""
    name = peer.phone or peer.cloud_user_id or peer.lid
    return f"…{name[-4:]}" if name and len(name) > 4 else None


def redacted(title: str) -> str:
    """The words of an error, short, and with the last four digits of every long number in them."""
    return _NUMBERS.sub(lambda match: f"…{match[0][-4:]}", title)[:LONGEST_TITLE]
