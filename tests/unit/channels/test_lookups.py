"""Looking names up: one that nobody answers for holds up no other."""

import asyncio
import socket
from collections.abc import Iterator
from threading import Event
from time import monotonic
from typing import Any

import pytest
from attrs import define, field

from jaboti_adapters.channels._reach import Lookups, Resolve, resolve

DEAD = 40


@define
class NameServer:
    """Answers at once for `quick`, and for nothing else until it is let go."""

    asked: list[str] = field(factory=list)
    released: Event = field(factory=Event)

    def __call__(self, host: str, port: int, **_: Any) -> list[Any]:
        self.asked.append(host)
        if host != "quick.example":
            self.released.wait(10)
            raise socket.gaierror("no such name")
        return [(0, 0, 0, "", ("93.184.215.14", port))] * 2


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[NameServer]:
    names = NameServer()
    monkeypatch.setattr(socket, "getaddrinfo", names)
    yield names
    names.released.set()


async def waited(resolver: Resolve, server: NameServer, *hosts: str) -> tuple[bool, Any]:
    """Whether a quick name was found while others were asked for, and what became of those."""
    dead = [asyncio.create_task(_asked(resolver, host)) for host in hosts]
    await asyncio.sleep(0.05)
    began = monotonic()
    quick = asyncio.create_task(_asked(resolver, "quick.example"))
    done, _ = await asyncio.wait([quick], timeout=1.0)
    assert monotonic() - began < 2.0
    server.released.set()
    await quick
    return bool(done), await asyncio.gather(*dead)


async def _asked(resolver: Resolve, host: str) -> object:
    try:
        return await resolver(host, 443)
    except OSError as error:
        return type(error)


@pytest.mark.parametrize("apart", [True, False], ids=["as we do", "mutant: in the threads that everything shares"])
async def test_dead_names_hold_up_no_other(server: NameServer, apart: bool) -> None:
    lookups = Lookups()
    found, dead = await waited(lookups if apart else resolve, server, *(f"dead{n}.example" for n in range(DEAD)))
    assert found is apart
    assert set(dead) == {socket.gaierror}
    lookups.close()


async def test_who_asks_for_the_same_waits_for_the_same(server: NameServer) -> None:
    lookups = Lookups()
    found, dead = await waited(lookups, server, *["dead.example"] * 100)
    assert (found, set(dead)) == (True, {socket.gaierror})
    assert server.asked == ["dead.example", "quick.example"]
    assert await lookups("quick.example", 443) == ["93.184.215.14"]
    assert server.asked[2:] == ["quick.example"]
    lookups.close()


async def test_who_leaves_takes_nothing_from_the_others(server: NameServer) -> None:
    lookups = Lookups()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(lookups("dead.example", 443), 0.02)
    other = asyncio.create_task(_asked(lookups, "dead.example"))
    await asyncio.sleep(0.02)
    server.released.set()
    assert await other is socket.gaierror
    assert server.asked == ["dead.example"]
    lookups.close()


@pytest.mark.parametrize("number", ["127.0.0.1", "93.184.215.14", "::1", "2001:4860:4860::8888"])
async def test_numbers_are_not_looked_up(server: NameServer, number: str) -> None:
    lookups = Lookups()
    assert await lookups(number, 443) == [number]
    assert server.asked == []
    lookups.close()
