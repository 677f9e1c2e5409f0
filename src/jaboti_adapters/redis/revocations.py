"""Revocations, to all processes of an installation."""

from collections.abc import Callable
from uuid import UUID

from jaboti_adapters.redis.bus import RedisBus
from jaboti_domain.identity.ports import Revocations
from jaboti_domain.kernel.ids import SessionId


class RedisRevocations(Revocations):
    """Told by Redis."""

    def __init__(self, bus: RedisBus) -> None:
        self._bus = bus

    def tell(self, session_id: SessionId) -> None:
        self._bus.tell("revoked", session_id.bytes)

    def on_told(self, forget: Callable[[SessionId], None]) -> None:
        """Call `forget` with each session that others tell of."""

        async def hear(message: bytes) -> None:
            forget(SessionId(UUID(bytes=message)))

        self._bus.on("revoked", hear)
