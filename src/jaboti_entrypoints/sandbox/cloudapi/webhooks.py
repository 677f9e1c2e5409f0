"""How webhooks are delivered: signed, concurrently, in no promised order, again until somebody takes them."""

from collections.abc import Callable, Sequence
from functools import partial
from random import Random
from urllib.parse import urlencode

from attrs import define, field

from jaboti_entrypoints.sandbox.agenda import Agenda
from jaboti_entrypoints.sandbox.cloudapi.knobs import Knobs
from jaboti_entrypoints.sandbox.cloudapi.ledger import Ledger
from jaboti_entrypoints.sandbox.cloudapi.numbers import SandboxNumber, Switchboard
from jaboti_entrypoints.sandbox.cloudapi.payloads import Item, envelope, signed, wire
from jaboti_entrypoints.sandbox.deliveries import insist, posted
from jaboti_entrypoints.sandbox.ledger import is_accepted
from jaboti_entrypoints.sandbox.wire import Wire

COMPRESSED_WEEK = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, *[5.0] * 60)
AT_ONCE = 1000


@define(eq=False)
class Courier:
    """Takes webhook items and brings them to the number's address, with the accidents that the knobs ask for.

    Items of numbers with one address and one secret may share a POST. After the last retry an item is given up.
    """

    numbers: Switchboard
    knobs: Knobs
    ledger: Ledger
    agenda: Agenda
    clock: Callable[[], float]
    chance: Random
    retry_delays: Sequence[float] = COMPRESSED_WEEK
    wire: Wire = field(factory=Wire)
    _waiting: dict[tuple[str, str], list[Item]] = field(factory=dict, init=False)
    _enough: dict[tuple[str, str], int] = field(factory=dict, init=False)

    def announce(self, item: Item) -> None:
        """Delivers one item: by itself, or with others when batches are asked for."""
        for copy in self._copies([item]):
            self.agenda.later(self._hold(copy), partial(self._join, copy))

    def announce_together(self, items: Sequence[Item]) -> None:
        """Delivers items in as few POSTs as their addresses allow."""
        for together in self._by_address(self._copies(items)).values():
            for start in range(0, len(together), AT_ONCE):
                load = together[start : start + AT_ONCE]
                self.agenda.later(self._hold(load[0]), partial(self._dispatch, load))

    async def verify(self, number: SandboxNumber) -> bool:
        """Whether the number's address answers Meta's handshake: 200 and the bare challenge."""
        challenge = str(self.chance.randrange(10**9, 10**10))
        asked = {"hub.mode": "subscribe", "hub.challenge": challenge, "hub.verify_token": number.verify_token}
        joint = "&" if "?" in number.webhook_url else "?"
        try:
            answer = await self.wire.request("GET", number.webhook_url + joint + urlencode(asked), {"accept": "*/*"})
        except (OSError, EOFError, ValueError):
            return False
        return answer.status == 200 and answer.body == challenge.encode("ascii")

    async def stop(self) -> None:
        """Drops what is waiting for company and closes the connections."""
        self._waiting.clear()
        await self.wire.close()

    def _copies(self, items: Sequence[Item]) -> list[Item]:
        """The items that go out, those that happen to be doubled twice."""
        copies: list[Item] = []
        for item in items:
            if not self._listened_to(item.number):
                continue
            self.ledger.expects(item.name)
            copies += [item] * self.knobs.of(item.number.phone_number_id).copies(self.chance)
        return copies

    def _listened_to(self, number: SandboxNumber) -> bool:
        return bool(number.webhook_url) and self.numbers.subscribed(number.waba_id)

    def _hold(self, item: Item) -> float:
        return self.knobs.of(item.number.phone_number_id).hold(self.chance)

    def _by_address(self, items: Sequence[Item]) -> dict[tuple[str, str], list[Item]]:
        groups: dict[tuple[str, str], list[Item]] = {}
        for item in items:
            groups.setdefault(_address(item.number), []).append(item)
        return groups

    def _join(self, item: Item) -> None:
        """Puts an item to those that wait to fill a batch; the first to wait also sets the time at which they go."""
        dials = self.knobs.of(item.number.phone_number_id)
        if dials.batch == (1, 1):
            self._dispatch([item])
            return
        address = _address(item.number)
        waiting = self._waiting.setdefault(address, [])
        waiting.append(item)
        if len(waiting) == 1:
            self._enough[address] = self.chance.randint(*sorted(dials.batch))
            self.agenda.later(dials.batch_linger, partial(self._leave, address, waiting))
        if len(waiting) >= self._enough[address]:
            self._leave(address, waiting)

    def _leave(self, address: tuple[str, str], waiting: list[Item]) -> None:
        if self._waiting.get(address) is waiting:
            del self._waiting[address]
            self._dispatch(waiting)

    def _dispatch(self, items: Sequence[Item]) -> None:
        self.agenda.spawn(self._carry(items, wire(envelope(items))))

    async def _carry(self, items: Sequence[Item], body: bytes) -> None:
        names = tuple(item.name for item in items)
        post = partial(self._post, items[0].number.phone_number_id, names, body)
        await insist(post, pauses=self.retry_delays, ended=is_accepted)

    async def _post(self, phone_number_id: str, names: tuple[str, ...], body: bytes) -> int | str | None:
        """The HTTP status, or the name of what went wrong before there was one; None when nobody listens any more."""
        await self.knobs.unpaused(phone_number_id)
        number = self.numbers.find(phone_number_id)
        if number is None or not self._listened_to(number):
            return None
        wrong = self.knobs.of(phone_number_id).sign_with_wrong_secret
        forged = wrong and self.chance.random() < wrong
        headers = signed("not-the-app-secret" if forged else number.app_secret, body)
        answer = await posted(self.wire, number.webhook_url, headers, body)
        self.ledger.attempted(phone_number_id, names, answer, at=self.clock())
        return answer


def _address(number: SandboxNumber) -> tuple[str, str]:
    return number.webhook_url, number.app_secret
