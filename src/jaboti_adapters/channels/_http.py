"""Requests to the platforms: what went wrong on the way tells what to do next."""

import asyncio
import re
import ssl
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager, contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from types import TracebackType
from typing import Self

import httpx
from attrs import define, field, frozen

from jaboti_adapters.channels._json import NOTHING, Node, clean, decode
from jaboti_adapters.channels._reach import GuardedTransport, Lookups, Reach
from jaboti_domain.integration.errors import MendSettings, OutcomeUnknown, TryAgain
from jaboti_domain.integration.model import Secret

TOTAL = 8.0
"""Seconds for all of a request: less than the lease under which it is sent."""
TOTAL_OF_FILE = 120.0
"""Seconds for a whole file, in either direction: a hundred MiB take that long at 7 MBit/s."""
_IDLE_OF_FILE = 20.0
"""Seconds without a byte of it: a server may have to fetch it first."""
LARGEST_ANSWER = 1 << 20
_IDLE = 4.0
"""Seconds for which a connection is kept: Node's and uvicorn's servers close theirs after 5, maybe while we write."""
_CONNECT, _POOL = 3.0, 1.0
_LONGEST_WAIT = 3600.0
_BASINS, _BASINS_FOR_FILES = 13, 4
"""A pool of connections looks at each of them, for each of them, at every request: small ones are quicker than one."""
_LIMITS = httpx.Limits(max_connections=16, max_keepalive_connections=16, keepalive_expiry=_IDLE)
_UNSENDABLE = (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError, UnicodeError)
_UNWRITTEN = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_BARE_HEADERS = {"accept": "*/*", "accept-encoding": "identity", "user-agent": "jaboti"}
_HEADERS = {**_BARE_HEADERS, "content-type": "application/json"}
_ABOUT_TO_WRITE = "send_request_headers.started"
_REQUEST_IDS = ("x-fb-trace-id", "x-request-id")
_REQUEST_ID = re.compile(r"[!-~]{1,100}")


@define
class Exchange:
    """The last answer that came while it was watched for, and what the provider calls the request."""

    status: int | None = None
    request_id: str | None = None

    def answered(self, response: httpx.Response) -> None:
        """This came."""
        self.status = response.status_code
        named = (response.headers.get(name, "") for name in _REQUEST_IDS)
        self.named(next(filter(None, named), ""))

    def named(self, request_id: str) -> None:
        """The provider calls it so; what is no sane name is passed over."""
        if _REQUEST_ID.fullmatch(request_id):
            self.request_id = request_id


_watched: ContextVar[Exchange | None] = ContextVar("exchange", default=None)


@contextmanager
def watching() -> Iterator[Exchange]:
    """What is exchanged within, for logs."""
    exchange = Exchange()
    token = _watched.set(exchange)
    try:
        yield exchange
    finally:
        _watched.reset(token)


def watched() -> Exchange:
    """What whoever watches will see; nobody looks at it when nobody does."""
    return _watched.get() or Exchange()


@frozen(kw_only=True)
class Answer:
    """What a platform answered."""

    status: int
    body: bytes = field(repr=False)
    retry_after: float | None = None
    """Seconds, an hour at most; None when it didn't say."""

    @property
    def ok(self) -> bool:
        """Whether it is a 2xx."""
        return 200 <= self.status < 300

    @property
    def json(self) -> Node:
        """Its body as JSON, cleaned; nothing when it is something else."""
        try:
            return Node(clean(decode(self.body)))
        except (ValueError, RecursionError):
            return NOTHING


@frozen
class Stream:
    """What a platform is answering, byte by byte."""

    _response: httpx.Response

    @property
    def status(self) -> int:
        return self._response.status_code

    @property
    def ok(self) -> bool:
        """Whether it is a 2xx."""
        return self._response.is_success

    @property
    def length(self) -> int | None:
        """How many bytes there will be; None when it doesn't say."""
        said = self._response.headers.get("content-length", "")
        return int(said) if re.fullmatch(r"[0-9]{1,18}", said) else None

    @property
    def retry_after(self) -> float | None:
        """Seconds, an hour at most; None when it didn't say."""
        return seconds_until(self._response.headers.get("retry-after", ""))

    async def chunks(self) -> AsyncIterator[bytes]:
        """Its bytes, once. Raises OutcomeUnknown when they break off."""
        with _sorted_out():
            async for chunk in self._response.aiter_raw():
                yield chunk

    async def answer(self, *, secret: Secret, largest: int = LARGEST_ANSWER) -> Answer:
        """All of it, as of any other request."""
        received = bytearray()
        async for chunk in self.chunks():
            received += chunk
            if len(received) > largest:
                break
        return Answer(
            status=self.status,
            body=_without(secret, bytes(received)),
            retry_after=self.retry_after,
        )


class Basins:
    """Pools of connections, the freest of which is used."""

    def __init__(self, transports: Sequence[httpx.AsyncBaseTransport]) -> None:
        self.all = transports
        self._busy = [0] * len(transports)

    @contextmanager
    def freest(self) -> Iterator[httpx.AsyncBaseTransport]:
        """The one with the fewest requests under way."""
        place = min(range(len(self._busy)), key=self._busy.__getitem__)
        self._busy[place] += 1
        try:
            yield self.all[place]
        finally:
            self._busy[place] -= 1


