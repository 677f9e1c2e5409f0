"""The state of the server: everything that the routes, the sends, the sessions and the clients share."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from random import Random
from typing import Any

from attrs import define, field

from jaboti_entrypoints.sandbox.agenda import Agenda
from jaboti_entrypoints.sandbox.evolutionapi.instances import Instance, Instances
from jaboti_entrypoints.sandbox.evolutionapi.knobs import Knobs
from jaboti_entrypoints.sandbox.evolutionapi.ledger import Ledger
from jaboti_entrypoints.sandbox.evolutionapi.media import Storage
from jaboti_entrypoints.sandbox.evolutionapi.payloads import Item
from jaboti_entrypoints.sandbox.evolutionapi.people import Directory
from jaboti_entrypoints.sandbox.evolutionapi.records import Records
from jaboti_entrypoints.sandbox.evolutionapi.versions import Version
from jaboti_entrypoints.sandbox.evolutionapi.webhooks import Courier


@define(eq=False)
class Platform:
    """One EvolutionAPI server. All chance comes from one seed, but message ids differ in every run."""

    seed: int
    clock: Callable[[], float]
    chance: Random
    instances: Instances
    knobs: Knobs
    ledger: Ledger
    agenda: Agenda
    courier: Courier
    screens: Agenda = field(factory=Agenda)
    """The QR codes that are shown one after another: nothing that anybody waits for."""
    people: Directory = field(factory=Directory)
    records: Records = field(factory=Records)
    released: asyncio.Event = field(factory=asyncio.Event)
    storage: Storage = field(init=False)

    @storage.default
    def _beside(self) -> Storage:
        return Storage(self.records, self.knobs, self.clock)

    def version(self, instance: Instance) -> Version:
        """Which version the server is, as far as this instance can tell."""
        return self.knobs.of(instance.name).version

    def announce(self, instance: Instance, event: str, data: Any, *, name: str | None = None) -> str:
        """Tells an instance's webhook of an event; returns its name in the ledger."""
        item = Item(name or f"{event}:{self.ledger.next_seq()}", instance.name, event, data)
        self.courier.announce(item)
        return item.name

    async def stop(self) -> None:
        """Drops what is under way, lets go of requests that were left hanging, and closes connections."""
        self.released.set()
        self.released = asyncio.Event()
        await self.agenda.drop()
        await self.screens.drop()
        await self.courier.stop()

    async def reset(self) -> None:
        """Begins anew, with the instances it has."""
        await self.stop()
        self.ledger.clear()
        self.knobs.restore()
        self.records.clear()
        self.people.forget()
        self.chance.seed(self.seed)


def open_platform(
    given: Iterable[Instance],
    *,
    global_key: str,
    seed: int,
    retry_delays: Sequence[float],
    clock: Callable[[], float],
) -> Platform:
    """A server on which nothing has happened yet."""
    chance = Random(seed)  # noqa: S311 - accidents that can be repeated, not secrets
    instances, knobs, ledger, agenda = Instances(global_key=global_key), Knobs(chance), Ledger(), Agenda()
    for instance in given:
        instances.add(instance)
    courier = Courier(instances, knobs, ledger, agenda, clock, chance, retry_delays)
    return Platform(seed, clock, chance, instances, knobs, ledger, agenda, courier)
