"""EvolutionAPI's webhook bodies for the tests: those kept in tests/payloads, and small ones made on the spot."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jaboti_adapters.channels.evolutionapi.inbound import read, split
from jaboti_domain.integration.messaging import Peer, Platform, Update, WebhookItem
from jaboti_domain.integration.model import Integration, Secret
from jaboti_domain.kernel.ids import CompanyId, IntegrationId, new_id

PAYLOADS = Path(__file__).parents[2] / "payloads" / "evolutionapi"
CORPUS = Path(__file__).parents[3].parent / "shared" / "corpus"
"""Recorded payloads beside the repository; not everybody has them."""

AT = datetime.fromtimestamp(1781000000, UTC)
INSTANCE, OWN, KEY, SECRET = "loja-aurora", "554198800000", "key-of-the-instance", "secret-of-the-webhook"
PHONE, LID = "554190011223", "90000000000001"
MARINA = Peer(phone=PHONE, lid=LID, name="Marina Prado")
JID = f"{PHONE}@s.whatsapp.net"


def body(name: str) -> bytes:
    """One of tests/payloads/evolutionapi."""
    return (PAYLOADS / f"{name}.json").read_bytes()


def items(name: str) -> Sequence[WebhookItem]:
    """The items of one of tests/payloads/evolutionapi."""
    return split(body(name))


def updates(name: str) -> list[Update]:
    """What the items of one of tests/payloads/evolutionapi mean."""
    return [read(item.raw) for item in items(name)]


def message(text: str = "Oi", **fields: Any) -> dict[str, Any]:
    """A text by Marina, unless `fields` make it something else; None leaves a field out."""
    said = {
        "key": {"remoteJid": JID, "fromMe": False, "id": "3A01"},
        "pushName": "Marina Prado",
        "message": {"conversation": text},
        "messageType": "conversation",
        "messageTimestamp": 1781000000,
    }
    return {name: value for name, value in (said | fields).items() if value is not None}


def event(data: object, name: object = "messages.upsert", **more: object) -> dict[str, Any]:
    """The envelope around what an event tells."""
    around = {"instance": INSTANCE, "sender": f"{OWN}@s.whatsapp.net", "date_time": "2026-06-09T04:53:20.000Z"}
    return {"event": name, **around, "data": data, **more}


def only(value: object) -> WebhookItem:
    """The only item of a body."""
    [item] = split(json.dumps(value).encode())
    return item


def update_of(value: object) -> Update:
    """What the only item of a body means."""
    return read(only(value).raw)


def said(content: Mapping[str, object], **fields: Any) -> Update:
    """What a message with this content means; its type is the content's first key."""
    return update_of(event(message(message=dict(content), messageType=next(iter(content)), **fields)))


def integration(base_url: str = "", **credentials: str) -> Integration:
    """A shop's instance, with these credentials beside its own."""
    known = {"api_key": KEY, "webhook_secret": SECRET} | credentials
    return Integration(
        id=IntegrationId(new_id()),
        company_id=CompanyId(new_id()),
        platform=Platform.EVOLUTION_API,
        account=INSTANCE,
        name="Loja",
        settings={"base_url": base_url},
        credentials={name: Secret(value) for name, value in known.items() if value},
    )
