"""What became of what went out is written down."""

import random
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from attrs import evolve, frozen

from jaboti_domain.chat.delivery import DeliveryError
from jaboti_domain.chat.message import Message
from jaboti_domain.chat.ports import ChatUnitOfWork, Errand, ErrandKind, Settlement
from jaboti_domain.chat.use_cases.acquaint import names_of
from jaboti_domain.chat.use_cases.parcels import Delivery
from jaboti_domain.integration.errors import (
    GiveUp,
    MendSettings,
    NotTried,
    OutcomeUnknown,
    Scope,
    SendingFailed,
    SlowDown,
    is_final,
)
from jaboti_domain.integration.messaging import Accepted, Receipt
from jaboti_domain.integration.traffic import Traffic
from jaboti_domain.kernel.errors import Conflict
from jaboti_domain.kernel.ids import CompanyId, IntegrationId
from jaboti_domain.kernel.ports import Clock

READ_TRIES = 3
PAUSE_OF_BROKEN = timedelta(seconds=60)
LONGEST_OF_PAIR = 3600.0


def backoff(attempt: int, *, chance: Callable[[], float] = random.random) -> timedelta:
    """`min(300, 2^attempt) x uniform(0.5, 1)` seconds."""
    return timedelta(seconds=min(300.0, 2.0 ** min(attempt, 12)) * (0.5 + chance() / 2))


@frozen(kw_only=True)
class SettleDeliveries:
    """What became of parcels is written down; refused ones go back to their lane, or fail for good."""

    new_uow: Callable[[CompanyId], ChatUnitOfWork]
    clock: Clock
    traffic: Traffic

    async def __call__(self, company_id: CompanyId, deliveries: Sequence[Delivery]) -> None:
        """Settling the same delivery again changes nothing.

        When something was changed by others meanwhile, each is settled by itself: none has to pay for another.
        """
        troubles = self._learn(deliveries)
        try:
            await self._settle(company_id, deliveries, troubles)
        except Conflict:
            for delivery in deliveries:
                nameless = await self._lost_its_name(company_id, delivery)
                await self._settle(company_id, [evolve(delivery, is_nameless=nameless)], troubles)

    def _learn(self, deliveries: Sequence[Delivery]) -> "Troubles":
        """What to say of each integration, where there is something to say: its trouble, or that it has none."""
        troubles: dict[IntegrationId, str | None] = {}
        for delivery in deliveries:
            integration = delivery.parcel.integration
            why = self.traffic.ended(integration, delivery.failure, at=self.clock())
            if delivery.failure is None or why is not None:
                troubles[integration.id] = why
        return troubles

    async def _lost_its_name(self, company_id: CompanyId, delivery: Delivery) -> bool:
        """Whether the platform's word of it came first, and was taken for a message of its own."""
        if delivery.accepted is None:
            return False
        name = (delivery.parcel.integration.id, delivery.accepted.provider_id)
        async with self.new_uow(company_id) as uow:
            named = (await uow.messages.find_by_provider([name])).get(name)
        return named is not None and named.id != delivery.parcel.errand.message_id

    async def _settle(self, company_id: CompanyId, deliveries: Sequence[Delivery], troubles: "Troubles") -> None:
        at = self.clock()
        ids = {d.parcel.errand.message_id for d in deliveries if d.parcel.outbound is not None}
        async with self.new_uow(company_id) as uow:
            messages = await uow.messages.find(ids) if ids else {}
            settled = [_settlement(d, messages.get(d.parcel.errand.message_id), at) for d in deliveries]
            await self._learn_addresses(uow, deliveries, at)
            await self._report_trouble(uow, deliveries, troubles, at)
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

    async def _report_trouble(
        self, uow: ChatUnitOfWork, deliveries: Sequence[Delivery], troubles: "Troubles", at: datetime
    ) -> None:
        concerned = (d.parcel.integration for d in deliveries)
        changed = {i.id for i in concerned if i.id in troubles and troubles[i.id] != i.trouble}
        for integration_id, integration in (await uow.integrations.find(changed) if changed else {}).items():
            integration.report(troubles[integration_id], at=at)
            await uow.integrations.save(integration)


Troubles = Mapping[IntegrationId, str | None]


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
        return done if lost else put_back(errand, backoff(errand.attempt))
    if message is None:
        return done
    if delivery.accepted is not None:
        _accept(delivery, delivery.accepted, message, at)
        return done
    if failure is None or (isinstance(failure, OutcomeUnknown) and not delivery.still_unsure):
        return None
    if delivery.still_unsure:
        return put_back(errand, _pause(failure, errand.attempt), unsure=True)
    if is_final(failure, errand.attempt):
        message.refused(DeliveryError(code=failure.error_code, title=failure.title, info=failure.info), at=at)
        return done
    still_unsure = errand.unsure and isinstance(failure, NotTried)
    return put_back(errand, _pause(failure, errand.attempt), unsure=still_unsure)


def _accept(delivery: Delivery, accepted: Accepted, message: Message, at: datetime) -> None:
    message.sending(again=delivery.sent_again, at=at)
    message.accepted(None if delivery.is_nameless else accepted.provider_id, at=at)
    for status in () if delivery.is_nameless else accepted.since:
        message.receive(Receipt(provider_id=accepted.provider_id, status=status, peer=None, at=None), at=at)


def _pause(failure: SendingFailed, attempt: int) -> timedelta:
    if isinstance(failure, SlowDown):
        if failure.retry_after is not None:
            return timedelta(seconds=failure.retry_after)
        if failure.scope is Scope.PAIR:
            return timedelta(seconds=min(LONGEST_OF_PAIR, 4.0 ** min(attempt, 6)))
        if failure.scope is Scope.ACCOUNT:
            return PAUSE_OF_BROKEN
    return PAUSE_OF_BROKEN if isinstance(failure, MendSettings) else backoff(attempt)


def put_back(errand: Errand, wait: timedelta, *, unsure: bool = False) -> Settlement:
    """An errand is to be tried again after a time."""
    return Settlement(errand_id=errand.id, attempt=errand.attempt, retry_in=wait, unsure=unsure)
