"""What a process and its neighbours tell one another."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from attrs import frozen

from jaboti_adapters.memory.limits import CountedUses
from jaboti_adapters.memory.notifier import InProcessNotifier
from jaboti_adapters.memory.presence import InProcessPresence, PresenceBook
from jaboti_adapters.memory.revocations import NobodyElse
from jaboti_adapters.postgres.backend import Signals
from jaboti_adapters.postgres.signal import Signal
from jaboti_domain.identity.ports import PresenceBoard, Revocations
from jaboti_domain.identity.presence import GRACE
from jaboti_domain.kernel.ids import SessionId
from jaboti_domain.kernel.ports import Notifier, RateLimiter
from jaboti_entrypoints.settings import Settings

if TYPE_CHECKING:
    from jaboti_adapters.redis.bus import RedisBus

Forget = Callable[[SessionId], None]


@frozen(kw_only=True)
class Neighbours:
    """How word gets around."""

    notifier: Notifier
    limiter: RateLimiter
    revocations: Revocations
    signals: Signals
    presence: PresenceBoard
    heed: Callable[[Forget], None]
    """Have the sessions forgotten that others revoke."""


def alone(*, grace: timedelta = GRACE) -> Neighbours:
    """There are none. `grace` is how long somebody without a connection counts as being there."""
    return Neighbours(
        notifier=InProcessNotifier(),
        limiter=CountedUses(),
        revocations=NobodyElse(),
        presence=InProcessPresence(PresenceBook(grace=grace)),
        signals=Signals(),
        heed=lambda forget: None,
    )


@asynccontextmanager
async def neighbours(settings: Settings) -> AsyncIterator[Neighbours]:
    """Those that Redis reaches, where the settings name one."""
    grace = timedelta(seconds=settings.presence_grace)
    if settings.redis_url is None:
        yield alone(grace=grace)
        return
    from jaboti_adapters.redis.bus import RedisBus
    from jaboti_adapters.redis.limits import RedisLimiter
    from jaboti_adapters.redis.notifier import RedisNotifier
    from jaboti_adapters.redis.presence import RedisPresence
    from jaboti_adapters.redis.revocations import RedisRevocations

    url = settings.redis_url.get_secret_value()
    async with (
        RedisBus.open(url) as bus,
        RedisLimiter.open(url, meanwhile=CountedUses()) as limiter,
        RedisPresence.open(bus, grace=grace) as presence,
    ):
        revocations = RedisRevocations(bus)
        yield Neighbours(
            notifier=RedisNotifier(bus, here=InProcessNotifier()),
            limiter=limiter,
            revocations=revocations,
            presence=presence,
            signals=Signals(arrived=_shared(bus, "arrived"), queued=_shared(bus, "queued")),
            heed=revocations.on_told,
        )


def _shared(bus: "RedisBus", what: str) -> Signal:
    """A signal that wakes those who wait in other processes too."""
    signal = Signal(pass_on=partial(bus.hint, what))

    async def hear(message: bytes) -> None:
        signal.wake()

    bus.on(what, hear)
    return signal
