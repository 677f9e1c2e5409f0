"""No request goes where nobody allowed: whatever the address says, and whatever its name turns out to mean."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager, suppress

import httpcore
import httpx
import pytest
from attrs import define, field

from jaboti_adapters.channels import _reach
from jaboti_adapters.channels._http import Basins, HttpPool
from jaboti_adapters.channels._reach import GuardedTransport, Reach, resolve
from jaboti_adapters.channels.cloudapi import CloudApiChannel
from jaboti_adapters.channels.evolutionapi import EvolutionApiChannel
from jaboti_domain.integration.content import MediaFile
from jaboti_domain.integration.errors import MendSettings, SendingFailed
from jaboti_domain.integration.model import Secret
from tests.unit.channels.integrations import TOKEN, integration

PUBLIC = "93.184.215.14"
NAMES: dict[str, Sequence[Sequence[str]]] = {
    "public.example": [[PUBLIC]],
    "loopback.example": [["127.0.0.1"]],
    "metadata.example": [["169.254.169.254"]],
    "lan.example": [["192.168.0.10"]],
    "ipv6.example": [["::1"]],
    "mapped.example": [["::ffff:127.0.0.1"]],
    "one-of-two.example": [[PUBLIC, "10.0.0.1"]],
    "rebinding.example": [[PUBLIC], ["127.0.0.1"]],
}
"""What each name means when it is looked up the first time, the second time, and so on."""
FORGED = [
    *("https://127.0.0.1/", "https://127.9.9.9/", "https://localhost/", "https://a.localhost/", "https://[::1]/"),
    *("https://0.0.0.0/", "https://[::]/", "https://10.0.0.1/", "https://172.16.0.1/", "https://192.168.1.1/"),
    *("https://169.254.169.254/latest/meta-data", "https://168.63.129.16/", "https://100.100.100.200/"),
    *("https://[fe80::1]/", "https://[fe80::1%25lo]/", "https://[fc00::1]/", "https://[fd00:ec2::254]/"),
    *("https://[fec0::1]/", "https://[ff02::1]/", "https://224.0.0.1/", "https://255.255.255.255/"),
    *("https://192.0.0.8/", "https://192.0.2.1/", "https://198.18.0.1/", "https://198.51.100.1/"),
    *("https://203.0.113.1/", "https://192.88.99.1/", "https://240.0.0.1/", "https://[2001:db8::1]/"),
    *("https://[::ffff:127.0.0.1]/", "https://[::ffff:7f00:1]/", "https://[::127.0.0.1]/"),
    *("https://[64:ff9b::7f00:1]/", "https://[64:ff9b:1::7f00:1]/", "https://[2002:7f00:1::]/"),
    *("https://[2001::1]/", "https://[3fff::1]/", "https://[::ffff:0:127.0.0.1]/"),
    *("https://2130706433/", "https://0x7f000001/", "https://017700000001/", "https://0177.0.0.1/"),
    *("https://0x7f.0.0.1/", "https://127.1/", "https://127.0.1/", "https://0x7f.1/", "https://127.0.0.1./"),
    *("https://127。0。0。1/", "https://①②⑦.⓪.⓪.①/", "https://ⓛocalhost/", "https://LOCALHOST/"),
    *("https://public.example@127.0.0.1/", "https://127.0.0.1#@public.example/", "https://a:b@public.example/"),
    *("http://public.example/", "http://127.0.0.1/", "file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1/"),
    *(f"https://{name}/" for name in NAMES if name not in ("public.example", "rebinding.example")),
]


@define
class Trap(httpcore.AsyncNetworkBackend):
    """Whatever is dialled is connected to a server on loopback, which counts."""

    port: int
    dialled: list[str] = field(factory=list)
    caught: int = 0
    inner: httpcore.AsyncNetworkBackend = field(factory=httpcore.AnyIOBackend)

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  # the library's own signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        self.dialled.append(host)
        return await self.inner.connect_tcp("127.0.0.1", self.port, timeout)


@pytest.fixture
async def trap() -> AsyncIterator[Trap]:
    async def catch(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ready.caught += 1
        writer.close()

    async with await asyncio.start_server(catch, "127.0.0.1", 0) as server:
        ready = Trap(server.sockets[0].getsockname()[1])
        yield ready


@define
class Names:
    """A resolver that changes its mind; numbers mean what the system says that they mean."""

    asked: dict[str, int] = field(factory=dict)

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        if host not in NAMES:
            return await resolve(host, port)
        times = self.asked[host] = self.asked.get(host, 0) + 1
        return NAMES[host][min(times, len(NAMES[host])) - 1]


async def call(trap: Trap, *urls: str, reach: Reach | None = None, resolver: _reach.Resolve | None = None) -> None:
    transport = GuardedTransport(reach or Reach(), httpx.Limits(), resolve=resolver or Names(), dial=trap)
    async with HttpPool(total=2.0, transport=transport) as http:
        for url in urls:
            try:
                await http.get(url, headers={}, secret=Secret(""))
            except SendingFailed:
                continue


class Anywhere(Reach):
    """A guard that is off."""

    def check_parsed(self, url: httpx.URL) -> None: ...

    def check_resolved(self, host: str, port: int, addresses: Sequence[str]) -> None: ...


class OnlyWhatIsWritten(Reach):
    """A guard that believes names."""

    def check_resolved(self, host: str, port: int, addresses: Sequence[str]) -> None: ...


def test_there_are_sixty_of_them() -> None:
    assert len(set(FORGED)) >= 60


@define
class Forger(httpx.AsyncBaseTransport):
    """Answers for the Graph API, whose files are said to be wherever it likes; all else is the guard's."""

    url: str
    guarded: GuardedTransport

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.host == "graph.example":
            told = json.dumps({"url": self.url, "mime_type": "image/png"}).encode()
            return httpx.Response(200, stream=httpx.ByteStream(told))
        return await self.guarded.handle_async_request(request)


