"""What goes out: claimed, handed to the platform, settled.

A message is SENDING, durably, before the platform sees it. When nobody knows whether the platform took it, it waits
for the platform's own word; then the platform is asked, where it can be; and only then is it sent once more, marked as
possibly doubled.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta

from attrs import evolve, field, frozen

from jaboti_domain.chat.delivery import DeliveryError
from jaboti_domain.chat.errors import MessageExpired, NoAddress
from jaboti_domain.chat.message import Message
from jaboti_domain.chat.ports import ChatUnitOfWork, Errand, ErrandKind, Postponement, Settlement
from jaboti_domain.chat.use_cases.handover import HandOver
from jaboti_domain.chat.use_cases.parcels import Delivery, Parcel
from jaboti_domain.client.identity import IdentityKind
from jaboti_domain.client.model import Client
from jaboti_domain.integration.errors import (
    IntegrationNotFound,
    NotTried,
    OutcomeUnknown,
    SendingFailed,
)
from jaboti_domain.integration.messaging import Accepted, Outbound, Peer
from jaboti_domain.integration.model import Integration, IntegrationStatus
from jaboti_domain.integration.ports.channels import Channels, Reconciling
from jaboti_domain.integration.ports.stores import IntegrationDirectory
from jaboti_domain.integration.traffic import Traffic
from jaboti_domain.kernel.errors import Refusal
from jaboti_domain.kernel.ids import ClientId, CompanyId, IntegrationId, MessageId
from jaboti_domain.kernel.ports import Clock

UNSURE_AFTER = timedelta(seconds=90)
"""How long the platform's own word about an unknown outcome is waited for."""
GIVE_UP_AFTER = timedelta(hours=24)
"""How old a message may become before it has gone out."""
PAUSE_OF_INACTIVE = timedelta(seconds=60)


@frozen(kw_only=True)
class ClaimErrands:
    """A dispatcher takes what is due, at most one errand of each chat; the messages are SENDING from now on."""

    new_uow: Callable[[CompanyId], ChatUnitOfWork]
    clock: Clock
    directory: IntegrationDirectory
    channels: Channels
    traffic: Traffic
    unsure_after: timedelta = UNSURE_AFTER
    give_up_after: timedelta = GIVE_UP_AFTER

    async def __call__(
        self, company_id: CompanyId, *, errands: int, passing_over: Collection[IntegrationId] = ()
    ) -> list[Parcel]:
        """What to deliver now, of integrations that are not to be passed over.

        Errands that turn out to have nothing to deliver, or are too old, are ended on the way; those whose number or
        client has had enough for now, or whose platform is away, are put back until their turn comes.
        """
        async with self.new_uow(company_id) as uow:
            claimed = await uow.outbound.claim(
                errands=errands, unsure_after=self.unsure_after, passing_over=passing_over
            )
            if not claimed:
                return []
            packer = await _Packer.for_errands(uow, claimed, self)
            parcels = [parcel for errand in claimed if (parcel := packer.pack(errand)) is not None]
            await uow.messages.save(*packer.touched)
            await uow.outbound.settle(packer.settled)
            await uow.outbound.postpone(packer.postponed)
            await uow.commit()
        return parcels


