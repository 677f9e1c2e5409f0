"""What clients write, as the webhooks that bring it: signed, doubled and shuffled as one seed says."""

from collections.abc import Iterable, Mapping
from random import Random
from typing import Any

from attrs import asdict, frozen

from jaboti_entrypoints.rehearsal.people import House
from jaboti_entrypoints.sandbox.cloudapi import Peer, SandboxNumber
from jaboti_entrypoints.sandbox.cloudapi.payloads import envelope, message_item, signed, wire

WRITTEN_AT = 1_795_000_000
IMAGE = {"type": "image", "image": {"id": "1234567890", "mime_type": "image/jpeg", "sha256": "c2hhMjU2"}}


@frozen(kw_only=True)
class Letter:
    """A webhook that brings one message."""

    name: str
    phone: str
    company_id: str
    path: str
    headers: Mapping[str, str]
    body: bytes


def phone(number: int) -> str:
    """A mobile of São Paulo."""
    return f"55119{80_000_000 + number:08}"


def letter(house: House, *, name: str, author: str, content: dict[str, Any] | None = None) -> Letter:
    """A client writes to a company; `name` becomes the message's id on the platform."""
    number = SandboxNumber(**asdict(house.account))
    said = content or {"type": "text", "text": {"body": f"Oi, {name}"}}
    item = message_item(number, Peer(wa_id=author, name=f"Cliente {author[-4:]}"), said, wamid=name, at=WRITTEN_AT)
    body = wire(envelope([item]))
    return Letter(
        name=name,
        phone=author,
        company_id=str(house.company.id),
        path=f"/webhooks/cloudapi/{house.integration.id}",
        headers=signed(number.app_secret, body),
        body=body,
    )


def letters(houses: Iterable[House], *, messages: int, clients: int, tag: str = "m") -> list[Letter]:
    """So many messages to all companies together; the same clients write to each."""
    addressed = list(houses)
    return [
        letter(addressed[n % len(addressed)], name=f"wamid.{tag}.{n}", author=phone(n // len(addressed) % clients))
        for n in range(messages)
    ]


def shuffled(letters: list[Letter], chance: Random, *, duplicates: float) -> list[Letter]:
    """All of them in any order, so that this share of the deliveries brings what another brings too."""
    again = round(len(letters) * duplicates / (1 - duplicates))
    deliveries = [*letters, *chance.choices(letters, k=again)]
    chance.shuffle(deliveries)
    return deliveries