async def fetch(trap: Trap, url: str, *, by: str, reach: Reach | None = None) -> None:
    """A client's file that is said to be at this address."""
    guarded = GuardedTransport(reach or Reach(), httpx.Limits(), resolve=Names(), dial=trap)
    async with HttpPool(total=2.0, total_of_file=2.0, transport=Forger(url, guarded)) as http:
        channel = CloudApiChannel(http) if by == "the id" else EvolutionApiChannel(http)
        http.reach = reach or http.reach
        file = MediaFile(type="image", provider_id="1") if by == "the id" else MediaFile(type="image", link=url)
        with suppress(SendingFailed):
            async with channel.open(integration("https://graph.example/v25.0", access_token=TOKEN), file):
                pass


@pytest.mark.parametrize("by", ["the id", "the link"])
@pytest.mark.parametrize("url", FORGED)
async def test_a_file_at_a_forged_address_connects_to_nothing(trap: Trap, url: str, by: str) -> None:
    await fetch(trap, url, by=by)
    assert (trap.dialled, trap.caught) == ([], 0)


@pytest.mark.parametrize("by", ["the id", "the link"])
async def test_without_the_guard_files_lead_into_the_trap(trap: Trap, by: str) -> None:
    for url in FORGED:
        await fetch(trap, url, by=by, reach=Anywhere())
    assert trap.caught >= 45


@pytest.mark.parametrize("by", ["the id", "the link"])
async def test_a_file_at_a_public_address_is_asked_for_there(trap: Trap, by: str) -> None:
    await fetch(trap, "https://public.example/", by=by)
    assert trap.dialled == [PUBLIC]


@pytest.mark.parametrize("url", FORGED)
async def test_a_forged_address_connects_to_nothing(trap: Trap, url: str) -> None:
    await call(trap, url)
    assert (trap.dialled, trap.caught) == ([], 0)


async def test_without_the_guard_they_lead_into_the_trap(trap: Trap) -> None:
    await call(trap, *FORGED, reach=Anywhere())
    assert trap.caught >= 45


async def test_a_guard_that_believes_names_is_led_into_the_trap(trap: Trap) -> None:
    await call(trap, *FORGED, reach=OnlyWhatIsWritten())
    assert {"127.0.0.1", "169.254.169.254", "192.168.0.10", "::1"} <= set(trap.dialled)
    assert trap.caught == len(trap.dialled)