@frozen(kw_only=True)
class _Packer:
    messages: Mapping[MessageId, Message]
    clients: Mapping[ClientId, Client]
    integrations: Mapping[IntegrationId, Integration | None]
    claim: ClaimErrands
    at: datetime
    touched: list[Message] = field(factory=list)
    settled: list[Settlement] = field(factory=list)
    postponed: list[Postponement] = field(factory=list)

    @classmethod
    async def for_errands(cls, uow: ChatUnitOfWork, errands: Collection[Errand], claim: ClaimErrands) -> "_Packer":
        messages = dict(await uow.messages.find({errand.message_id for errand in errands}))
        quoted = {m.reply_to for m in messages.values() if m.reply_to is not None} - messages.keys()
        if quoted:
            messages.update(await uow.messages.find(quoted))
        return cls(
            messages=messages,
            clients=await uow.clients.find({errand.client_id for errand in errands}),
            integrations=await _integrations(claim.directory, {errand.integration_id for errand in errands}),
            claim=claim,
            at=claim.clock(),
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
        if errand.kind is ErrandKind.MESSAGE and self._is_over(errand, message):
            return None
        if wait := self._wait(errand, integration):
            self._postpone(errand, wait)
            return None
        if errand.kind is ErrandKind.READ:
            name, reader = message.provider_id or "", address_of(self.clients.get(errand.client_id))
            return Parcel(errand=errand, integration=integration, outbound=None, provider_id=name, peer=reader)
        return self._pack_message(errand, integration, message)

    def _pack_message(self, errand: Errand, integration: Integration, message: Message) -> Parcel | None:
        to = address_of(self.clients.get(errand.client_id))
        if to is None:
            self._refuse(errand, message, NoAddress())
            return None
        self.touched.append(message)
        asks_first = isinstance(self.claim.channels[integration.platform], Reconciling)
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

    def _is_over(self, errand: Errand, message: Message) -> bool:
        if message.status.is_with_platform:
            self._end(errand)
        elif self.at - message.at > self.claim.give_up_after:
            self._refuse(errand, message, MessageExpired())
        else:
            return False
        return True

    def _wait(self, errand: Errand, integration: Integration) -> timedelta:
        if integration.status is not IntegrationStatus.ACTIVE:
            return PAUSE_OF_INACTIVE
        traffic = self.claim.traffic
        if errand.kind is ErrandKind.READ:
            return traffic.closed_for(integration, self.at)
        wait = traffic.book(errand.id, integration, errand.client_id, self.at)
        return wait or traffic.closed_for(integration, self.at)

    def _postpone(self, errand: Errand, wait: timedelta) -> None:
        self.postponed.append(
            Postponement(errand_id=errand.id, attempt=errand.attempt, wait=wait, unsure=errand.unsure)
        )

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


def address_of(client: Client | None) -> Peer | None:
    """The client as channels know them; None for nobody, or who has no address."""
    if client is None:
        return None
    peer = Peer(
        phone=client.address(IdentityKind.PHONE),
        cloud_user_id=client.address(IdentityKind.CLOUD_USER),
        lid=client.address(IdentityKind.LID),
        name=client.name,
    )
    return peer if peer.phone or peer.cloud_user_id or peer.lid else None


@frozen(kw_only=True)
class Deliver:
    """One parcel is handed to its platform.

    One of which nobody knows whether the platform took it is asked for first, where the platform can be asked; and
    before it is sent once more, it is written down that it may be doubled.
    """

    channels: Channels
    hand_over: HandOver
    new_uow: Callable[[CompanyId], ChatUnitOfWork]
    clock: Clock

    async def __call__(self, parcel: Parcel, *, fence: Callable[[], None] | None = None) -> Delivery:
        """Never raises: what nobody foresaw counts as an unknown outcome, for the platform may have taken it.

        `fence` is called just before a message leaves; it raises NotTried when that is too late.
        """
        channel = self.channels[parcel.integration.platform]
        try:
            if parcel.outbound is None:
                await channel.mark_read(parcel.integration, parcel.provider_id, peer=parcel.peer)
                return Delivery(parcel=parcel)
            asked = parcel.errand.unsure and isinstance(channel, Reconciling)
            if asked and (known := await self._ask(parcel, parcel.outbound)) is not None:
                return known
            ready = await self.hand_over(parcel)
            if isinstance(ready, Delivery):
                return ready
            outbound = ready.outbound or parcel.outbound
            accepted = await channel.send(parcel.integration, evolve(outbound, fence=fence))
            return Delivery(parcel=ready, accepted=accepted, sent_again=asked)
        except Exception as error:
            return Delivery(parcel=parcel, failure=_failure(error))

    async def _ask(self, parcel: Parcel, outbound: Outbound) -> Delivery | None:
        """What is known of it now; None when the platform does not have it, and it is to be sent once more."""
        try:
            accepted = await self._found(parcel, outbound)
            if accepted is None:
                await self._flag(parcel)
        except Exception as error:
            return Delivery(parcel=parcel, failure=_failure(error), still_unsure=True)
        return Delivery(parcel=parcel, accepted=accepted) if accepted else None

    async def _flag(self, parcel: Parcel) -> None:
        """It may be doubled from now on, whatever becomes of us. Raises NotTried when word of it came meanwhile."""
        message_id = parcel.errand.message_id
        async with self.new_uow(parcel.integration.company_id) as uow:
            message = (await uow.messages.find({message_id})).get(message_id)
            if message is None or message.status.is_with_platform:
                raise NotTried(error_code="settled_meanwhile", title="The platform said meanwhile what became of it")
            message.sending(again=True, at=self.clock())
            await uow.messages.save(message)
            await uow.commit()

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
