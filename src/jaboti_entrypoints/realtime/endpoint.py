"""`/ws`: from the handshake to the end of a connection."""

import asyncio
from collections.abc import Collection
from contextlib import suppress
from functools import cache
from importlib.metadata import version

import msgspec
import structlog
from attrs import field, frozen
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketDisconnected

from jaboti_domain.kernel.actor import Actor
from jaboti_domain.kernel.errors import Invalid, Refusal, Unauthenticated
from jaboti_domain.kernel.ids import ChatId
from jaboti_entrypoints.application import Application
from jaboti_entrypoints.errors import Unreadable, family_of
from jaboti_entrypoints.realtime.asyncapi import asyncapi_document
from jaboti_entrypoints.realtime.closing import CloseCode
from jaboti_entrypoints.realtime.commands import Auth, read_auth
from jaboti_entrypoints.realtime.desk import Desk
from jaboti_entrypoints.realtime.frames import Frame
from jaboti_entrypoints.realtime.hub import Hub
from jaboti_entrypoints.realtime.pace import Pace
from jaboti_entrypoints.realtime.replay import Replay
from jaboti_entrypoints.realtime.shapes import Ready
from jaboti_entrypoints.realtime.typists import Typists
from jaboti_entrypoints.realtime.websocket import WebSocketConnection
from jaboti_entrypoints.rest import headers

AUTH_WITHIN = 5.0
CLOSE_WITHIN = 1.0
"""A client that stopped reading does not get its close frame; it is not waited for."""

log = structlog.get_logger(__name__)


def _origins(given: Collection[str]) -> frozenset[str]:
    return frozenset(origin.rstrip("/").lower() for origin in given)


@frozen(kw_only=True)
class Realtime:
    """The WebSocket endpoint. Browsers are let in from known origins; who sends no Origin is not a browser."""

    application: Application
    hub: Hub
    desk: Desk
    allowed_origins: frozenset[str] = field(converter=_origins)
    without_origin: bool = True
    heartbeat: float = 25.0
    rate: float = 50.0
    burst: float = 100.0

    @classmethod
    def over(cls, application: Application, hub: Hub, *, allowed_origins: Collection[str]) -> "Realtime":
        """With the usual limits."""

        async def show(actor: Actor, chat_id: ChatId) -> object:
            return await application.show_typing(actor, chat_id=chat_id)

        typists = Typists(chats=application.chat_reads, hub=hub, clock=application.clock, show=show)
        desk = Desk(application=application, typists=typists)
        return cls(application=application, hub=hub, desk=desk, allowed_origins=allowed_origins)

    def routes(self) -> list[BaseRoute]:
        """To be mounted beside the API's."""
        return [WebSocketRoute("/ws", self.serve), Route("/asyncapi.json", _documentation, methods=["GET"])]

    async def serve(self, websocket: WebSocket) -> None:
        """One connection, from its handshake to its end."""
        try:
            await websocket.accept()
            await self._converse(websocket)
        except (WebSocketDisconnect, WebSocketDisconnected):
            return
        except Refusal as refusal:
            await _close(websocket, CloseCode(family_of(type(refusal)).close))
        except Exception:
            log.exception("realtime.connection_failed")
            await _close(websocket, CloseCode.OUR_FAULT)

    async def _converse(self, websocket: WebSocket) -> None:
        if not self._comes_from_home(websocket):
            await _close(websocket, CloseCode.FORBIDDEN)
            return
        auth = await _greeting(websocket)
        actor = await self.application.authenticate(auth.token)
        grant = await self.application.authenticate.grant(auth.token)
        async with self.hub.feed(actor.company_id) as feed:
            connection = WebSocketConnection(
                websocket=websocket,
                desk=self.desk,
                language=headers.language(websocket.scope),
                actor=actor,
                grant=grant,
                replay=await Replay.begin(feed, auth.resume),
                silence=2 * self.heartbeat,
                pace=Pace(self.rate, self.burst),
            )
            presence = self.application.presence.connected(actor.company_id, actor.user_id)
            with self.hub.watching(connection, feed):
                async with presence:
                    await _close(websocket, await connection.run(self._ready(connection)))

    def _comes_from_home(self, websocket: WebSocket) -> bool:
        origins = headers.values(websocket.scope, b"origin")
        if not origins:
            return self.without_origin
        return all(origin.decode("latin-1").lower() in self.allowed_origins for origin in origins)

    def _ready(self, connection: WebSocketConnection) -> Frame:
        return Frame.of(
            Ready(
                user_id=str(connection.actor.user_id),
                company_id=str(connection.actor.company_id),
                cursor=connection.cursor,
                resumed=connection.replay.resumed,
                heartbeat_seconds=self.heartbeat,
            )
        )


async def _documentation(_: Request) -> Response:
    return Response(_document(), media_type="application/json", headers={"cache-control": "no-cache"})


@cache
def _document() -> bytes:
    return msgspec.json.encode(asyncapi_document(version=version("jaboti")))


async def _greeting(websocket: WebSocket) -> Auth:
    """The first frame. Raises Unauthenticated unless it is the right one, in time."""
    try:
        async with asyncio.timeout(AUTH_WITHIN):
            message = await websocket.receive()
        if message["type"] != "websocket.receive":
            raise WebSocketDisconnect()
        return read_auth(message.get("text") or "")
    except (TimeoutError, Unreadable, Invalid) as error:
        raise Unauthenticated() from error


async def _close(websocket: WebSocket, code: CloseCode | None) -> None:
    if code is None:
        return
    with suppress(WebSocketDisconnect, WebSocketDisconnected, TimeoutError):
        async with asyncio.timeout(CLOSE_WITHIN):
            await websocket.close(code, code.name.lower())
