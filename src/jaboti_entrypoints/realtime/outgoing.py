"""What waits to be sent to one client."""

import asyncio
from collections import deque

from attrs import define, field

from jaboti_entrypoints.realtime.frames import Frame

MOST_FRAMES = 256
MOST_BYTES = 1024 * 1024


@define(eq=False)
class Outgoing:
    """A bounded queue of frames, in order; a frame with a topic takes the place of one that still waits."""

    _waiting: deque[Frame] = field(factory=deque, init=False)
    _newest: dict[str, Frame] = field(factory=dict, init=False)
    _size: int = field(default=0, init=False)
    _filled: asyncio.Event = field(factory=asyncio.Event, init=False)

    def put(self, frame: Frame) -> bool:
        """Queue it; returns whether there was room."""
        if frame.topic in self._newest:
            self._newest[frame.topic] = frame
            return True
        if len(self._waiting) >= MOST_FRAMES or self._size + frame.size > MOST_BYTES:
            return False
        if frame.topic is not None:
            self._newest[frame.topic] = frame
        self._waiting.append(frame)
        self._size += frame.size
        self._filled.set()
        return True

    async def next(self) -> Frame:
        """The oldest frame, as soon as there is one."""
        while not self._waiting:
            self._filled.clear()
            await self._filled.wait()
        frame = self._waiting.popleft()
        self._size -= frame.size
        return frame if frame.topic is None else self._newest.pop(frame.topic)

    def clear(self) -> None:
        """Throw everything away."""
        self._waiting.clear()
        self._newest.clear()
        self._size = 0
