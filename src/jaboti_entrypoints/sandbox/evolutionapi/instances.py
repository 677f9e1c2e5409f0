"""Instances: phones' sessions on the server, and where their webhooks go."""

from collections.abc import Iterator, Mapping
from secrets import compare_digest
from typing import Any, Literal
from uuid import uuid4

from attrs import define, field
from msgspec import Struct

from jaboti_entrypoints.sandbox.evolutionapi.errors import EvolutionError, unknown_instance

State = Literal["close", "connecting", "open"]


class Webhook(Struct, frozen=True):
    """Where events go; no events means all of them, an empty `url` that nobody listens."""

    url: str = ""
    headers: dict[str, str] = {}
    events: tuple[str, ...] = ()
    byEvents: bool = False  # noqa: N815 - as the server calls it
    base64: bool = False
    enabled: bool = True

    def wants(self, event: str) -> bool:
        """Whether it is told of an event."""
        subscribed = event.replace(".", "_").replace("-", "_").upper()
        return self.enabled and bool(self.url) and (not self.events or subscribed in self.events)

    def row(self, instance_id: str) -> dict[str, Any]:
        """As the server's database has it."""
        return {
            "id": f"cm{instance_id[:8]}",
            "url": self.url,
            "headers": self.headers,
            "enabled": self.enabled,
            "events": list(self.events),
            "webhookByEvents": self.byEvents,
            "webhookBase64": self.base64,
            "instanceId": instance_id,
        }


@define(eq=False, kw_only=True)
class Instance:
    """One session. `own` is the phone's number, empty before one was ever tied to it."""

    name: str
    token: str = field(factory=lambda: str(uuid4()).upper())
    own: str = ""
    state: State = "open"
    webhook: Webhook = field(factory=Webhook)
    settings: Mapping[str, Any] = field(factory=dict)
    id: str = field(factory=lambda: str(uuid4()), init=False)
    qr_codes: int = field(default=0, init=False)
    """How many were shown since it began to connect."""
    pairings: int = field(default=0, init=False)
    """How often it began to connect."""

    @property
    def jid(self) -> str | None:
        """The name of its own phone."""
        return f"{self.own}@s.whatsapp.net" if self.own else None

    @property
    def qr_code(self) -> dict[str, Any]:
        """What a phone can scan now; nothing behind it is a picture."""
        code = f"2@{self.id[:8]}{self.pairings:02}{self.qr_codes:02}"
        return {
            "pairingCode": None,
            "code": code,
            "base64": f"data:image/png;base64,{code[2:]}",
            "count": self.qr_codes,
        }


@define(eq=False, kw_only=True)
class Instances:
    """All of them, by name, and the key that opens them all."""

    global_key: str
    _by_name: dict[str, Instance] = field(factory=dict, init=False)

    def __iter__(self) -> Iterator[Instance]:
        return iter(list(self._by_name.values()))

    def add(self, instance: Instance) -> None:
        """Adds an instance, or takes the place of the one with the same name."""
        self._by_name[instance.name] = instance

    def remove(self, name: str) -> None:
        """Takes an instance away; nothing happens if it is not there."""
        self._by_name.pop(name, None)

    def find(self, name: str) -> Instance | None:
        """The instance with this name."""
        return self._by_name.get(name)

    def get(self, name: str) -> Instance:
        """The instance with this name; LookupError if there is none."""
        instance = self.find(name)
        if instance is None:
            raise LookupError(f"there is no instance {name}")
        return instance

    def opened(self, name: str, key: str) -> Instance:
        """The instance, for who has its key or the global one; EvolutionError 404 comes before 401, as there."""
        instance = self.find(name)
        if instance is None:
            raise unknown_instance(name)
        if not (self.is_global(key) or _same(key, instance.token)):
            raise EvolutionError(401)
        return instance

    def is_global(self, key: str) -> bool:
        """Whether a key opens everything."""
        return _same(key, self.global_key)


def _same(key: str, other: str) -> bool:
    return compare_digest(key.encode("utf-8", "surrogatepass"), other.encode())
