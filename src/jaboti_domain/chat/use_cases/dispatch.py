"""What goes out: claimed, handed to the platform, settled.

A message is SENDING, durably, before the platform sees it. When nobody knows whether the platform took it, it waits
for the platform's own word; then the platform is asked, where it can be; and only then is it sent once more, marked as
possibly doubled.
"""

import random
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta

from attrs import evolve, frozen

from jaboti_domain.chat.delivery import DeliveryError
from jaboti_domain.chat.errors import NoAddress
from jaboti_domain.chat.message import Message
from jaboti_domain.chat.ports import ChatUnitOfWork, Errand, ErrandKind, Settlement
from jaboti_domain.chat.use_cases.acquaint import names_of
from jaboti_domain.client.identity import IdentityKind
from jaboti_domain.client.model import Client
from jaboti_domain.integration.errors import (
    GiveUp,
    IntegrationNotFound,
    MendSettings,
    OutcomeUnknown,
    SendingFailed,
    SlowDown,
)
from jaboti_domain.integration.messaging import Accepted, Outbound, Peer, Receipt
from jaboti_domain.integration.model import Integration, IntegrationStatus
from jaboti_domain.integration.ports.channels import Channels, Reconciling
from jaboti_domain.integration.ports.stores import IntegrationDirectory
from jaboti_domain.kernel.errors import Conflict, Refusal
from jaboti_domain.kernel.ids import ClientId, CompanyId, IntegrationId, MessageId
from jaboti_domain.kernel.ports import Clock

UNSURE_AFTER = timedelta(seconds=90)
"""How long the platform's own word about an unknown outcome is waited for."""
TRIES = 20
READ_TRIES = 3
PAUSE_OF_BROKEN = timedelta(seconds=60)


def backoff(attempt: int, *, chance: Callable[[], float] = random.random) -> timedelta:
    """`min(300, 2^attempt) x uniform(0.5, 1)` seconds."""
    return timedelta(seconds=min(300.0, 2.0 ** min(attempt, 12)) * (0.5 + chance() / 2))


@frozen(kw_only=True)
class Parcel:
    """An errand with all that it takes to run it. `outbound` is None for a read receipt of `provider_id` to `peer`."""

    errand: Errand
    integration: Integration
    outbound: Outbound | None
    provider_id: str = ""
    peer: Peer | None = None


@frozen(kw_only=True)
class Delivery:
    """How a parcel was received: accepted, or why not."""

    parcel: Parcel
    accepted: Accepted | None = None
    failure: SendingFailed | None = None
    sent_again: bool = False
    """Whether it was sent once more after the platform said that it does not have it."""
    still_unsure: bool = False
    """Whether the failure was that of asking the platform what became of it."""
    is_nameless: bool = False
    """Whether another message has the name under which it was accepted."""


@frozen(kw_only=True)
class ClaimErrands:
    """A dispatcher takes what is due, at most one errand of each chat; the messages are SENDING from now on."""

    new_uow: Callable[[CompanyId], ChatUnitOfWork]
    clock: Clock
    directory: IntegrationDirectory
    channels: Channels
    unsure_after: timedelta = UNSURE_AFTER

    async def __call__(self, company_id: CompanyId, *, errands: int) -> list[Parcel]:
        """What to deliver now; errands that turned out to have nothing to deliver are ended on the way."""
        async with self.new_uow(company_id) as uow:
            claimed = await uow.outbound.claim(errands=errands, unsure_after=self.unsure_after)
            if not claimed:
                return []
            packer = await _Packer.for_errands(uow, claimed, self.directory, self.channels, self.clock())
            parcels = [parcel for errand in claimed if (parcel := packer.pack(errand)) is not None]
            await uow.messages.save(*packer.touched)
            await uow.outbound.settle(packer.settled)
            await uow.commit()
        return parcels