class HttpPool:
    """Connections that all channels share. Whoever opens it (`async with`) closes it.

    Transports without httpx's client around them, whose redirects, cookies and authentication take a quarter of the
    time that a message needs, and are not wanted.

    Only what `reach` allows is called, at an address that was looked up once and is public, unless the operator names
    its host. Redirects are not followed, and neither proxies nor passwords are taken from the environment.
    """

    def __init__(
        self,
        *,
        total: float = TOTAL,
        total_of_file: float = TOTAL_OF_FILE,
        allowed_hosts: Iterable[str] = (),
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.reach = Reach(frozenset(allowed_hosts))
        self._total, self._total_of_file = total, total_of_file
        self._patience = _patience(total)
        self._patience_with_file = _patience(min(_IDLE_OF_FILE, total_of_file))
        self._lookups = Lookups()
        self._basins = Basins([transport] if transport else [*self._guarded(_BASINS)])
        self._for_files = Basins([transport] if transport else [*self._guarded(_BASINS_FOR_FILES)])

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for basin in (*self._basins.all, *self._for_files.all):
            await basin.aclose()
        self._lookups.close()

    async def post(
        self,
        url: str,
        *,
        body: bytes,
        headers: Mapping[str, str],
        secret: Secret,
        fence: Callable[[], None] | None = None,
    ) -> Answer:
        """Send JSON with POST; see `request`."""
        return await self.request("POST", url, body=body, headers=headers, secret=secret, fence=fence)

    async def get(self, url: str, *, headers: Mapping[str, str], secret: Secret) -> Answer:
        """Ask for something; see `request`."""
        return await self.request("GET", url, headers=headers, secret=secret)

    async def request(
        self,
        method: str,
        url: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str],
        secret: Secret,
        largest: int = LARGEST_ANSWER,
        fence: Callable[[], None] | None = None,
    ) -> Answer:
        """Send JSON and give back the answer, whatever its status, without the secret in it.

        What follows the first `largest` bytes of it is not read. `fence` is called when a connection is there, and
        nothing is written on it yet: what it raises comes out, and nothing has left.

        Raises TryAgain when nothing can have been written, OutcomeUnknown when the request may have arrived, and
        MendSettings when the address or the headers can't be used. None of them shows the secret.
        """
        with _sorted_out():
            async with asyncio.timeout(self._total):
                with self._basins.freest() as basin:
                    asked = _asked(method, url, body, headers, timeout=self._patience, **_fenced(fence))
                    response = await basin.handle_async_request(asked)
                    async with aclosing(response):
                        answer = await Stream(response).answer(secret=secret, largest=largest)
                    watched().answered(response)
                    return answer

    @asynccontextmanager
    async def stream(
        self,
        method: str,
        url: str,
        *,
        body: bytes | AsyncIterable[bytes] | None = None,
        headers: Mapping[str, str],
        fence: Callable[[], None] | None = None,
    ) -> AsyncIterator[Stream]:
        """A request that carries a file, or whose answer is one: neither is ever whole in memory.

        Whatever servers make of files, requests without one have connections of their own. A body that is written as
        it is read needs its length among the headers. Raises as `request` does, also while the answer is read; what the
        body raises is passed on.
        """
        deadline = asyncio.timeout(self._total_of_file)
        try:
            async with deadline:
                with self._for_files.freest() as basin:
                    with _sorted_out():
                        asked = _asked(method, url, body, headers, timeout=self._patience_with_file, **_fenced(fence))
                        response = await basin.handle_async_request(asked)
                    async with aclosing(response):
                        watched().answered(response)
                        yield Stream(response)
        except TimeoutError:
            if not deadline.expired():
                raise
            raise OutcomeUnknown(error_code="cut_off", title="It took too long") from None

    def _guarded(self, number: int) -> Iterator[httpx.AsyncBaseTransport]:
        for _ in range(number):
            yield GuardedTransport(self.reach, _LIMITS, _trusted(), resolve=self._lookups)


@cache
def _trusted() -> ssl.SSLContext:
    """Whose certificates are believed: reading them takes longer than all else that a pool needs."""
    return httpx.create_ssl_context(trust_env=False)


def _patience(idle: float) -> Mapping[str, float | None]:
    return httpx.Timeout(idle, connect=_CONNECT, pool=_POOL).as_dict()


def _asked(
    method: str,
    url: str,
    body: bytes | AsyncIterable[bytes] | None,
    headers: Mapping[str, str],
    **extensions: object,
) -> httpx.Request:
    ours = _BARE_HEADERS if body is None else _HEADERS
    return httpx.Request(method, url, content=body, headers={**ours, **headers}, extensions=extensions)


@contextmanager
def _sorted_out() -> Iterator[None]:
    try:
        yield
    except _UNSENDABLE as error:
        raise MendSettings(error_code="unusable_settings", title=type(error).__name__) from None
    except _UNWRITTEN as error:
        raise TryAgain(error_code="unreachable", title=type(error).__name__, is_outage=True) from None
    except (httpx.RequestError, TimeoutError) as error:
        raise OutcomeUnknown(error_code="cut_off", title=type(error).__name__) from None


def _fenced(fence: Callable[[], None] | None) -> dict[str, object]:
    if fence is None:
        return {}

    async def trace(event: str, _: object) -> None:
        if event.endswith(_ABOUT_TO_WRITE):
            fence()

    return {"trace": trace}


def _without(secret: Secret, body: bytes) -> bytes:
    return body.replace(secret.reveal().encode(), b"***") if secret else body


def seconds_until(retry_after: str) -> float | None:
    """What a `Retry-After` header says, from 0 to an hour; None when it is empty or odd."""
    if re.fullmatch(r"[0-9]{1,9}", retry_after):
        return min(float(retry_after), _LONGEST_WAIT)
    try:
        moment = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    wait = moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)
    return min(max(wait.total_seconds(), 0.0), _LONGEST_WAIT)
