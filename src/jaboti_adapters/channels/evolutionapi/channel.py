"""The ports of a channel, kept by EvolutionAPI."""

import time
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime

from attrs import field, frozen

from jaboti_adapters.channels._health import milliseconds_since, unwell
from jaboti_adapters.channels._http import HttpPool
from jaboti_adapters.channels.evolutionapi.api import Api, key_of
from jaboti_adapters.channels.evolutionapi.errors import NOT_ON_WHATSAPP, refusal
from jaboti_adapters.channels.evolutionapi.inbound import read, split
from jaboti_adapters.channels.evolutionapi.instances import Instances
from jaboti_adapters.channels.evolutionapi.jids import numbers_of
from jaboti_adapters.channels.evolutionapi.media import Chest, enclosed
from jaboti_adapters.channels.evolutionapi.outbound import accepted, presence, read_receipt, request, with_file
from jaboti_adapters.channels.evolutionapi.records import Records
from jaboti_adapters.channels.evolutionapi.secret import verify_secret
from jaboti_domain.integration.content import MediaFile
from jaboti_domain.integration.errors import GiveUp, OutcomeUnknown, SendingFailed, TryAgain
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
from jaboti_domain.integration.model import Integration
from jaboti_domain.integration.ports.channels import (
    ConnectionStates,
    ConnectionStatus,
    ConnectionTest,
    Enclosing,
    Health,
    InstanceManager,
    MediaTransfer,
    MessagingChannel,
    Reconciling,
    TypingIndicator,
)
from jaboti_domain.integration.transfers import MediaUpload, RemoteMedia


@frozen
class EvolutionApiChannel(
    MessagingChannel,
    Reconciling,
    MediaTransfer,
    Enclosing,
    InstanceManager,
    ConnectionTest,
    ConnectionStates,
    TypingIndicator,
):
    """WhatsApp by a phone's own session on an EvolutionAPI server, version 2.2.3 to 2.3.7.

    An integration's account is its instance's name. Of its settings `base_url` (the server's address) is used, of its
    credentials `api_key`, `webhook_secret` and, while it is being replaced, `previous_webhook_secret`.
    """

    http: HttpPool
    _api: Api = field(init=False)
    _instances: Instances = field(init=False)
    _records: Records = field(init=False)
    _chest: Chest = field(init=False)

    @_api.default
    def _opened(self) -> Api:
        return Api(self.http)

    @_instances.default
    def _managed(self) -> Instances:
        return Instances(self._api)

    @_records.default
    def _kept(self) -> Records:
        return Records(self._api)

    @_chest.default
    def _stored(self) -> Chest:
        return Chest(self._api)

    @property
    def platform(self) -> Platform:
        return Platform.EVOLUTION_API

    def verify(self, integration: Integration, headers: Headers, body: bytes) -> None:
        verify_secret(integration, headers)

    def split(self, body: bytes) -> Items:
        return split(body)

    def read(self, raw: bytes) -> Update:
        return read(raw)

    async def send(self, integration: Integration, outbound: Outbound) -> Accepted:
        """To the first of the client's numbers that is on WhatsApp."""
        *others, last = numbers_of(outbound.to)
        for number in others:
            try:
                return await self._send(integration, outbound, number)
            except GiveUp as refused:
                if refused.error_code != NOT_ON_WHATSAPP:
                    raise
        return await self._send(integration, outbound, last)

    async def mark_read(self, integration: Integration, provider_id: str, *, peer: Peer | None) -> None:
        number = next(iter(numbers_of(peer or Peer())))
        answer = await self._api.post(integration, "/chat/markMessageAsRead", read_receipt(provider_id, number))
        if not answer.ok:
            raise refusal(answer)

    async def show_typing(self, integration: Integration, *, peer: Peer, newest: str) -> None:
        answer = await self._api.post(integration, "/chat/sendPresence", presence(next(iter(numbers_of(peer)))))
        if not answer.ok:
            raise refusal(answer)

    async def find_messages(self, integration: Integration, *, since: datetime) -> Items:
        return await self._records.told(integration, since=since)

    async def find_sent(self, integration: Integration, outbound: Outbound) -> Sequence[Accepted]:
        return await self._records.sent(integration, outbound)

    async def test(self, integration: Integration) -> Health:
        """All is well when the server knows us, and the session is open."""
        began = time.monotonic()
        try:
            state = await self._instances.state(integration)
        except SendingFailed as failure:
            return unwell(failure, began)
        trouble = f"the session is {state}" if state is Connection.CLOSED else None
        latency = milliseconds_since(began)
        return Health(ok=state is Connection.OPEN, detail=state.value, latency_ms=latency, trouble=trouble)

    async def connection(self, integration: Integration) -> ConnectionStatus | None:
        """With the QR code, where a phone has to scan one: asking for it begins the pairing."""
        try:
            state = await self._instances.state(integration)
            pairing = Pairing(connection=state) if state is Connection.OPEN else await self.connect(integration)
        except SendingFailed:
            return None
        return ConnectionStatus(state=pairing.connection, qr_code=pairing.qr_image)

    async def create(self, integration: Integration, *, webhook_url: str) -> Pairing:
        return await self._instances.create(integration, webhook_url=webhook_url)

    async def connect(self, integration: Integration) -> Pairing:
        return await self._instances.connect(integration)

    async def state(self, integration: Integration) -> Connection:
        return await self._instances.state(integration)

    async def restart(self, integration: Integration) -> Connection:
        return await self._instances.restart(integration)

    async def log_out(self, integration: Integration) -> None:
        await self._instances.log_out(integration)

    async def delete(self, integration: Integration) -> None:
        await self._instances.delete(integration)

    async def set_webhook(self, integration: Integration, url: str) -> None:
        await self._instances.set_webhook(integration, url)

    def open(self, integration: Integration, file: MediaFile) -> AbstractAsyncContextManager[RemoteMedia]:
        return self._chest.open(integration, file)

    async def upload(self, integration: Integration, file: MediaUpload) -> str | None:
        """None: a message takes its file along."""
        return None

    def enclosed(self, raw: bytes) -> RemoteMedia | None:
        return enclosed(raw)

    async def _send(self, integration: Integration, outbound: Outbound, number: str) -> Accepted:
        if outbound.file is not None:
            return await self._send_with_file(integration, outbound, outbound.file, number)
        asked = request(outbound, number)
        return accepted(await self._api.post(integration, f"/message/{asked.verb}", asked.body, fence=outbound.fence))

    async def _send_with_file(
        self, integration: Integration, outbound: Outbound, file: MediaUpload, number: str
    ) -> Accepted:
        """The outcome is known when the file never got to its end: the server has half of a message, and drops it."""
        verb, parcel = with_file(outbound, file, number)
        try:
            async with self._api.stream(integration, f"/message/{verb}", parcel, fence=outbound.fence) as stream:
                return accepted(await stream.answer(secret=key_of(integration)))
        except OutcomeUnknown as failure:
            if parcel.may_be_whole:
                raise
            raise TryAgain(error_code=failure.error_code, title=failure.title, is_outage=True) from None
