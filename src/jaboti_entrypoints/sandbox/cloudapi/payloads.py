"""Webhooks as Meta writes them: messages, statuses, the envelope around them, and the bytes on the wire."""

import hmac
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct

from jaboti_entrypoints.sandbox.cloudapi.errors import status_error
from jaboti_entrypoints.sandbox.cloudapi.numbers import SandboxNumber
from jaboti_entrypoints.sandbox.cloudapi.peers import Peer

SERVICE_CHARGED_FROM = datetime(2026, 10, 1, tzinfo=UTC).timestamp()


class Item(Struct, frozen=True):
    """One thing that a webhook tells.

    An entry of the list `part` of the value; without `part`, the whole value.
    """

    name: str
    number: SandboxNumber
    entry: dict[str, Any]
    part: str = ""
    contact: dict[str, Any] | None = None
    field: str = "messages"


def message_item(
    number: SandboxNumber, peer: Peer, content: dict[str, Any], *, wamid: str, at: float, named: bool = True
) -> Item:
    """A client's message; `content` has its type, the object of that type, and whatever else stands beside them."""
    author = {"from": peer.wa_id, "from_user_id": peer.user_id}
    entry = {key: value for key, value in author.items() if value}
    entry |= {"id": wamid, "timestamp": str(int(at)), **content}
    contact = peer.contact(named=True) if named else None
    return Item(f"m:{wamid}", number, entry, "messages", contact)


def status_item(
    number: SandboxNumber, peer: Peer, *, wamid: str, status: str, at: float, callback: str | None, **extra: Any
) -> Item:
    """What became of a message of the business; `extra` is what this status has beside the rest."""
    recipient = {"recipient_id": peer.wa_id, "recipient_user_id": peer.user_id, "biz_opaque_callback_data": callback}
    entry = {"id": wamid, "status": status, "timestamp": str(int(at))}
    entry |= {key: value for key, value in recipient.items() if value}
    contact = peer.contact(named=False) if peer.user_id else None
    return Item(f"s:{wamid}:{status}", number, entry | extra, "statuses", contact)


def failure(code: int) -> dict[str, Any]:
    """What a status `failed` has beside the rest."""
    return {"errors": [status_error(code)]}


def pricing(category: str, at: float) -> dict[str, Any]:
    """What a message costs: answers to clients are charged since October 2026."""
    free = category == "service" and at < SERVICE_CHARGED_FROM
    kind = "free_customer_service" if free else "regular"
    return {"pricing": {"billable": not free, "pricing_model": "PMP", "category": category, "type": kind}}


def envelope(items: Iterable[Item]) -> dict[str, Any]:
    """The body of one POST: an entry per account; what concerns one number in one list stands in one change."""
    entries: dict[str, dict[tuple[str, str, str], list[Item]]] = {}
    for item in items:
        alone = "" if item.part else item.name
        place = (item.number.phone_number_id, item.part, alone)
        entries.setdefault(item.number.waba_id, {}).setdefault(place, []).append(item)
    return {
        "object": "whatsapp_business_account",
        "entry": [
            {"id": waba_id, "changes": [_change(group) for group in groups.values()]}
            for waba_id, groups in entries.items()
        ],
    }


def wire(body: dict[str, Any]) -> bytes:
    """The JSON as Meta sends it: in ASCII, slashes escaped too."""
    return json.dumps(body, separators=(",", ":")).replace("/", "\\/").encode("ascii")


def signed(secret: str, body: bytes) -> dict[str, str]:
    """The headers of a webhook whose raw bytes are `body`."""
    return {
        "content-type": "application/json",
        "user-agent": "facebookexternalua",
        "x-hub-signature": "sha1=" + _hmac(secret, body, "sha1"),
        "x-hub-signature-256": "sha256=" + _hmac(secret, body, "sha256"),
    }


def _change(items: list[Item]) -> dict[str, Any]:
    first = items[0]
    return {"value": _value(items) if first.part else first.entry, "field": first.field}


def _value(items: list[Item]) -> dict[str, Any]:
    number = items[0].number
    value: dict[str, Any] = {
        "messaging_product": "whatsapp",
        "metadata": {
            "display_phone_number": number.display_phone_number,
            "phone_number_id": number.phone_number_id,
        },
    }
    if contacts := _distinct(item.contact for item in items if item.contact):
        value["contacts"] = contacts
    return value | {items[0].part: [item.entry for item in items]}


def _distinct(contacts: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return list({(contact.get("wa_id"), contact.get("user_id")): contact for contact in contacts}.values())


def _hmac(secret: str, body: bytes, digest: str) -> str:
    return hmac.new(secret.encode(), body, digest).hexdigest()
