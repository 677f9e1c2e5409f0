"""An office, behind a real server on a real socket, in a thread of its own."""

import asyncio
import socket
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, contextmanager
from threading import Thread
from typing import Any, TypeVar

import pytest
import uvicorn
from attrs import frozen

from jaboti_adapters.memory.store import MemoryStore
from jaboti_domain.chat.model import Chat
from jaboti_entrypoints.rest.app import create_app
from tests.unit.memory.on_memory import memory_backend
from tests.unit.rest.office import Office, open_office

T = TypeVar("T")


@frozen(kw_only=True)
class Live:
    """The server, and the loop in which its office lives."""

    port: int
    office: Office
    loop: asyncio.AbstractEventLoop

    def wait_for(self, doing: Coroutine[Any, Any, T]) -> T:
        """Do something in the office."""
        return asyncio.run_coroutine_threadsafe(doing, self.loop).result(30)

    def token(self) -> str:
        """Sofia's, the supervisor."""
        sofia = self.office.scene.sofia
        return self.wait_for(self.office.session(sofia.user_id, sofia.company_id))[1]

    def chat(self) -> Chat:
        """One more, Sofia's."""
        return self.wait_for(self.office.scene.a_chat(attendant=self.office.scene.sofia))


@contextmanager
def serving(opening: AbstractAsyncContextManager[Office]) -> Iterator[Live]:
    """The office that is opened, behind a server."""
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever)
    thread.start()
    stack = AsyncExitStack()
    office = asyncio.run_coroutine_threadsafe(stack.enter_async_context(opening), loop).result(30)
    # asyncio turns Nagle's algorithm off only where the protocol is named: it costs 40 ms an answer.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen(128)
    config = uvicorn.Config(
        create_app(office.application), log_config=None, access_log=False, lifespan="off", http="httptools", ws="none"
    )
    server = uvicorn.Server(config)
    answering = asyncio.run_coroutine_threadsafe(server._serve([listener]), loop)
    yield Live(port=listener.getsockname()[1], office=office, loop=loop)
    server.should_exit = True
    answering.result(30)
    asyncio.run_coroutine_threadsafe(stack.aclose(), loop).result(30)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(30)
    loop.close()
    listener.close()


@asynccontextmanager
async def _in_memory() -> AsyncIterator[Office]:
    yield await open_office(memory_backend(MemoryStore()))


@pytest.fixture(scope="module")
def live() -> Iterator[Live]:
    """A server, until the module is done."""
    with serving(_in_memory()) as live:
        yield live
