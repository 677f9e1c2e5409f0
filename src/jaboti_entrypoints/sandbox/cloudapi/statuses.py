"""What became of a message of the business: sent, delivered, read, or failed."""

from functools import partial
from typing import Any

from attrs import frozen

from jaboti_entrypoints.sandbox.cloudapi.knobs import Dials
from jaboti_entrypoints.sandbox.cloudapi.ledger import Send
from jaboti_entrypoints.sandbox.cloudapi.numbers import SandboxNumber
from jaboti_entrypoints.sandbox.cloudapi.payloads import failure, pricing, status_item
from jaboti_entrypoints.sandbox.cloudapi.peers import Peer
from jaboti_entrypoints.sandbox.cloudapi.platform import Platform


@frozen
class Statuses:
    """The webhooks that follow a send."""

    platform: Platform

    def follow(self, send: Send, failed: int = 0) -> None:
        """Announces, each at its time, what the knobs say becomes of a send; with a code, that it failed."""
        dials = self.platform.knobs.of(send.number)
        if failed:
            self.platform.agenda.later(dials.sent_after, partial(self._due, send, "failed", failed))
            return
        for status, after in dials.reports(only_sent=send.type == "reaction"):
            self.platform.agenda.later(after, partial(self._due, send, status))

    def report(self, wamid: str, status: str, *, code: int | None = None) -> None:
        """Announces a status, whatever was announced before; LookupError if nothing was sent with this id."""
        send = self.platform.ledger.find_send(wamid)
        if send is None:
            raise LookupError(f"nothing was sent as {wamid}")
        self._announce(send, self.platform.numbers.get(send.number), status, code)

    def _due(self, send: Send, status: str, code: int | None = None) -> None:
        """The time of a status has come: it is announced, unless it is to be lost or its number is gone."""
        number = self.platform.numbers.find(send.number)
        lost = self.platform.knobs.of(send.number).drop_statuses if code is None else 0.0
        if number and not (lost and self.platform.chance.random() < lost):
            self._announce(send, number, status, code)

    def _announce(self, send: Send, number: SandboxNumber, status: str, code: int | None) -> None:
        dials, at = self.platform.knobs.of(send.number), self.platform.clock()
        extra = self._pricing(dials, send, status) if code is None else failure(code)
        peer = Peer(wa_id=send.wa_id, user_id=send.user_id)
        shown = peer.without_phone() if dials.bsuid_only else peer
        item = status_item(number, shown, wamid=send.wamid, status=status, at=at, callback=send.callback, **extra)
        self.platform.courier.announce(item)

    def _pricing(self, dials: Dials, send: Send, status: str) -> dict[str, Any]:
        if status == "sent" and self.platform.chance.random() < dials.sent_without_pricing:
            return {}
        return pricing(send.category, send.at)
