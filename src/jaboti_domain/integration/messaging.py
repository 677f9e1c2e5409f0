"""The language that channels speak: what comes in, what goes out, and what became of it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from attrs import field, frozen

from jaboti_domain.integration.content import Content
from jaboti_domain.integration.transfers import MediaUpload
from jaboti_domain.kernel.ids import ClientId, IntegrationId, MessageId


class Platform(StrEnum):
    """The channels that we speak. A program that brings another one introduces its name first."""

    CLOUD_API = "CloudAPI"
    EVOLUTION_API = "EvolutionAPI"

    @classmethod
    def introduce(cls, name: str) -> "Platform":
        """The platform of this name, the same object each time; it does not become one of those that are listed."""
        listed = next((platform for platform in cls if platform == name), None)
        return listed or _INTRODUCED.setdefault(name, _another(name))

    @classmethod
    def _missing_(cls, value: object) -> "Platform | None":
        return _INTRODUCED.get(value) if isinstance(value, str) else None

    def __reduce_ex__(self, protocol: object) -> tuple[object, ...]:
        """Copies are the same object; some versions of Python would look for the name among those that are listed."""
        return Platform.introduce, (self.value,)


_INTRODUCED: dict[object, Platform] = {}


def _another(name: str) -> Platform:
    member = str.__new__(Platform, name)
    member._name_ = member._value_ = name
    return member


@frozen(kw_only=True)
class Peer:
    """Who is at the other end, as the platform names them: at least one of the ids is there."""

    phone: str | None = None
    """Digits with country code, as the platform wrote them (`wa_id`)."""
    cloud_user_id: str | None = None
    """CloudAPI's business-scoped user id, `CC.` and up to 128 characters."""
    lid: str | None = None
    """EvolutionAPI's hidden id, digits."""
    name: str | None = None


@frozen(kw_only=True)
class Inbound:
    """A message of a client, or one that our side wrote on the phone itself (`from_phone`)."""

    provider_id: str
    peer: Peer
    content: Content
    at: datetime | None
    """The platform's time; None when it gave none that makes sense."""
    reply_to: str | None = None
    """The provider's id of the message that this one quotes."""
    forwarded: bool = False
    entry_point: bool = False
    """It came from a click-to-WhatsApp ad or a page's button: the first answer opens the 72 h window."""
    from_phone: bool = False
    metadata: Mapping[str, object] = {}


@frozen(kw_only=True)
class Edit:
    """A client changed the words of an earlier message, or our side did on the phone itself (`from_phone`)."""

    provider_id: str
    target: str
    peer: Peer
    content: Content
    at: datetime | None
    from_phone: bool = False


@frozen(kw_only=True)
class Revoke:
    """A client took an earlier message back."""

    provider_id: str
    target: str
    peer: Peer
    at: datetime | None


class ReceiptStatus(StrEnum):
    """What became of a message that we sent."""

    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    PLAYED = "played"
    FAILED = "failed"


@frozen(kw_only=True)
class Pricing:
    """How the platform will charge a message: its own words."""

    category: str
    type: str
    model: str
    billable: bool | None
    """None when it doesn't say."""


@frozen(kw_only=True)
class Receipt:
    """News about a message that we sent."""

    provider_id: str
    status: ReceiptStatus
    peer: Peer | None
    at: datetime | None
    callback: str | None = None
    """Our own message id, when the platform gave it back."""
    error_code: str | None = None
    error_title: str | None = None
    error_info: str | None = None
    pricing: Pricing | None = None
    opted_out: bool = False
    """It failed because the client wants no marketing from us any more."""


@frozen(kw_only=True)
class Preference:
    """A client says whether they want marketing from us."""

    peer: Peer
    wants_marketing: bool
    at: datetime | None


@frozen(kw_only=True)
class NumberChange:
    """A client moved to another number or user id."""

    provider_id: str
    old: Peer
    new: Peer
    at: datetime | None


class Connection(StrEnum):
    """How an account's own session with the messenger stands, on platforms where it has one."""

    OPEN = "open"
    CONNECTING = "connecting"
    PAIRING = "pairing"
    """It waits for a phone to scan a QR code, or to be given a code."""
    CLOSED = "closed"


@frozen(kw_only=True)
class Notice:
    """News about the account, its templates or its calls: recorded with the integration, no chat is touched."""

    topic: str
    summary: str
    at: datetime | None
    connection: Connection | None = None
    """How the account's session stands now, when that is what it tells."""
    about_account: bool = False
    """It is about the account itself or its templates, and worth showing with the integration."""


@frozen(kw_only=True)
class Ignored:
    """Understood, and nothing to do: the reason says why."""

    reason: str


@frozen(kw_only=True)
class Unreadable:
    """Not understood: kept whole as a dead letter."""

    reason: str


Update = Inbound | Edit | Revoke | Receipt | NumberChange | Preference | Notice | Ignored | Unreadable


@frozen(kw_only=True)
class WebhookItem:
    """One item of a webhook's body, small enough to be journalled and read again by itself."""

    account: str | None
    """The platform's name of the account it belongs to (CloudAPI: phone_number_id), None when it doesn't say."""
    owner: str | None
    """What the account itself belongs to (CloudAPI: the WABA id)."""
    event_key: str
    """The same for each delivery of the same thing, such as `m:<provider id>` or `s:<provider id>:<status>`."""
    lane: str
    """Items of one lane take effect one after another: the peer's canonical name, or the account."""
    raw: bytes


@frozen(kw_only=True)
class Outbound:
    """A message on its way out."""

    message_id: MessageId
    to: Peer
    content: Content
    reply_to: str | None = None
    """The provider's id of the quoted message."""
    at: datetime | None = None
    """When it was written: no platform can have taken it before."""
    fence: Callable[[], None] | None = field(default=None, eq=False, repr=False)
    """To be called just before its first byte leaves. Raises NotTried when that is too late, and others may send it."""
    file: MediaUpload | None = None
    """The content's file, for platforms that take its bytes with the message; others have it by `upload`."""


@frozen(kw_only=True)
class Accepted:
    """The platform took it, under its own id; `peer` is how it names the receiver, when it says so."""

    provider_id: str
    peer: Peer | None = None
    since: Sequence[ReceiptStatus] = ()
    """What became of it since, when that is known already."""


@frozen(kw_only=True)
class Pairing:
    """What ties a phone to an account's session: a picture to scan, or a code to type. Who has it can read along."""

    connection: Connection
    qr_image: str | None = field(default=None, repr=False)
    """A PNG as a `data:` URL."""
    code: str | None = field(default=None, repr=False)


@frozen(kw_only=True)
class ReadUpTo:
    """A read receipt on its way out: this message and all before it were read."""

    client_id: ClientId
    integration_id: IntegrationId
    provider_id: str


Headers = Mapping[str, str]
"""Of an HTTP request, with names in lower case."""

Items = Sequence[WebhookItem]