@frozen(kw_only=True)
class _Packer:
    messages: Mapping[MessageId, Message]
    clients: Mapping[ClientId, Client]
    integrations: Mapping[IntegrationId, Integration | None]
    channels: Channels
    at: datetime
    touched: list[Message]
    settled: list[Settlement]

    @classmethod
    async def for_errands(
        cls,
        uow: ChatUnitOfWork,
        errands: Collection[Errand],
        directory: IntegrationDirectory,
        channels: Channels,
        at: datetime,
    ) -> "_Packer":
        messages = dict(await uow.messages.find({errand.message_id for errand in errands}))
        quoted = {m.reply_to for m in messages.values() if m.reply_to is not None} - messages.keys()
        if quoted:
            messages.update(await uow.messages.find(quoted))
        return cls(
            messages=messages,
            clients=await uow.clients.find({errand.client_id for errand in errands}),
            integrations=await _integrations(directory, {errand.integration_id for errand in errands}),
            channels=channels,
            at=at,
            touched=[],
            settled=[],
        )

    def pack(self, errand: Errand) -> Parcel | None:
        message = self.messages.get(errand.message_id)
        if message is None:
            self._end(errand)
            return None
        integration = self.integrations[errand.integration_id]
        if integration is None:
            self._refuse(errand, message, IntegrationNotFound())
            return None
        if integration.status is not IntegrationStatus.ACTIVE:
            self.settled.append(_again(errand, PAUSE_OF_BROKEN))
            return None
        if errand.kind is ErrandKind.READ:
            name, reader = message.provider_id or "", _address(self.clients.get(errand.client_id))
            return Parcel(errand=errand, integration=integration, outbound=None, provider_id=name, peer=reader)
        return self._pack_message(errand, integration, message)

    def _pack_message(self, errand: Errand, integration: Integration, message: Message) -> Parcel | None:
        if message.status.is_with_platform:
            self._end(errand)
            return None
        to = _address(self.clients.get(errand.client_id))
        if to is None:
            self._refuse(errand, message, NoAddress())
            return None
        self.touched.append(message)
        asks_first = isinstance(self.channels[integration.platform], Reconciling)
        message.sending(again=errand.unsure and not asks_first, at=self.at)
        quoted = self.messages.get(message.reply_to) if message.reply_to else None
        outbound = Outbound(
            message_id=message.id,
            to=to,
            content=message.content,
            reply_to=quoted.provider_id if quoted else None,
            at=message.at,
        )
        return Parcel(errand=errand, integration=integration, outbound=outbound)

    def _refuse(self, errand: Errand, message: Message, why: Refusal) -> None:
        if errand.kind is ErrandKind.MESSAGE and not message.status.is_with_platform:
            message.refused(DeliveryError(code=why.code, title=why.message), at=self.at)
            self.touched.append(message)
        self._end(errand)

    def _end(self, errand: Errand) -> None:
        self.settled.append(Settlement(errand_id=errand.id, attempt=errand.attempt))


async def _integrations(
    directory: IntegrationDirectory, ids: Collection[IntegrationId]
) -> Mapping[IntegrationId, Integration | None]:
    return {integration_id: await directory.by_id(integration_id) for integration_id in ids}


def _address(client: Client | None) -> Peer | None:
    if client is None:
        return None
    peer = Peer(
        phone=client.address(IdentityKind.PHONE),
        cloud_user_id=client.address(IdentityKind.CLOUD_USER),
        lid=client.address(IdentityKind.LID),
        name=client.name,
    )
    return peer if peer.phone or peer.cloud_user_id or peer.lid else None


def _again(errand: Errand, wait: timedelta, *, unsure: bool = False) -> Settlement:
    return Settlement(errand_id=errand.id, attempt=errand.attempt, retry_in=wait, unsure=unsure)


@frozen(kw_only=True)
class Deliver:
    """One parcel is handed to its platform.

    One of which nobody knows whether the platform took it is asked for first, where the platform can be asked.
    """

    channels: Channels
    new_uow: Callable[[CompanyId], ChatUnitOfWork]

    async def __call__(self, parcel: Parcel) -> Delivery:
        """Never raises: what nobody foresaw counts as an unknown outcome, for the platform may have taken it."""
        channel = self.channels[parcel.integration.platform]
        try:
            if parcel.outbound is None:
                await channel.mark_read(parcel.integration, parcel.provider_id, peer=parcel.peer)
                return Delivery(parcel=parcel)
            asked = parcel.errand.unsure and isinstance(channel, Reconciling)
            if asked and (known := await self._ask(parcel, parcel.outbound)) is not None:
                return known
            accepted = await channel.send(parcel.integration, parcel.outbound)
            return Delivery(parcel=parcel, accepted=accepted, sent_again=asked)
        except Exception as error:
            return Delivery(parcel=parcel, failure=_failure(error))

    async def _ask(self, parcel: Parcel, outbound: Outbound) -> Delivery | None:
        """What is known of it now; None when the platform does not have it."""
        try:
            accepted = await self._found(parcel, outbound)
        except Exception as error:
            return Delivery(parcel=parcel, failure=_failure(error), still_unsure=True)
        return Delivery(parcel=parcel, accepted=accepted) if accepted else None

    async def _found(self, parcel: Parcel, outbound: Outbound) -> Accepted | None:
        channel, integration = self.channels[parcel.integration.platform], parcel.integration
        found = await channel.find_sent(integration, outbound) if isinstance(channel, Reconciling) else ()
        if not found:
            return None
        async with self.new_uow(integration.company_id) as uow:
            ours = await uow.messages.find_by_provider({(integration.id, each.provider_id) for each in found})
        return next((each for each in found if (integration.id, each.provider_id) not in ours), None)


def _failure(error: Exception) -> SendingFailed:
    if isinstance(error, SendingFailed):
        return error
    return OutcomeUnknown(error_code="unforeseen", title=type(error).__name__)


