"""What a platform's channel does for us."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol, runtime_checkable

from attrs import field, frozen

from jaboti_domain.integration.content import MediaFile
from jaboti_domain.integration.messaging import (
    Accepted,
    Connection,
    Headers,
    Items,
    Outbound,
    Pairing,
    Peer,
    Platform,
    Update,
)
from jaboti_domain.integration.model import Integration, Secret
from jaboti_domain.integration.templates import TemplateInfo
from jaboti_domain.integration.transfers import MediaUpload, RemoteMedia
from jaboti_domain.kernel.ids import CompanyId, IntegrationId


class MessagingChannel(Protocol):
    """One platform. Everything but `send` and `mark_read` is pure: no I/O, no clock."""

    @property
    def platform(self) -> Platform: ...

    def verify(self, integration: Integration, headers: Headers, body: bytes) -> None:
        """Check that the platform sent exactly these bytes. Raises BadSignature; compares in constant time."""
        ...

    def split(self, body: bytes) -> Items:
        """The items of a webhook's body, in their order; an item that can't be understood is one of them.

        Raises UnreadableWebhook only when the body as a whole is not JSON of the platform's shape.
        """
        ...

    def read(self, raw: bytes) -> Update:
        """What one item means. Never raises: what can't be understood is Unreadable with the reason."""
        ...

    async def send(self, integration: Integration, outbound: Outbound) -> Accepted:
        """Hand a message to the platform. Raises a SendingFailed, sorted by what to do next."""
        ...

    async def mark_read(self, integration: Integration, provider_id: str, *, peer: Peer | None) -> None:
        """Tell the client, who is `peer`, that their messages up to this one were read. Raises a SendingFailed."""
        ...


@runtime_checkable
class Reconciling(Protocol):
    """A channel whose platform can be asked what it has: for what it told nobody, and what nobody knows it took."""

    async def find_messages(self, integration: Integration, *, since: datetime) -> Items:
        """What it has had since then, oldest first, as the items that its webhooks would have been split into.

        Their keys are those of the webhooks' items. Raises a SendingFailed, also when there is more than it will list.
        """
        ...

    async def find_sent(self, integration: Integration, outbound: Outbound) -> Sequence[Accepted]:
        """The messages that went out to this peer since `outbound.at`, and may be this one, oldest first.

        Equal messages can't be told apart: it is for the caller to know which of them are accounted for. Raises a
        SendingFailed, also when there are more than it will list; empty means that the platform has none.
        """
        ...


@runtime_checkable
class MediaTransfer(Protocol):
    """A channel whose messages carry files. Repeating any of it is harmless: nothing here raises OutcomeUnknown."""

    def open(self, integration: Integration, file: MediaFile) -> AbstractAsyncContextManager[RemoteMedia]:
        """The file of a message that came, for as long as the context is entered; addresses that ended are asked anew.

        Entering it, and reading its `chunks`, raise a SendingFailed by what to do next: TryAgain and SlowDown (later),
        MendSettings (the integration can't ask for any file), GiveUp (it is gone, larger than LARGEST, or nowhere that
        we may look: no later try will have it). What is neither whole nor the file that was promised is TryAgain.
        """
        ...

    async def upload(self, integration: Integration, file: MediaUpload) -> str | None:
        """Give a file to the platform; its id there, by which the account's messages may carry it for 30 days.

        None where no such ids are: there the message itself takes the bytes along, in `Outbound.file`. Raises a
        SendingFailed, as `send` does; what `file.read` raises is passed on.
        """
        ...


@runtime_checkable
class Enclosing(Protocol):
    """A channel whose items may bring the file of their message with them."""

    def enclosed(self, raw: bytes) -> RemoteMedia | None:
        """The file that is in an item; None for one that brings none. Pure, and never raises but while it is read."""
        ...


@runtime_checkable
class InstanceManager(Protocol):
    """A channel whose accounts are sessions of a phone that we open and close. Everything raises a SendingFailed."""

    async def create(self, integration: Integration, *, webhook_url: str) -> Pairing:
        """Open the account's session; one that is there already is connected. Its webhooks go to this address."""
        ...

    async def connect(self, integration: Integration) -> Pairing:
        """What ties a phone to the session; a session that is open stays as it is."""
        ...

    async def state(self, integration: Integration) -> Connection:
        """How the session stands. A session that is not there is MendSettings."""
        ...

    async def restart(self, integration: Integration) -> Connection:
        """Connect anew with the phone that it is tied to."""
        ...

    async def log_out(self, integration: Integration) -> None:
        """Untie the phone; a session without one stays as it is."""
        ...

    async def delete(self, integration: Integration) -> None:
        """End the session for good; one that is not there stays away."""
        ...

    async def set_webhook(self, integration: Integration, url: str) -> None:
        """Have the account's events sent here from now on, with the secret by which `verify` knows them."""
        ...


@runtime_checkable
class TypingIndicator(Protocol):
    """A channel whose clients see that somebody writes to them."""

    async def show_typing(self, integration: Integration, *, peer: Peer, newest: str) -> None:
        """Let the client, whose newest message this is, see it for some seconds; a platform may mark it as read.

        Raises a SendingFailed. It is done once or not at all: what comes too late is of no use.
        """
        ...


class Channels(Protocol):
    """All channels, by platform."""

    def __getitem__(self, platform: Platform, /) -> MessagingChannel: ...


@frozen(kw_only=True)
class Health:
    """What a platform says when it is asked whether our credentials work."""

    ok: bool
    detail: str
    """For people: which account it is, or what is wrong."""
    latency_ms: int
    quality: str | None = None
    """How good the platform finds the account, in its own words."""
    trouble: str | None = None
    """What must be mended in the settings; None when all is well, or when the platform could not be asked."""


@runtime_checkable
class ConnectionTest(Protocol):
    """A channel that can ask its platform whether an integration's credentials work."""

    async def test(self, integration: Integration) -> Health:
        """Ask now. Never raises for the platform's sake: what went wrong is in the answer."""
        ...


@frozen(kw_only=True)
class ConnectionStatus:
    """How an account is connected, where a channel keeps a connection open."""

    state: Connection
    since: datetime | None = None
    qr_code: str | None = field(default=None, repr=False)
    """What to scan to connect the phone, as the platform gives it (a data URL); None unless it waits for that."""


@runtime_checkable
class ConnectionStates(Protocol):
    """A channel that knows how its accounts are connected."""

    async def connection(self, integration: Integration) -> ConnectionStatus | None:
        """As it is now; None when that is not known. Never raises for the platform's sake."""
        ...


@runtime_checkable
class TemplateCatalogue(Protocol):
    """A channel whose messages may be templates."""

    async def templates(self, integration: Integration) -> Sequence[TemplateInfo]:
        """All approved templates of the account. Raises a SendingFailed."""
        ...


class KnownTemplates(Protocol):
    """What this process remembers of catalogues."""

    def known(self, integration_id: IntegrationId) -> Sequence[TemplateInfo] | None:
        """The account's templates as of a few minutes ago at most; None when they are not known. Asks nobody."""
        ...

    def learn(self, integration: Integration) -> None:
        """Begin to ask for them, so that they are known soon, and return at once. Never raises.

        While they are being asked for, this does nothing.
        """
        ...


class Vault(Protocol):
    """Keeps secrets at rest: what is sealed for one place can't be opened for another."""

    def seal(self, secret: Secret, *, company_id: CompanyId, place: str) -> bytes: ...

    def open(self, sealed: bytes, *, company_id: CompanyId, place: str) -> Secret:
        """Raises Unavailable when the key is not at hand or the place is another."""
        ...
