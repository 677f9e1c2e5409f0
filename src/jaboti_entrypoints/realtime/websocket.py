"""A WebSocket as a connection: one task reads commands, another writes frames."""

import asyncio
import time

import structlog
from attrs import define, field
from starlette.types import Message
from starlette.websockets import WebSocket, WebSocketDisconnect

from jaboti_domain.identity.ports import Grant
from jaboti_domain.kernel.actor import Actor
from jaboti_domain.kernel.errors import Unavailable
from jaboti_entrypoints.errors import Language
from jaboti_entrypoints.realtime.closing import CloseCode
from jaboti_entrypoints.realtime.connections import Connection
from jaboti_entrypoints.realtime.desk import Desk
from jaboti_entrypoints.realtime.frames import Frame
from jaboti_entrypoints.realtime.outgoing import Outgoing
from jaboti_entrypoints.realtime.pace import Pace
from jaboti_entrypoints.realtime.replay import Replay

LARGEST_FRAME = 64 * 1024

log = structlog.get_logger(__name__)


@define(eq=False, repr=False, kw_only=True)
class WebSocketConnection(Connection):
    """From the accepted token to the end. Commands are done one after another; events don't wait for them."""

    websocket: WebSocket
    desk: Desk
    language: Language
    actor: Actor
    grant: Grant
    replay: Replay
    silence: float
    """So many seconds without a frame are too many."""
    pace: Pace
    _outgoing: Outgoing = field(factory=Outgoing, init=False)
    _heard_at: float = field(factory=time.monotonic, init=False)
    _closing: CloseCode | None = field(default=None, init=False)
    _waiting: asyncio.Timeout | None = field(default=None, init=False)

    @property
    def is_silent(self) -> bool:
        return time.monotonic() - self._heard_at > self.silence

    @property
    def cursor(self) -> str:
        """Everything up to here was sent, or stands in the queue."""
        return self.replay.cursor

    def send(self, frame: Frame) -> None:
        if self._closing is None and not self._outgoing.put(frame):
            self.close(CloseCode.TOO_SLOW)

    def close(self, code: CloseCode) -> None:
        if self._closing is not None:
            return
        self._closing = code
        self._outgoing.clear()
        if self._waiting is not None:
            self._waiting.reschedule(asyncio.get_running_loop().time())

    def prolong(self, grant: Grant) -> None:
        """A newer token of the same session holds from now on."""
        self.grant = grant

    async def run(self, ready: Frame) -> CloseCode | None:
        """Talk until the client leaves (None), or until the connection is to be closed with the code."""
        writer = asyncio.create_task(self._write(ready))
        try:
            while (message := await self._next_message()) is not None:
                await self._take(message)
        finally:
            writer.cancel()
            await asyncio.wait([writer])
        return self._closing

    async def _next_message(self) -> Message | None:
        if self._closing is not None:
            return None
        try:
            async with asyncio.timeout(None) as self._waiting:
                message = await self.websocket.receive()
        except TimeoutError:
            return None
        finally:
            self._waiting = None
        return message if message["type"] == "websocket.receive" else None

    async def _take(self, message: Message) -> None:
        self._heard_at = time.monotonic()
        text = message.get("text")
        if text is None:
            self.close(CloseCode.NOT_TEXT)
        elif len(text) > LARGEST_FRAME or len(text.encode()) > LARGEST_FRAME:
            self.close(CloseCode.TOO_LARGE)
        elif not self.pace.allows():
            self.close(CloseCode.TOO_FAST)
        else:
            self.send(await self.desk.answer(self, text))
            self._heard_at = time.monotonic()

    async def _write(self, ready: Frame) -> None:
        try:
            await self.websocket.send_text(ready.text)
            async for frame in self.replay.frames(self):
                await self.websocket.send_text(frame.text)
            while True:
                await self.websocket.send_text((await self._outgoing.next()).text)
        except WebSocketDisconnect:
            return
        except Unavailable:
            self.close(CloseCode.TRY_AGAIN)
        except Exception:
            log.exception("realtime.writing_failed")
            self.close(CloseCode.OUR_FAULT)
