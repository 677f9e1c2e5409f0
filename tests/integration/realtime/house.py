"""A company at work behind a real server, and the browser tabs of its people."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import cache
from itertools import count
from typing import Any

import uvicorn
from attrs import define, evolve, field, frozen
from jsonschema import Draft202012Validator
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from jaboti_adapters.contracts.builders import an_inbound
from jaboti_adapters.contracts.scene import Scene, keep_people
from jaboti_adapters.memory.store import MemoryStore
from jaboti_domain.chat.model import Chat
from jaboti_domain.identity.model import Session
from jaboti_domain.identity.ports import TokenIssuer
from jaboti_domain.kernel.actor import Actor
from jaboti_domain.kernel.ids import CompanyId, UserId
from jaboti_entrypoints.application import Application
from jaboti_entrypoints.realtime.asyncapi import asyncapi_document
from jaboti_entrypoints.realtime.attendance import Attendance
from jaboti_entrypoints.realtime.boards import Boards
from jaboti_entrypoints.realtime.endpoint import Realtime
from jaboti_entrypoints.realtime.hub import Hub
from jaboti_entrypoints.realtime.watch import LOOK_EVERY, Watch
from jaboti_entrypoints.rest.app import create_app
from jaboti_entrypoints.server import Server
from tests.unit.memory.on_memory import memory_backend
from tests.unit.rest.office import SETTINGS, application_over

ORIGIN = "https://painel.example"
SEND_BUFFER = 32 * 1024
"""Bytes: so that a client that stops reading is noticed before megabytes were sent to it."""
Node = dict[str, Any]


@define(eq=False, repr=False)
class Tab:
    """One connection of somebody's. Every frame that comes is held against the document."""

    socket: ClientConnection
    ready: Node = field(factory=dict)
    events: list[Node] = field(factory=list)
    """Those that came so far."""
    _refs: "count[int]" = field(factory=count)
    _read: int = 0

    @property
    def cursor(self) -> str:
        """Of the newest event."""
        cursor: str = self.events[-1]["cursor"] if self.events else self.ready["cursor"]
        return cursor

    @property
    def told(self) -> list[str]:
        """The names of those that came so far, but for who comes and goes."""
        return [each["event"] for each in self.events if each["event"] != "attendant.updated"]

    async def frame(self) -> Node:
        """The next frame, whatever it is."""
        async with asyncio.timeout(5):
            frame: Node = json.loads(await self.socket.recv())
        must_conform(frame)
        if frame["type"] == "event":
            self.events.append(frame)
        return frame

    async def event(self, name: str) -> Node:
        """The next event of this name, past those that were returned already."""
        while True:
            for event in self.events[self._read :]:
                self._read += 1
                if event["event"] == name:
                    return event
            await self.frame()

    async def send(self, **frame: object) -> None:
        """A frame of any kind."""
        await self.socket.send(json.dumps(frame))

    async def do(self, type: str, *, ref: str | None = None, **given: Any) -> Node:
        """A command; returns its answer."""
        ref = ref or f"r{next(self._refs)}"
        await self.send(type=type, ref=ref, **given)
        while (frame := await self.frame())["type"] == "event" or frame["ref"] != ref:
            pass
        return frame

    async def done(self, type: str, **given: Any) -> Node:
        """The data of a command that must not fail."""
        answer = await self.do(type, **given)
        assert answer["type"] == "ack", answer
        data: Node = answer["data"]
        return data

    async def refused(self, type: str, **given: Any) -> Node:
        """The problem of a command that must fail."""
        answer = await self.do(type, **given)
        assert answer["type"] == "error", answer
        problem: Node = answer["problem"]
        return problem

    async def close_code(self, *, within: float = 5.0) -> int | None:
        """How the server ends it."""
        async with asyncio.timeout(within):
            try:
                while True:
                    await self.frame()
            except ConnectionClosed as closed:
                return closed.rcvd.code if closed.rcvd else None


