"""The office in memory, behind a real server on a real socket, in a thread of its own."""

import asyncio
import socket
from collections.abc import Coroutine, Iterator
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


@pytest.fixture(scope="module")
def live() -> Iterator[Live]:
    """A server, until the module is done."""
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever)
    thread.start()
    listener = socket.create_server(("127.0.0.1", 0))
    office = asyncio.run_coroutine_threadsafe(open_office(memory_backend(MemoryStore())), loop).result(30)
    config = uvicorn.Config(
        create_app(office.application), log_config=None, access_log=False, lifespan="off", http="httptools", ws="none"
    )
    server = uvicorn.Server(config)
    serving = asyncio.run_coroutine_threadsafe(server._serve([listener]), loop)
    yield Live(port=listener.getsockname()[1], office=office, loop=loop)
    server.should_exit = True
    serving.result(30)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(30)
    loop.close()
    listener.close()
