"""Channels whose calls are noted in the call log."""

import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from datetime import datetime

from attrs import define, frozen

from jaboti_adapters.channels._http import Exchange, watching
from jaboti_domain.integration.calls import Call, CallKind, CallOutcome, Direction, peer_hint, redacted
from jaboti_domain.integration.content import MediaFile
from jaboti_domain.integration.errors import OutcomeUnknown, SendingFailed
from jaboti_domain.integration.messaging import Accepted, Headers, Items, Outbound, Peer, Platform, Update
from jaboti_domain.integration.model import Integration
from jaboti_domain.integration.ports.channels import (
    ConnectionTest,
    Health,
    MediaTransfer,
    MessagingChannel,
    Reconciling,
    TemplateCatalogue,
    TypingIndicator,
)
from jaboti_domain.integration.ports.stores import CallLog
from jaboti_domain.integration.templates import TemplateInfo
from jaboti_domain.integration.transfers import MediaUpload, RemoteMedia
from jaboti_domain.kernel.ids import new_id
from jaboti_domain.kernel.ports import Clock

LONGEST_CODE = 100
CUT_OFF = ("cut_off", "The call was broken off")


@frozen
class CallNotes:
    """Notes each call, however it ends."""

    log: CallLog
    clock: Clock

    @contextmanager
    def noting(self, integration: Integration, kind: CallKind, *, peer: str | None = None) -> Iterator["Ending"]:
        """A call is made within."""
        at, began = self.clock(), time.monotonic()
        with watching() as exchange:
            ending = Ending(exchange)
            try:
                yield ending
            except SendingFailed as failure:
                ending.failed(failure.error_code, failure.title, unsure=isinstance(failure, OutcomeUnknown))
                raise
            except BaseException:
                ending.failed(*CUT_OFF, unsure=True)
                raise
            finally:
                if ending.was_made:
                    self.log.note(ending.call(integration, kind, at=at, peer=peer, seconds=time.monotonic() - began))


@define
class Ending:
    """How a call ended."""

    exchange: Exchange
    outcome: CallOutcome = CallOutcome.OK
    code: str | None = None
    title: str | None = None
    was_made: bool = True

    def failed(self, code: str, title: str, *, unsure: bool = False) -> None:
        """The platform refused it, or (without a clear answer) could not be asked."""
        answered = self.exchange.status is not None and not unsure
        self.outcome = CallOutcome.REFUSED if answered else CallOutcome.FAILED
        self.code, self.title = code[:LONGEST_CODE], redacted(title)

    def call(self, integration: Integration, kind: CallKind, *, at: datetime, peer: str | None, seconds: float) -> Call:
        """As it is noted."""
        return Call(
            id=new_id(),
            company_id=integration.company_id,
            integration_id=integration.id,
            platform=integration.platform,
            at=at,
            direction=Direction.OUT,
            kind=kind,
            outcome=self.outcome,
            http_status=self.exchange.status,
            latency_ms=round(seconds * 1000),
            request_id=self.exchange.request_id,
            peer=peer,
            error_code=self.code,
            error_title=self.title,
        )


@frozen
class LoggedChannel(MessagingChannel):
    """A channel; what goes out through it is noted."""

    channel: MessagingChannel
    notes: CallNotes

    @property
    def platform(self) -> Platform:
        return self.channel.platform

    def verify(self, integration: Integration, headers: Headers, body: bytes) -> None:
        self.channel.verify(integration, headers, body)

    def split(self, body: bytes) -> Items:
        return self.channel.split(body)

    def read(self, raw: bytes) -> Update:
        return self.channel.read(raw)

    async def send(self, integration: Integration, outbound: Outbound) -> Accepted:
        with self.notes.noting(integration, CallKind.MESSAGE, peer=peer_hint(outbound.to)):
            return await self.channel.send(integration, outbound)

    async def mark_read(self, integration: Integration, provider_id: str, *, peer: Peer | None) -> None:
        with self.notes.noting(integration, CallKind.READ, peer=peer_hint(peer) if peer else None):
            await self.channel.mark_read(integration, provider_id, peer=peer)


