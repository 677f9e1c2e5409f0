"""Counting what was delivered: each message once, at the price that it had then."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import cast

from attrs import define, field

from jaboti_domain.chat.message import Message, SenderType
from jaboti_domain.client.identity import country_of
from jaboti_domain.integration.costs import CHARGED, DEFAULT_CURRENCY, Charge, RateBook
from jaboti_domain.integration.messaging import Peer, Receipt, Update
from jaboti_domain.integration.model import Integration
from jaboti_domain.kernel.ids import IntegrationId, UserId


def is_charged(update: Update) -> bool:
    """Whether it says that a message was delivered, and how the platform charges that."""
    return isinstance(update, Receipt) and update.pricing is not None and update.status in CHARGED


@define(kw_only=True)
class Till:
    """The charges of a batch. Of several receipts for a message the first one counts."""

    book: RateBook
    integrations: Mapping[IntegrationId, Integration]
    _charges: dict[tuple[IntegrationId, str], Charge] = field(factory=dict)

    @property
    def charges(self) -> Sequence[Charge]:
        """All of them."""
        return list(self._charges.values())

    def count(self, integration_id: IntegrationId, receipt: Receipt, message: Message, *, at: datetime) -> None:
        """Charge the message, if this receipt says so, whatever is known of it already."""
        key = (integration_id, receipt.provider_id)
        if receipt.pricing is None or receipt.status not in CHARGED or key in self._charges:
            return
        delivered_at, country = min(max(receipt.at or at, message.at), at), _country(receipt.peer)
        currency = self.integrations[integration_id].settings.get("currency") or DEFAULT_CURRENCY
        on = delivered_at.astimezone(UTC).date()
        self._charges[key] = Charge(
            integration_id=integration_id,
            provider_id=receipt.provider_id,
            message_id=message.id,
            chat_id=message.chat_id,
            attendant_id=_attendant(message),
            at=delivered_at,
            country=country,
            price=self.book.price(receipt.pricing, country=country, currency=currency, on=on),
        )


def _country(peer: Peer | None) -> str | None:
    return country_of(phone=peer.phone, cloud_user_id=peer.cloud_user_id) if peer is not None else None


def _attendant(message: Message) -> UserId | None:
    return cast(UserId, message.sender.id) if message.sender_type is SenderType.ATTENDANT and message.sender else None
