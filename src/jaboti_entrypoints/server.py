"""The server process, and the worker process."""

import asyncio
import signal
import socket
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing, contextmanager

import structlog
import uvicorn
from attrs import frozen
from starlette.applications import Starlette

from jaboti_entrypoints.application import Application
from jaboti_entrypoints.container import open_application
from jaboti_entrypoints.guard import GuardedHttp, Limits, guarding
from jaboti_entrypoints.realtime.attendance import Attendance
from jaboti_entrypoints.realtime.boards import Boards
from jaboti_entrypoints.realtime.endpoint import Realtime
from jaboti_entrypoints.realtime.hub import Hub
from jaboti_entrypoints.realtime.watch import Watch
from jaboti_entrypoints.rest import health
from jaboti_entrypoints.rest.app import PUBLIC, ROUTES, create_app
from jaboti_entrypoints.settings import Settings
from jaboti_entrypoints.webhooks import Webhooks
from jaboti_entrypoints.worker import working

log = structlog.get_logger(__name__)
BACKLOG = 2048
LOOPBACK = "127.0.0.1"
DEAD_PEER_MS = 20_000
"""A peer that acknowledges nothing for so long is cut off: uvicorn itself never drops one that stopped reading."""
START_WITHIN = 30.0


class Server(uvicorn.Server):
    """uvicorn that leaves signals to the process, and sends WebSockets away, to come back, before it stops."""

    def __init__(self, config: uvicorn.Config, hub: Hub | None = None) -> None:
        super().__init__(config)
        self._hub = hub

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Several servers may share a process: whoever owns it listens for signals."""
        yield

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Everybody is told to reconnect, then requests under way are finished."""
        if self._hub is not None:
            await self._hub.leave()
        await super().shutdown(sockets)


@frozen(kw_only=True)
class Edge:
    """What answers requests: the routes, and the hub behind the WebSockets with those who come and go."""

    app: Starlette
    hub: Hub
    attendance: Attendance


def edge(application: Application, settings: Settings, *, own_origins: Sequence[str] = ()) -> Edge:
    """REST, webhooks and WebSocket over one application."""
    watch = Watch(reads=application.access_reads, clock=application.clock)
    boards = Boards(look=application.look_at_board, clock=application.clock)
    hub = Hub(stream=application.stream, notifier=application.notifier, watch=watch, companions=[boards.follow])
    realtime = Realtime.over(application, hub, allowed_origins=[*settings.allowed_origins, *own_origins])
    webhooks = Webhooks(
        application=application, app_secret=settings.meta_app_secret, verify_token=settings.meta_verify_token
    )
    app = create_app(
        application,
        routes=PUBLIC if settings.metrics_port is None else ROUTES,
        extra_routes=[*webhooks.routes(), *realtime.routes()],
        origins=settings.allowed_origins,
    )
    attendance = Attendance(presence=application.presence, hub=hub, clock=application.clock)
    return Edge(app=app, hub=hub, attendance=attendance)


@asynccontextmanager
async def serving_application(
    application: Application, settings: Settings, *, workers: bool = True
) -> AsyncIterator[str]:
    """Serve, and work if asked to, as long as the block lasts; yields the base address. Port 0 takes a free one.

    Raises OSError when the address is taken.
    """
    listener = _listen(settings.host, settings.port)
    base = f"http://{settings.host}:{listener.getsockname()[1]}"
    parts = edge(application, settings, own_origins=[base, base.replace(settings.host, "localhost")])
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(parts.hub.running())
        await stack.enter_async_context(parts.attendance.running())
        if workers:
            await stack.enter_async_context(working(application, settings))
        if settings.metrics_port is not None:
            figures = create_app(application, routes=[health.METRICS])
            await stack.enter_async_context(_served(figures, _listen(LOOPBACK, settings.metrics_port), settings))
        await stack.enter_async_context(_served(parts.app, listener, settings, hub=parts.hub))
        yield base


@asynccontextmanager
async def _served(
    app: Starlette, listener: socket.socket, settings: Settings, *, hub: Hub | None = None
) -> AsyncIterator[None]:
    with closing(listener):
        server = Server(_config(app, settings), hub)
        async with guarding(server.server_state.connections):
            task = asyncio.create_task(server.serve(sockets=[listener]))
            try:
                await _started(server, task)
                yield
            finally:
                server.should_exit = True
                await task


async def serve(settings: Settings, *, workers: bool) -> None:
    """Until SIGTERM or SIGINT; what was begun is finished."""
    async with (
        open_application(settings, resident=True) as application,
        serving_application(application, settings, workers=workers) as base,
    ):
        log.info("server.started", address=base, workers=workers)
        await _told_to_stop()
        log.info("server.stopping")


async def work(settings: Settings) -> None:
    """The workers alone, until SIGTERM or SIGINT."""
    async with open_application(settings, resident=True) as application, working(application, settings):
        log.info("worker.started")
        await _told_to_stop()
        log.info("worker.stopping")


def _config(app: Starlette, settings: Settings) -> uvicorn.Config:
    limits = Limits(head_seconds=settings.head_seconds, body_seconds=settings.body_seconds)
    return uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="off",
        http=type("Http", (GuardedHttp,), {"limits": limits}),
        limit_concurrency=settings.connections,
        ws="websockets-sansio",
        ws_max_size=65_536,
        ws_per_message_deflate=False,
        ws_ping_interval=None,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies),
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=int(settings.drain_grace),
    )


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, DEAD_PEER_MS)
    listener.bind((host, port))
    listener.listen(BACKLOG)
    return listener


async def _started(server: uvicorn.Server, task: "asyncio.Task[None]") -> None:
    async with asyncio.timeout(START_WITHIN):
        while not server.started:
            if task.done():
                raise RuntimeError("the server did not start") from task.exception()
            await asyncio.sleep(0.002)


async def _told_to_stop() -> None:
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, told.set)
    await told.wait()
