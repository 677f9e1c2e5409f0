"""Connections to outside, none of which leads to a place that nobody allowed."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from ipaddress import ip_address

import httpcore
import httpx
from attrs import frozen

from jaboti_adapters.channels._addresses import is_public
from jaboti_domain.integration.errors import MendSettings

_PORTS = {"http": 80, "https": 443}
_LOCAL = (".localhost", ".local", ".internal", ".")
_ATTEMPTS = 4
"""Addresses of one name that are tried, one after the other."""

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]


@frozen
class Reach:
    """Which addresses that people typed may be called: public ones by https, and hosts that the operator names."""

    allowed_hosts: frozenset[str] = frozenset()
    """As `host` or `host:port`."""

    def allows(self, host: str, port: int | None) -> bool:
        """Whether the operator names it."""
        return not {host, f"{host}:{port}"}.isdisjoint(self.allowed_hosts)

    def check(self, url: str) -> None:
        """Raises MendSettings for an address that may not be called. What its name resolves to is not looked up."""
        try:
            self.check_parsed(httpx.URL(url))
        except (httpx.InvalidURL, UnicodeError) as error:
            raise MendSettings(error_code="unusable_settings", title=type(error).__name__) from None

    def check_parsed(self, url: httpx.URL) -> None:
        """The same, of an address that is parsed."""
        if url.scheme in _PORTS and self.allows(url.host, url.port or _PORTS[url.scheme]):
            return
        if url.scheme != "https" or url.userinfo or not _may_be_public(url.host):
            raise MendSettings(error_code="address_not_allowed", title="The address is neither https nor allowed")

    def check_resolved(self, host: str, port: int, addresses: Sequence[str]) -> None:
        """Raises MendSettings unless every address that the name has is public, or the operator names the host."""
        if not self.allows(host, port) and not all(map(is_public, addresses)):
            raise MendSettings(error_code="address_not_allowed", title="The address is not a public one")


def _may_be_public(host: str) -> bool:
    try:
        return is_public(host)
    except ValueError:
        # Whole numbers are other spellings of IPv4 addresses; names without a dot are of the local network.
        return "." in host.strip(".") and not host.endswith(_LOCAL) and not host.rsplit(".", 1)[-1].isdecimal()


async def resolve(host: str, port: int) -> Sequence[str]:
    """The addresses of a name, in the order in which the system would try them. Raises OSError."""
    return await asyncio.to_thread(_addresses, host, port)


def _addresses(host: str, port: int) -> Sequence[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class Lookups:
    """Looks names up in threads of its own, once for all who ask for one at the same time.

    The system waits for a name server that is silent, and lets nobody break that off. A dead name takes one of many
    threads here; it would take one of the few that the event loop has for everything.
    """

    def __init__(self, threads: int = 64) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="lookup")
        self._under_way: dict[tuple[str, int], asyncio.Future[Sequence[str]]] = {}

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        if _is_number(host):
            return [host]
        asked = self._under_way.get((host, port))
        if asked is None:
            asked = asyncio.get_running_loop().run_in_executor(self._threads, _addresses, host, port)
            self._under_way[host, port] = asked
            asked.add_done_callback(partial(self._ended, host, port))
        return await asyncio.shield(asked)

    def close(self) -> None:
        """What is under way ends by itself."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _ended(self, host: str, port: int, asked: "asyncio.Future[Sequence[str]]") -> None:
        del self._under_way[host, port]
        if not asked.cancelled():
            asked.exception()


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


class GuardedNetwork(httpcore.AsyncNetworkBackend):
    """Looks a name up once, and connects to exactly what was looked up and found allowed."""

    def __init__(self, reach: Reach, resolve: Resolve, dial: httpcore.AsyncNetworkBackend) -> None:
        self._reach, self._resolve, self._dial = reach, resolve, dial

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  # the library's own signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        async with _in_time(timeout):
            addresses = (await self._looked_up(host, port))[:_ATTEMPTS]
        self._reach.check_resolved(host, port, addresses)
        each = timeout and timeout / len(addresses)
        for address in addresses[:-1]:
            try:
                return await self._dial.connect_tcp(address, port, each, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return await self._dial.connect_tcp(addresses[-1], port, each, local_address, socket_options)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def _looked_up(self, host: str, port: int) -> Sequence[str]:
        try:
            addresses = await self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(str(error)) from error
        if not addresses:
            raise httpcore.ConnectError("the name has no address")
        return addresses


@asynccontextmanager
async def _in_time(seconds: float | None) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError as error:
        raise httpcore.ConnectTimeout("the name could not be looked up in time") from error


class GuardedTransport(httpx.AsyncBaseTransport):
    """Requests over a guarded network. Connections are shared by requests to the same host only."""

    def __init__(
        self,
        reach: Reach,
        limits: httpx.Limits,
        trusted: ssl.SSLContext | None = None,
        *,
        resolve: Resolve = resolve,
        dial: httpcore.AsyncNetworkBackend | None = None,
    ) -> None:
        self._reach = reach
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=trusted,
            max_connections=limits.max_connections,
            max_keepalive_connections=limits.max_keepalive_connections,
            keepalive_expiry=limits.keepalive_expiry,
            network_backend=GuardedNetwork(reach, resolve, dial or httpcore.AnyIOBackend()),
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._reach.check_parsed(request.url)
        url = request.url
        asked = httpcore.Request(
            method=request.method,
            url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        with _in_httpx_words():
            answer = await self._pool.handle_async_request(asked)
        return httpx.Response(
            answer.status, headers=answer.headers, stream=_Answered(answer), extensions=answer.extensions
        )

    async def aclose(self) -> None:
        await self._pool.aclose()


class _Answered(httpx.AsyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _in_httpx_words():
            async for part in self._answer.aiter_stream():
                yield part

    async def aclose(self) -> None:
        await self._answer.aclose()


_TROUBLE = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.UnsupportedProtocol,
    httpcore.ProxyError,
)


@contextmanager
def _in_httpx_words() -> Iterator[None]:
    """Both libraries call their errors the same."""
    try:
        yield
    except _TROUBLE as error:
        raised: type[httpx.TransportError] = getattr(httpx, type(error).__name__)
        raise raised(str(error)) from error