@frozen
class LoggedReconciler(LoggedChannel, Reconciling):
    """The same, of a platform that can be asked what it has."""

    records: Reconciling

    async def find_messages(self, integration: Integration, *, since: datetime) -> Items:
        with self.notes.noting(integration, CallKind.RECORDS):
            return await self.records.find_messages(integration, since=since)

    async def find_sent(self, integration: Integration, outbound: Outbound) -> Sequence[Accepted]:
        with self.notes.noting(integration, CallKind.RECORDS, peer=peer_hint(outbound.to)):
            return await self.records.find_sent(integration, outbound)


@frozen
class LoggedIndicator(TypingIndicator):
    """A channel's sign that somebody writes, noted."""

    indicator: TypingIndicator
    notes: CallNotes

    async def show_typing(self, integration: Integration, *, peer: Peer, newest: str) -> None:
        with self.notes.noting(integration, CallKind.TYPING, peer=peer_hint(peer)):
            await self.indicator.show_typing(integration, peer=peer, newest=newest)


@frozen
class LoggedTest(ConnectionTest):
    """A channel's test, noted."""

    test_of: ConnectionTest
    notes: CallNotes

    async def test(self, integration: Integration) -> Health:
        with self.notes.noting(integration, CallKind.TEST) as ending:
            health = await self.test_of.test(integration)
            if not health.ok:
                code, _, title = health.detail.partition(": ")
                ending.failed(code, title)
            return health


@frozen
class LoggedCatalogue(TemplateCatalogue):
    """A channel's templates, noted."""

    catalogue: TemplateCatalogue
    notes: CallNotes

    async def templates(self, integration: Integration) -> Sequence[TemplateInfo]:
        with self.notes.noting(integration, CallKind.TEMPLATES):
            return await self.catalogue.templates(integration)


@frozen
class LoggedTransfer(MediaTransfer):
    """A channel's files, noted."""

    transfer: MediaTransfer
    notes: CallNotes

    def open(self, integration: Integration, file: MediaFile) -> AbstractAsyncContextManager[RemoteMedia]:
        return self._opened(integration, file)

    async def upload(self, integration: Integration, file: MediaUpload) -> str | None:
        """Where the message takes the bytes along there is no call to note."""
        with self.notes.noting(integration, CallKind.MEDIA) as ending:
            name = await self.transfer.upload(integration, file)
            ending.was_made = name is not None
            return name

    @asynccontextmanager
    async def _opened(self, integration: Integration, file: MediaFile) -> AsyncIterator[RemoteMedia]:
        with self.notes.noting(integration, CallKind.MEDIA):
            async with self.transfer.open(integration, file) as media:
                yield media


def logged_channels(
    channels: Mapping[Platform, MessagingChannel], notes: CallNotes
) -> Mapping[Platform, MessagingChannel]:
    """All channels, logged."""
    return {platform: _logged(channel, notes) for platform, channel in channels.items()}


def _logged(channel: MessagingChannel, notes: CallNotes) -> MessagingChannel:
    return (
        LoggedReconciler(channel, notes, channel) if isinstance(channel, Reconciling) else LoggedChannel(channel, notes)
    )


def logged_tests(channels: Mapping[Platform, MessagingChannel], notes: CallNotes) -> Mapping[Platform, ConnectionTest]:
    """Those that can be tested."""
    return {platform: LoggedTest(c, notes) for platform, c in channels.items() if isinstance(c, ConnectionTest)}


def logged_indicators(
    channels: Mapping[Platform, MessagingChannel], notes: CallNotes
) -> Mapping[Platform, TypingIndicator]:
    """Those whose clients see that somebody writes."""
    return {platform: LoggedIndicator(c, notes) for platform, c in channels.items() if isinstance(c, TypingIndicator)}


def logged_catalogues(
    channels: Mapping[Platform, MessagingChannel], notes: CallNotes
) -> Mapping[Platform, TemplateCatalogue]:
    """Those that have templates."""
    return {platform: LoggedCatalogue(c, notes) for platform, c in channels.items() if isinstance(c, TemplateCatalogue)}


def logged_transfers(
    channels: Mapping[Platform, MessagingChannel], notes: CallNotes
) -> Mapping[Platform, MediaTransfer]:
    """Those whose messages carry files."""
    return {platform: LoggedTransfer(c, notes) for platform, c in channels.items() if isinstance(c, MediaTransfer)}
