"""What became of messages, and which of them were taken back."""

from collections.abc import Mapping

from jaboti_adapters.channels._json import Node
from jaboti_adapters.channels.evolutionapi.inbound.contents import unwrapped
from jaboti_adapters.channels.evolutionapi.inbound.item import Item
from jaboti_adapters.channels.evolutionapi.inbound.messages import changed_by, is_edit
from jaboti_domain.integration.messaging import Ignored, Peer, Receipt, ReceiptStatus, Revoke, Update

_STATUSES: Mapping[str, ReceiptStatus] = {
    "ERROR": ReceiptStatus.FAILED,
    "0": ReceiptStatus.FAILED,
    "SERVER_ACK": ReceiptStatus.SENT,
    "2": ReceiptStatus.SENT,
    "DELIVERY_ACK": ReceiptStatus.DELIVERED,
    "3": ReceiptStatus.DELIVERED,
    "READ": ReceiptStatus.READ,
    "4": ReceiptStatus.READ,
    "PLAYED": ReceiptStatus.PLAYED,
    "5": ReceiptStatus.PLAYED,
}
_WITHOUT_NEWS: Mapping[str, str] = {
    "": "it says nothing of a status",
    "PENDING": "it is yet to go out",
    "1": "it is yet to go out",
    "DELETED": "2.3.5 and 2.3.6 say so of edits, too: what is gone is told of by itself",
}


def status_of(body: Node) -> str:
    """The status that an update tells, the same for its name and its number; as it is written when it is another."""
    written = (body["status"].text or body["update"]["status"].text).upper()
    return _STATUSES[written].value if written in _STATUSES else written


def protocol_of(body: Node) -> Node:
    """The protocol message with which 2.2 tells of an edit where a status is expected; nothing when there is none."""
    return unwrapped(body["message"])["protocolMessage"]


def read_status(item: Item, peer: Peer | None) -> Update:
    """A receipt for a message of ours, which is known by its id alone: the server may name a device of ours as peer."""
    protocol, written = protocol_of(item.body), status_of(item.body)
    if not written and peer is not None and is_edit(protocol):
        return changed_by(protocol, protocol["key"]["id"].text or item.id, peer, from_me=item.is_from_me)
    if item.key["fromMe"].value is False:
        return Ignored(reason="a status of the client's own message")
    if written not in set(ReceiptStatus):
        return Ignored(reason=_WITHOUT_NEWS.get(written, "unknown status"))
    failed = written == ReceiptStatus.FAILED
    return Receipt(
        provider_id=item.id,
        status=ReceiptStatus(written),
        peer=peer,
        at=None,
        error_code="ERROR" if failed else None,
        error_title="WhatsApp could not send the message" if failed else None,
    )


def read_deletion(item: Item, peer: Peer) -> Update:
    """A message is taken back, by the client or by our side."""
    return Revoke(provider_id=item.id, target=item.id, peer=peer, at=None)
