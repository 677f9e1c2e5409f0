"""The handle that demo, tests and benchmarks hold."""

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import define, field

from jaboti_entrypoints.sandbox.cloudapi.incoming import Clients, Writing
from jaboti_entrypoints.sandbox.cloudapi.knobs import Knobs
from jaboti_entrypoints.sandbox.cloudapi.ledger import Ledger
from jaboti_entrypoints.sandbox.cloudapi.numbers import SandboxNumber
from jaboti_entrypoints.sandbox.cloudapi.outgoing import Sends
from jaboti_entrypoints.sandbox.cloudapi.payloads import Item
from jaboti_entrypoints.sandbox.cloudapi.peers import Peer
from jaboti_entrypoints.sandbox.cloudapi.platform import Platform
from jaboti_entrypoints.sandbox.cloudapi.statuses import Statuses
from jaboti_entrypoints.sandbox.handle import Handle


@define(eq=False)
class CloudApiSandbox(Handle[Platform]):
    """A WhatsApp platform in this process."""

    statuses: Statuses = field(init=False)
    sends: Sends = field(init=False)
    clients: Clients = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.statuses = Statuses(self.platform)
        self.sends = Sends(self.platform, self.statuses)
        self.clients = Clients(self.platform)

    @property
    def ledger(self) -> Ledger:
        """What happened."""
        return self.platform.ledger

    @property
    def knobs(self) -> Knobs:
        """How it misbehaves."""
        return self.platform.knobs

    def connect(self, number: SandboxNumber) -> None:
        """Adds a number, or changes the one with the same id."""
        self.platform.numbers.connect(number)

    def served_at(self, base: str) -> None:
        """Tells where `app` is reachable, so that webhooks can say where a client's file is."""
        self.platform.public_url = base.rstrip("/")

    def client_writes(
        self,
        number: str,
        peer: Peer | str,
        content: str | Mapping[str, Any],
        *,
        at: float | None = None,
        reply_to: str | None = None,
        wamid: str | None = None,
    ) -> str:
        """A client writes to the number with this id; returns the message's id, its webhook is on the way.

        `peer` may be a bare phone or user id, `content` bare words. Raises as `Clients.write` does.
        """
        author = self.platform.peers.at(peer) if isinstance(peer, str) else peer
        writing = Writing(number=number, peer=author, content=content, at=at, reply_to=reply_to, wamid=wamid)
        return self.clients.write(writing)[0]

    def clients_write(self, writings: Iterable[Writing]) -> list[str]:
        """Several messages in one POST (per webhook address); returns their ids in order."""
        return self.clients.write(*writings)

    def report(self, wamid: str, status: str, *, code: int | None = None) -> None:
        """Announces a status beside those that come by themselves; a code makes it carry that error."""
        self.statuses.report(wamid, status, code=code)

    def announce(self, number: str, field: str, value: dict[str, Any]) -> str:
        """Delivers a webhook of any field with this value; returns its name in the ledger."""
        name = f"{field}:{self.ledger.next_seq()}"
        self.platform.courier.announce(Item(name, self.platform.numbers.get(number), value, field=field))
        return name

    async def verify_webhook(self, number: str) -> bool:
        """Does Meta's handshake with the number's webhook address."""
        return await self.platform.courier.verify(self.platform.numbers.get(number))
