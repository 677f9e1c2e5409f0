"""Announcements to all processes of an installation."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from uuid import UUID

import msgspec

from jaboti_adapters.recording import audience_data, audience_of
from jaboti_adapters.redis.bus import RedisBus
from jaboti_domain.kernel.events import Recorded
from jaboti_domain.kernel.ids import CompanyId
from jaboti_domain.kernel.ports import Notifier


class _Word(msgspec.Struct, array_like=True):
    company_id: UUID
    seq: int
    at: datetime
    name: str
    audience: bytes
    data: bytes


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[_Word]).decode


class RedisNotifier(Notifier):
    """What is announced here is heard here at once, and elsewhere as soon as Redis brings it."""

    def __init__(self, bus: RedisBus, *, here: Notifier) -> None:
        """`here` is the notifier of this process."""
        self._bus, self._here = bus, here
        bus.on("events:*", self._hear)

    async def announce(self, events: Sequence[Recorded]) -> None:
        await self._here.announce(events)
        if events:
            self._bus.tell(f"events:{events[0].company_id.hex}", _encode([_word_of(event) for event in events]))

    def listen(self) -> AbstractAsyncContextManager[AsyncIterator[Sequence[Recorded]]]:
        return self._here.listen()

    async def _hear(self, message: bytes) -> None:
        await self._here.announce([_recorded(word) for word in _decode(message)])


def _word_of(event: Recorded) -> _Word:
    return _Word(event.company_id, event.seq, event.at, event.name, audience_data(event.audience), event.data)


def _recorded(word: _Word) -> Recorded:
    return Recorded(
        company_id=CompanyId(word.company_id),
        seq=word.seq,
        at=word.at,
        name=word.name,
        audience=audience_of(word.audience),
        data=word.data,
    )
