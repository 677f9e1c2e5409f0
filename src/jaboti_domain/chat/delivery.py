"""How far a message has come."""

from enum import StrEnum

from attrs import frozen

from jaboti_domain.integration.messaging import ReceiptStatus


class DeliveryState(StrEnum):
    """In rising order: a message only ever moves down this list (RECEIVED is for inbound ones).

    FAILED stands before DELIVERED: a failure is final unless the message turns out to have arrived, so that receipts
    give the same result in whichever order they come.
    """

    RECEIVED = "RECEIVED"
    QUEUED = "QUEUED"
    SENDING = "SENDING"
    SENT = "SENT"
    FAILED = "FAILED"
    DELIVERED = "DELIVERED"
    READ = "READ"
    PLAYED = "PLAYED"

    def advanced(self, other: "DeliveryState") -> "DeliveryState":
        """The further of the two: commutative, associative and idempotent."""
        return max(self, other, key=_RANK.__getitem__)

    @property
    def is_with_platform(self) -> bool:
        """Whether the platform has taken it (or refused it for good): nothing is left to send."""
        return _RANK[self] >= _RANK[DeliveryState.SENT]


_RANK = {state: rank for rank, state in enumerate(DeliveryState)}

STATE_OF_RECEIPT = {
    ReceiptStatus.SENT: DeliveryState.SENT,
    ReceiptStatus.DELIVERED: DeliveryState.DELIVERED,
    ReceiptStatus.READ: DeliveryState.READ,
    ReceiptStatus.PLAYED: DeliveryState.PLAYED,
    ReceiptStatus.FAILED: DeliveryState.FAILED,
}


@frozen(kw_only=True)
class DeliveryError:
    """Why it failed, in the platform's words."""

    code: str
    title: str
    info: str = ""
