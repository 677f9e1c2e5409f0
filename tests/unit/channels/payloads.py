"""Webhook bodies for the tests: those kept in tests/payloads, and small ones made on the spot."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jaboti_adapters.channels.cloudapi.inbound import read, split
from jaboti_domain.integration.messaging import Peer, Update, WebhookItem

PAYLOADS = Path(__file__).parents[2] / "payloads" / "cloudapi"
CORPUS = Path(__file__).parents[3].parent / "shared" / "corpus"
"""Recorded payloads beside the repository; not everybody has them."""

AT = datetime.fromtimestamp(1781000000, UTC)
USER_ID, NEW_USER_ID = "BR.70000000000000001", "BR.70000000000000002"
MARINA = Peer(phone="554190011223", cloud_user_id=USER_ID, name="Marina Prado")
WABA, NUMBER = "800000000000001", "700000000000001"


def body(name: str) -> bytes:
    """One of tests/payloads/cloudapi."""
    return (PAYLOADS / f"{name}.json").read_bytes()


def items(name: str) -> Sequence[WebhookItem]:
    """The items of one of tests/payloads/cloudapi."""
    return split(body(name))


def updates(name: str) -> list[Update]:
    """What the items of one of tests/payloads/cloudapi mean."""
    return [read(item.raw) for item in items(name)]


def message(**fields: Any) -> dict[str, Any]:
    """A text by Marina, unless `fields` make it something else; None leaves a field out."""
    text = {"from": MARINA.phone, "id": "wamid.1", "timestamp": "1781000000", "type": "text", "text": {"body": "Oi"}}
    return {name: value for name, value in (text | fields).items() if value is not None}


def webhook(*messages: object, field: object = "messages", owner: object = WABA, **value: Any) -> dict[str, Any]:
    """A body around messages, or around any other value."""
    whole = {"metadata": {"phone_number_id": NUMBER}, **({"messages": list(messages)} if messages else {}), **value}
    return {"entry": [{"id": owner, "changes": [{"field": field, "value": whole}]}]}


def wire(value: object) -> bytes:
    """As Meta writes it: compact and ASCII."""
    return json.dumps(value, separators=(",", ":")).encode()


def only(value: object) -> WebhookItem:
    """The only item of a body."""
    [item] = split(wire(value))
    return item


def update_of(value: object) -> Update:
    """What the only item of a body means."""
    return read(only(value).raw)