async def test_a_public_address_is_called_by_the_number_that_was_looked_up(trap: Trap) -> None:
    names = Names()
    await call(trap, "https://public.example/", resolver=names)
    assert (trap.dialled, names.asked) == ([PUBLIC], {"public.example": 1})


async def test_a_name_that_means_something_else_the_second_time_is_looked_up_and_checked_again(trap: Trap) -> None:
    names = Names()
    await call(trap, *["https://rebinding.example/"] * 5, resolver=names)
    assert (trap.dialled, names.asked) == ([PUBLIC], {"rebinding.example": 5})


async def test_the_number_that_was_checked_is_the_one_that_is_called(
    trap: Trap, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A guard that looks a name up, and lets the system look it up again, is led into the trap."""
    names = Names()

    async def twice(self: object, host: str, port: int) -> Sequence[str]:
        await names(host, port)
        return await names(host, port)

    await call(trap, "https://rebinding.example/", resolver=names)
    assert trap.dialled == [PUBLIC]
    names.asked.clear()
    monkeypatch.setattr(_reach.GuardedNetwork, "_looked_up", twice)
    await call(trap, "https://rebinding.example/", resolver=names, reach=OnlyWhatIsWritten())
    assert trap.dialled[1:] == ["127.0.0.1"]


class Following(httpx.AsyncBaseTransport):
    """A mutant that follows redirects."""

    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        self._client = httpx.AsyncClient(transport=transport, follow_redirects=True)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self._client.send(request, stream=True)

    async def aclose(self) -> None:
        await self._client.aclose()


@asynccontextmanager
async def following(*allowed_hosts: str, follow: bool = True) -> AsyncIterator[HttpPool]:
    async with HttpPool(allowed_hosts=allowed_hosts) as http:
        if follow:
            http._basins = Basins([Following(basin) for basin in http._basins.all])
        yield http


@asynccontextmanager
async def redirecting(to: str) -> AsyncIterator[int]:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(f"HTTP/1.1 302 Found\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n".encode())
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


@pytest.mark.parametrize("follow", [False, True], ids=["as we do", "mutant: redirects are followed"])
async def test_a_redirect_is_an_answer_like_any_other(trap: Trap, follow: bool) -> None:
    here = f"127.0.0.1:{trap.port}"
    async with redirecting(f"http://{here}/") as port, following(f"127.0.0.1:{port}", here, follow=follow) as http:
        try:
            answer = await http.get(f"http://127.0.0.1:{port}/", headers={}, secret=Secret(""))
            assert answer.status == 302
        except SendingFailed:
            assert follow
    assert trap.caught == follow


async def test_a_redirect_to_a_host_that_nobody_allowed_would_not_be_followed_either(trap: Trap) -> None:
    async with redirecting(f"http://127.0.0.1:{trap.port}/") as port, following(f"127.0.0.1:{port}") as http:
        with pytest.raises(MendSettings):
            await http.get(f"http://127.0.0.1:{port}/", headers={}, secret=Secret(""))
    assert trap.caught == 0


async def test_a_name_has_its_addresses_tried_in_turn() -> None:
    async with redirecting("/") as port:
        with socket.socket() as closed:
            closed.bind(("127.0.0.2", port))

            async def two(host: str, port: int) -> Sequence[str]:
                return ["127.0.0.2", "127.0.0.1"]

            transport = GuardedTransport(Reach(frozenset({"two.example"})), httpx.Limits(), resolve=two)
            async with HttpPool(transport=transport) as http:
                answer = await http.get(f"http://two.example:{port}/", headers={}, secret=Secret(""))
                assert answer.status == 302


@pytest.mark.parametrize("found", [[], socket.gaierror("no such name"), UnicodeError("label too long")])
async def test_a_name_that_cannot_be_looked_up_means_to_try_again(found: list[str] | Exception, trap: Trap) -> None:
    async def nothing(host: str, port: int) -> Sequence[str]:
        if isinstance(found, Exception):
            raise found
        return found

    transport = GuardedTransport(Reach(), httpx.Limits(), resolve=nothing, dial=trap)
    async with HttpPool(transport=transport) as http:
        with pytest.raises(SendingFailed) as failed:
            await http.get("https://public.example/", headers={}, secret=Secret(""))
    assert failed.value.error_code == "unreachable"
