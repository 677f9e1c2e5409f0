"""How webhooks are delivered: one event each, in no promised order, again until somebody takes or refuses them."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from random import Random

from attrs import define, field

from jaboti_entrypoints.sandbox.agenda import Agenda
from jaboti_entrypoints.sandbox.deliveries import insist, posted
from jaboti_entrypoints.sandbox.evolutionapi.instances import Instance, Instances
from jaboti_entrypoints.sandbox.evolutionapi.knobs import Knobs
from jaboti_entrypoints.sandbox.evolutionapi.ledger import Ledger
from jaboti_entrypoints.sandbox.evolutionapi.payloads import Item, envelope, headers_of, wire
from jaboti_entrypoints.sandbox.ledger import is_accepted
from jaboti_entrypoints.sandbox.wire import Wire

TEN_ATTEMPTS = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.0, 3.0, 3.0)
"""The pauses between them, a hundredth of the server's own: 5 s doubled each time, 300 s at most."""
FOR_GOOD = frozenset({400, 401, 403, 404, 422})
"""Answers after which an event is dropped."""
AWAITED = "messages.edited"
"""While this event is being delivered, the instance's other events wait: the server's queue stands still."""


@define(eq=False)
class Courier:
    """Takes events and brings them to their instance's address, with the accidents that the knobs ask for."""

    instances: Instances
    knobs: Knobs
    ledger: Ledger
    agenda: Agenda
    clock: Callable[[], float]
    chance: Random
    retry_delays: Sequence[float] = TEN_ATTEMPTS
    server: str = "http://localhost:8080"
    wire: Wire = field(factory=Wire)
    _queues: dict[str, asyncio.Lock] = field(factory=dict, init=False)

    def announce(self, item: Item) -> None:
        """Delivers an event, if the instance's webhook wants it and it does not get lost."""
        instance, dials = self.instances.find(item.instance), self.knobs.of(item.instance)
        if instance is None or not instance.webhook.wants(item.event) or item.event in dials.lost_events:
            return
        self.ledger.expects(item.name)
        body = wire(self._body(item, instance))
        for _ in range(dials.copies(self.chance)):
            self.agenda.later(dials.hold(self.chance), partial(self._dispatch, item, body))

    async def stop(self) -> None:
        """Closes the connections."""
        self._queues.clear()
        await self.wire.close()

    def _body(self, item: Item, instance: Instance) -> dict[str, object]:
        url = instance.webhook.url
        return envelope(item, instance, destination=url, server=self.server, at=self.clock())

    def _dispatch(self, item: Item, body: bytes) -> None:
        self.agenda.spawn(self._carry(item, body))

    async def _carry(self, item: Item, body: bytes) -> None:
        queue = self._queues.setdefault(item.instance, asyncio.Lock())
        async with queue:
            if item.event == AWAITED:
                await self._insist(item, body)
                return
        await self._insist(item, body)

    async def _insist(self, item: Item, body: bytes) -> None:
        jittered = [pause * self.chance.uniform(0.8, 1.2) for pause in self.retry_delays]
        await insist(partial(self._post, item, body), pauses=jittered, ended=_ended)

    async def _post(self, item: Item, body: bytes) -> int | str | None:
        """The HTTP status, or the name of what went wrong before there was one; None when nobody listens any more."""
        await self.knobs.unpaused(item.instance)
        instance = self.instances.find(item.instance)
        if instance is None or not instance.webhook.wants(item.event):
            return None
        hook = instance.webhook
        url = f"{hook.url.rstrip('/')}/{item.event.replace('.', '-')}" if hook.byEvents else hook.url
        answer = await posted(self.wire, url, headers_of(hook.headers, at=self.clock()), body)
        self.ledger.attempted(item.instance, (item.name,), answer, at=self.clock())
        return answer


def _ended(answer: int | str) -> bool:
    return is_accepted(answer) or answer in FOR_GOOD
