"""The state of the platform: everything that the routes, the sends and the clients share."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from random import Random

from attrs import define, field

from jaboti_entrypoints.sandbox.agenda import Agenda
from jaboti_entrypoints.sandbox.cloudapi.access import Access
from jaboti_entrypoints.sandbox.cloudapi.knobs import Knobs
from jaboti_entrypoints.sandbox.cloudapi.ledger import Ledger
from jaboti_entrypoints.sandbox.cloudapi.media import MediaShelf, StoredMedia
from jaboti_entrypoints.sandbox.cloudapi.numbers import SandboxNumber, Switchboard
from jaboti_entrypoints.sandbox.cloudapi.peers import Directory
from jaboti_entrypoints.sandbox.cloudapi.templates import TemplateBook
from jaboti_entrypoints.sandbox.cloudapi.webhooks import Courier


@define(eq=False)
class Platform:
    """One WhatsApp platform. All chance comes from one seed, but message ids differ in every run."""

    seed: int
    clock: Callable[[], float]
    chance: Random
    numbers: Switchboard
    knobs: Knobs
    ledger: Ledger
    agenda: Agenda
    courier: Courier
    media: MediaShelf
    access: Access
    templates: TemplateBook = field(factory=TemplateBook)
    peers: Directory = field(factory=Directory)
    released: asyncio.Event = field(factory=asyncio.Event)
    public_url: str | None = None

    def download_url(self, number: SandboxNumber, media: StoredMedia, *, base: str | None = None) -> str:
        """A short-lived address of a file, at `base` or where this platform is known to be served."""
        dials = self.knobs.of(number.phone_number_id)
        base = dials.media_elsewhere or base or self.public_url or ""
        return self.media.url(media, base=base, seconds=dials.media_url_seconds)

    async def stop(self) -> None:
        """Drops what is under way, lets go of requests that were left hanging, and closes connections."""
        self.released.set()
        self.released = asyncio.Event()
        await self.agenda.drop()
        await self.courier.stop()

    async def reset(self) -> None:
        """Begins anew, with the numbers it has."""
        await self.stop()
        self.ledger.clear()
        self.knobs.restore()
        self.media.clear()
        self.templates.clear()
        self.peers.forget()
        self.chance.seed(self.seed)


def open_platform(
    numbers: Iterable[SandboxNumber], *, seed: int, retry_delays: Sequence[float], clock: Callable[[], float]
) -> Platform:
    """A platform on which nothing has happened yet."""
    chance = Random(seed)  # noqa: S311 - accidents that can be repeated, not secrets
    switchboard, knobs, ledger, agenda = Switchboard(), Knobs(chance), Ledger(), Agenda()
    for number in numbers:
        switchboard.connect(number)
    courier = Courier(switchboard, knobs, ledger, agenda, clock, chance, retry_delays)
    media, access = MediaShelf(clock), Access(switchboard, knobs)
    return Platform(seed, clock, chance, switchboard, knobs, ledger, agenda, courier, media, access)