@define(eq=False, repr=False)
class House:
    """One node of the server."""

    scene: Scene
    application: Application
    tokens: TokenIssuer
    hub: Hub
    base: str
    server: Server

    @asynccontextmanager
    async def bare(self, *, origin: str | None = None, headers: Mapping[str, str] | None = None) -> AsyncIterator[Tab]:
        """A connection that has said nothing yet."""
        async with connect(
            f"{self.base}/ws",
            origin=origin,  # type: ignore[arg-type]  # a NewType of theirs
            additional_headers=headers,
            compression=None,
            proxy=None,
            ping_interval=None,
            max_size=None,
            max_queue=None,
        ) as opened:
            yield Tab(opened)

    @asynccontextmanager
    async def tab(
        self,
        actor: Actor,
        *,
        token: str | None = None,
        resume: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> AsyncIterator[Tab]:
        """A connection that was let in."""
        token = token or await self.token(actor)
        async with self.bare(headers=headers) as tab:
            await tab.send(type="auth", token=token, resume=resume)
            tab.ready = await tab.frame()
            yield tab

    async def session(self, user_id: UserId, company_id: CompanyId | None) -> Session:
        """A new session."""
        session = Session.open(user_id=user_id, company_id=company_id, at=self.scene.now())
        await keep_people(self.scene.backend, session)
        return session

    async def token(self, actor: Actor) -> str:
        """An access token of a new session of theirs."""
        return self.token_of(await self.session(actor.user_id, actor.company_id))

    def token_of(self, session: Session, *, expires_in: timedelta = timedelta(minutes=10)) -> str:
        """An access token of this session."""
        at = self.scene.now() - timedelta(minutes=10) + expires_in
        return self.tokens.access_token(session, at=at)[0]

    async def wait_for_a_look(self) -> None:
        """Until the hub has looked after everyone's rights again."""
        await asyncio.sleep(LOOK_EVERY + 0.2)

    async def client_writes(self, chat: Chat, *texts: str) -> None:
        """Messages of the client, each in a unit of its own."""
        for text in texts:
            async with self.scene.change(chat.id) as changed:
                changed.receive(an_inbound(text), at=self.scene.now())


@frozen(kw_only=True)
class Rules:
    """What a test may have otherwise."""

    heartbeat: float = 25.0
    rate: float = 50.0
    burst: float = 100.0
    grace: float = 10.0


@asynccontextmanager
async def a_house(
    scene: Scene | None = None, *, rules: Rules | None = None, application: Application | None = None
) -> AsyncIterator[House]:
    """A node over the scene's storage, or over a new one."""
    scene = scene or await Scene.set_in(memory_backend(MemoryStore()))
    rules = rules or Rules()
    container = application_over(scene.backend, settings=SETTINGS.model_copy(update={"presence_grace": rules.grace}))
    application = application or container.application()
    hub = Hub(
        stream=application.stream,
        notifier=application.notifier,
        watch=Watch(application.access_reads, application.clock),
        companions=[Boards(look=application.look_at_board, clock=application.clock).follow],
    )
    usual = Realtime.over(application, hub, allowed_origins=[ORIGIN])
    realtime = evolve(usual, heartbeat=rules.heartbeat, rate=rules.rate, burst=rules.burst)
    attendance = Attendance(presence=application.presence, hub=hub, clock=application.clock)
    async with hub.running(), attendance.running(), _serving(realtime, hub) as (server, port):
        yield House(
            scene=scene,
            application=application,
            tokens=container.tokens(),
            hub=hub,
            base=f"ws://127.0.0.1:{port}",
            server=server,
        )


@asynccontextmanager
async def _serving(realtime: Realtime, hub: Hub) -> AsyncIterator[tuple[Server, int]]:
    # asyncio turns Nagle's algorithm off only where the protocol is named: it costs 40 ms an answer.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
    listener.bind(("127.0.0.1", 0))
    listener.listen(512)
    config = uvicorn.Config(
        create_app(realtime.application, extra_routes=realtime.routes()),
        log_config=None,
        access_log=False,
        lifespan="off",
        ws="websockets-sansio",
        ws_max_size=65_536,
        ws_per_message_deflate=False,
        ws_ping_interval=None,
        timeout_graceful_shutdown=2,
    )
    server = Server(config, hub)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield server, listener.getsockname()[1]
    finally:
        server.should_exit = True
        await task
        listener.close()


def must_conform(frame: Node) -> None:
    """Raise unless the frame is as the AsyncAPI document says."""
    name = frame["event"] if frame["type"] == "event" else frame["type"]
    _validator(f"send.{name}").validate(frame)


@cache
def _validator(message: str) -> Draft202012Validator:
    document = asyncapi_document(version="0")
    payload = document["components"]["messages"][message]["payload"]
    return Draft202012Validator({**payload, "components": document["components"]})
