"""What became of the messages that we sent."""

from collections.abc import Mapping

from jaboti_adapters.channels._json import NOTHING, Node
from jaboti_adapters.channels.cloudapi.errors import OPTED_OUT, complaint
from jaboti_adapters.channels.cloudapi.inbound.item import Item
from jaboti_domain.integration.messaging import Ignored, Pricing, Receipt, ReceiptStatus, Unreadable, Update

_STATUSES: Mapping[str, ReceiptStatus] = {status.value: status for status in ReceiptStatus}
_WITHOUT_EFFECT = ("deleted", "warning")


def read_status(item: Item) -> Update:
    """A receipt, unless the status is one that has no effect."""
    status = item.body["status"].text
    if item.body["recipient_type"].text == "group":
        return Ignored(reason="a status in a group")
    if status not in _STATUSES:
        return Ignored(reason=f"status {status}" if status in _WITHOUT_EFFECT else "unknown status")
    if not item.body["id"].text:
        return Unreadable(reason="it doesn't say which message it is about")
    return _receipt(item, _STATUSES[status])


def _receipt(item: Item, status: ReceiptStatus) -> Receipt:
    told = complaint(next(iter(item.body["errors"]), NOTHING))
    return Receipt(
        provider_id=item.body["id"].text,
        status=status,
        peer=item.peer,
        at=item.body["timestamp"].moment,
        callback=item.body["biz_opaque_callback_data"].text or None,
        error_code=told.code or None,
        error_title=told.title or None,
        error_info=told.info or None,
        pricing=_pricing(item.body["pricing"]),
        opted_out=told.code == OPTED_OUT,
    )


def _pricing(pricing: Node) -> Pricing | None:
    if not pricing.record:
        return None
    return Pricing(
        category=pricing["category"].text,
        type=pricing["type"].text,
        model=pricing["pricing_model"].text,
        billable=pricing["billable"].flag,
    )