@frozen(kw_only=True)
class SettleDeliveries:
    """What became of parcels is written down; refused ones go back to their lane, or fail for good."""

    new_uow: Callable[[CompanyId], ChatUnitOfWork]
    clock: Clock

    async def __call__(self, company_id: CompanyId, deliveries: Sequence[Delivery]) -> None:
        """Settling the same delivery again changes nothing.

        When something was changed by others meanwhile, each is settled by itself: none has to pay for another.
        """
        try:
            await self._settle(company_id, deliveries)
        except Conflict:
            for delivery in deliveries:
                nameless = await self._lost_its_name(company_id, delivery)
                await self._settle(company_id, [evolve(delivery, is_nameless=nameless)])

    async def _lost_its_name(self, company_id: CompanyId, delivery: Delivery) -> bool:
        """Whether the platform's word of it came first, and was taken for a message of its own."""
        if delivery.accepted is None:
            return False
        name = (delivery.parcel.integration.id, delivery.accepted.provider_id)
        async with self.new_uow(company_id) as uow:
            named = (await uow.messages.find_by_provider([name])).get(name)
        return named is not None and named.id != delivery.parcel.errand.message_id

    async def _settle(self, company_id: CompanyId, deliveries: Sequence[Delivery]) -> None:
        at = self.clock()
        ids = {d.parcel.errand.message_id for d in deliveries if d.parcel.outbound is not None}
        async with self.new_uow(company_id) as uow:
            messages = await uow.messages.find(ids) if ids else {}
            settled = [_settlement(d, messages.get(d.parcel.errand.message_id), at) for d in deliveries]
            await self._learn_addresses(uow, deliveries, at)
            await self._report_trouble(uow, deliveries, at)
            await uow.messages.save(*messages.values())
            await uow.outbound.settle([settlement for settlement in settled if settlement is not None])
            await uow.commit()

    async def _learn_addresses(self, uow: ChatUnitOfWork, deliveries: Sequence[Delivery], at: datetime) -> None:
        news = [d for d in deliveries if _other_spelling(d)]
        if not news:
            return
        clients = await uow.clients.find({d.parcel.errand.client_id for d in news})
        for delivery in news:
            client = clients.get(delivery.parcel.errand.client_id)
            if client is not None and delivery.accepted is not None and delivery.accepted.peer is not None:
                known = {(i.kind, i.key) for i in client.identities}
                names = [i for i in names_of(delivery.accepted.peer) if (i.kind, i.key) in known]
                client.meet(name=None, identities=names, at=at)
        await uow.clients.save(*clients.values())

    async def _report_trouble(self, uow: ChatUnitOfWork, deliveries: Sequence[Delivery], at: datetime) -> None:
        words = {d.parcel.integration.id: _trouble(d) for d in deliveries}
        changed = {
            d.parcel.integration.id
            for d in deliveries
            if words[d.parcel.integration.id] != d.parcel.integration.trouble
        }
        for integration_id, integration in (await uow.integrations.find(changed) if changed else {}).items():
            integration.report(words[integration_id], at=at)
            await uow.integrations.save(integration)


def _trouble(delivery: Delivery) -> str | None:
    if isinstance(delivery.failure, MendSettings):
        return f"{delivery.failure.error_code}: {delivery.failure.title}"
    return None if delivery.failure is None else delivery.parcel.integration.trouble


def _other_spelling(delivery: Delivery) -> bool:
    accepted, outbound = delivery.accepted, delivery.parcel.outbound
    if accepted is None or accepted.peer is None or outbound is None:
        return False
    return accepted.peer.phone not in (None, outbound.to.phone)


def _settlement(delivery: Delivery, message: Message | None, at: datetime) -> Settlement | None:
    errand, failure = delivery.parcel.errand, delivery.failure
    done = Settlement(errand_id=errand.id, attempt=errand.attempt)
    if errand.kind is ErrandKind.READ:
        lost = failure is None or isinstance(failure, GiveUp | OutcomeUnknown) or errand.attempt >= READ_TRIES
        return done if lost else _again(errand, backoff(errand.attempt))
    if message is None:
        return done
    if delivery.accepted is not None:
        _accept(delivery, delivery.accepted, message, at)
        return done
    if failure is None or (isinstance(failure, OutcomeUnknown) and not delivery.still_unsure):
        return None
    if delivery.still_unsure and errand.attempt < TRIES:
        return _again(errand, _pause(failure, errand.attempt), unsure=True)
    if isinstance(failure, GiveUp) or errand.attempt >= TRIES:
        message.refused(DeliveryError(code=failure.error_code, title=failure.title, info=failure.info), at=at)
        return done
    return _again(errand, _pause(failure, errand.attempt))


def _accept(delivery: Delivery, accepted: Accepted, message: Message, at: datetime) -> None:
    message.sending(again=delivery.sent_again, at=at)
    message.accepted(None if delivery.is_nameless else accepted.provider_id, at=at)
    for status in () if delivery.is_nameless else accepted.since:
        message.receive(Receipt(provider_id=accepted.provider_id, status=status, peer=None, at=None), at=at)


def _pause(failure: SendingFailed, attempt: int) -> timedelta:
    if isinstance(failure, SlowDown) and failure.retry_after is not None:
        return timedelta(seconds=failure.retry_after)
    return PAUSE_OF_BROKEN if isinstance(failure, MendSettings) else backoff(attempt)
