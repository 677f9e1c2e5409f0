"""The handle that demo, tests and benchmarks hold."""

from collections.abc import Mapping
from typing import Any

from attrs import define, field

from jaboti_entrypoints.sandbox.evolutionapi.incoming import Clients, Writing
from jaboti_entrypoints.sandbox.evolutionapi.instances import Instance
from jaboti_entrypoints.sandbox.evolutionapi.knobs import Knobs
from jaboti_entrypoints.sandbox.evolutionapi.ledger import Ledger
from jaboti_entrypoints.sandbox.evolutionapi.outgoing import Sends
from jaboti_entrypoints.sandbox.evolutionapi.people import Person
from jaboti_entrypoints.sandbox.evolutionapi.platform import Platform
from jaboti_entrypoints.sandbox.evolutionapi.sessions import Sessions
from jaboti_entrypoints.sandbox.handle import Handle


@define(eq=False)
class EvolutionApiSandbox(Handle[Platform]):
    """An EvolutionAPI server in this process."""

    sessions: Sessions = field(init=False)
    sends: Sends = field(init=False)
    clients: Clients = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.sessions = Sessions(self.platform)
        self.sends = Sends(self.platform)
        self.clients = Clients(self.platform)

    @property
    def ledger(self) -> Ledger:
        """What happened."""
        return self.platform.ledger

    @property
    def knobs(self) -> Knobs:
        """How it misbehaves."""
        return self.platform.knobs

    def connect(self, instance: Instance) -> None:
        """Adds an instance, or takes the place of the one with the same name."""
        self.platform.instances.add(instance)

    def served_at(self, base: str) -> None:
        """Tells where `app` is reachable, so that webhooks can say so, and where files are."""
        self.platform.courier.server = self.platform.storage.base = base.rstrip("/")

    def client_writes(
        self,
        instance: str,
        person: Person | str,
        content: str | Mapping[str, Any],
        *,
        at: float | None = None,
        reply_to: str | None = None,
        id: str | None = None,
    ) -> str:
        """A client writes to the instance; returns the message's id, its webhook is on the way.

        `person` may be a bare phone, `content` bare words. LookupError for an instance that is not there.
        """
        author = self.platform.people.at(person) if isinstance(person, str) else person
        return self.clients.write(
            Writing(instance=instance, person=author, content=content, at=at, reply_to=reply_to, id=id)
        )

    def phone_writes(self, instance: str, person: Person | str, content: str | Mapping[str, Any]) -> str:
        """Somebody of the business writes to the client on the phone itself; returns the message's id."""
        to = self.platform.people.at(person) if isinstance(person, str) else person
        return self.clients.write(Writing(instance=instance, person=to, content=content, from_me=True))

    def client_edits(self, instance: str, message_id: str, words: str) -> None:
        """A message gets other words; LookupError if there is none."""
        self.clients.edit(instance, message_id, words)

    def client_revokes(self, instance: str, message_id: str) -> None:
        """A message is taken back; LookupError if there is none."""
        self.clients.revoke(instance, message_id)

    def report(self, instance: str, message_id: str, status: str) -> None:
        """Announces a status (sent, delivered, read, failed, or the server's own word) beside those that come."""
        self.sends.report(instance, message_id, status)

    def announce(self, instance: str, event: str, data: Any) -> str:
        """Delivers any event with this data; returns its name in the ledger."""
        return self.platform.announce(self.platform.instances.get(instance), event, data)

    def scan(self, instance: str, phone: str) -> None:
        """A phone scans the instance's QR code."""
        self.sessions.scan(self.platform.instances.get(instance), phone)

    def drop(self, instance: str, reason: int) -> None:
        """WhatsApp ends the instance's session, for a reason that is an HTTP status."""
        self.sessions.drop(self.platform.instances.get(instance), reason)
