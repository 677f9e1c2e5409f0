"""A platform as the script plays it: clients who write to one of its accounts, and what it says that it was sent."""

from base64 import b64decode
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import cycle, islice
from typing import Any

from attrs import frozen

from jaboti_domain.kernel.ids import IntegrationId
from jaboti_entrypoints.rehearsal.people import CLIENTS, House
from jaboti_entrypoints.rehearsal.stage import Stage
from jaboti_entrypoints.sandbox.cloudapi import contents as clouds
from jaboti_entrypoints.sandbox.evolutionapi import EvolutionApiSandbox, Person, Version
from jaboti_entrypoints.sandbox.evolutionapi import contents as evolutions
from jaboti_entrypoints.sandbox.knobs import Board
from jaboti_entrypoints.sandbox.ledger import Ledger

MISCHIEF: Mapping[str, Any] = {"duplicate": 0.3, "reorder": 0.25, "delay": (0.0, 0.03)}
WRITE_TO_PHONES = 4
"""So many of the clients write to the company's phone, too."""


@frozen(kw_only=True)
class Side:
    """`write` lets a client, named by phone, say something."""

    name: str
    integration_id: IntegrationId
    clients: Mapping[str, str]
    ledger: Ledger[Any]
    knobs: Board[Any]
    mischief: Mapping[str, Any]
    write: Callable[[str, str], object]
    show: Callable[[str, bytes], object]
    """`show` lets them send a picture."""
    shown: Callable[[str], Sequence[bytes]]
    """The pictures that the platform took for a client, in order."""
    answers_lost: int = 0
    """Of so many sends the platform's answer is cut off: it has them, and only its webhooks say so."""

    def sent_to(self, phone: str) -> Sequence[str]:
        """The words that the platform took for a client, in order."""
        return [send.words for send in self.ledger.sent_to(phone)]


def cloud_side(stage: Stage, house: House) -> Side:
    """Everybody writes by CloudAPI."""
    sandbox, number = stage.sandbox, house.account.phone_number_id

    def write(phone: str, words: str) -> str:
        return sandbox.client_writes(number, stage.peer(phone), words)

    def shown(phone: str) -> Sequence[bytes]:
        names = [send.body["image"]["id"] for send in sandbox.ledger.sent_to(phone) if "image" in send.body]
        return [sandbox.platform.media.get(name, {house.account.waba_id}).data for name in names]

    return Side(
        name="CloudAPI",
        integration_id=house.integration.id,
        clients=CLIENTS,
        ledger=sandbox.ledger,
        knobs=sandbox.knobs,
        mischief={**MISCHIEF, "batch": (2, 10)},
        write=write,
        show=lambda phone, data: sandbox.client_writes(number, stage.peer(phone), clouds.file("image", data)),
        shown=shown,
    )


def phone_side(stage: Stage, house: House) -> Side:
    """Some write to the company's phone, through a server that is of another version with every message."""
    telephone, ledger = house.telephones[0], stage.evolution.ledger
    write = partial(_write_to_phone, stage.evolution, telephone.instance, cycle(Version))
    return Side(
        name="EvolutionAPI",
        integration_id=telephone.integration.id,
        clients=dict(islice(CLIENTS.items(), WRITE_TO_PHONES)),
        ledger=ledger,
        knobs=stage.evolution.knobs,
        mischief={**MISCHIEF, "lids": True, "echo_upsert": True},
        write=write,
        show=lambda phone, data: write(phone, evolutions.file("image", data)),
        shown=lambda phone: [b64decode(s.body["media"]) for s in ledger.sent_to(phone) if "media" in s.body],
        answers_lost=2,
    )


def _write_to_phone(
    server: EvolutionApiSandbox,
    instance: str,
    versions: "cycle[Version]",
    phone: str,
    content: str | Mapping[str, Any],
) -> str:
    server.knobs.turn(version=next(versions))
    return server.client_writes(instance, Person(phone=phone, name=CLIENTS[phone]), content)
