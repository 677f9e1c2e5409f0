"""Requests to the platforms: what went wrong on the way tells what to do next."""

import asyncio
import re
from collections.abc import Iterable, Mapping
from contextlib import aclosing
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from types import TracebackType
from typing import Self

import httpx
from attrs import field, frozen

from jaboti_adapters.channels._json import NOTHING, Node, clean, decode
from jaboti_domain.integration.errors import MendSettings, OutcomeUnknown, TryAgain
from jaboti_domain.integration.model import Secret

TOTAL = 8.0
"""Seconds for all of a request: less than the lease under which it is sent."""
LARGEST_ANSWER = 1 << 20
_CONNECT, _POOL = 3.0, 1.0
_LONGEST_WAIT = 3600.0
_LOCAL = (".localhost", ".local", ".internal", ".")
_UNSENDABLE = (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError, UnicodeError)
_UNWRITTEN = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


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
class Reach:
    """Which addresses that people typed may be called: public ones by https, and hosts that the operator names."""

    private_hosts: frozenset[str] = frozenset()

    def check(self, url: str) -> None:
        """Raises MendSettings for an address that may not be called. What its name resolves to is not looked up."""
        try:
            parsed = httpx.URL(url)
        except (httpx.InvalidURL, UnicodeError) as error:
            raise MendSettings(error_code="unusable_settings", title=type(error).__name__) from None
        if parsed.host in self.private_hosts and parsed.scheme in ("http", "https"):
            return
        if parsed.scheme != "https" or parsed.userinfo or not _is_public(parsed.host):
            raise MendSettings(error_code="address_not_allowed", title="The address is neither https nor allowed")


def _is_public(host: str) -> bool:
    try:
        return ip_address(host).is_global
    except ValueError:
        # Whole numbers are other spellings of IPv4 addresses; names without a dot are of the local network.
        return "." in host.strip(".") and not host.endswith(_LOCAL) and not host.rsplit(".", 1)[-1].isdecimal()


class HttpPool:
    """Connections that all channels share. Whoever opens it (`async with`) closes it.

    Redirects are not followed, and neither proxies nor passwords are taken from the environment.
    """

    def __init__(
        self,
        *,
        total: float = TOTAL,
        private_hosts: Iterable[str] = (),
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.reach = Reach(frozenset(private_hosts))
        self._total = total
        self._client = httpx.AsyncClient(
            transport=transport,
            timeout=httpx.Timeout(total, connect=_CONNECT, pool=_POOL),
            limits=httpx.Limits(max_connections=200, max_keepalive_connections=50, keepalive_expiry=5),
            headers={"accept-encoding": "identity", "content-type": "application/json"},
            trust_env=False,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def post(self, url: str, *, body: bytes, headers: Mapping[str, str], secret: Secret) -> Answer:
        """Send JSON with POST; see `request`."""
        return await self.request("POST", url, body=body, headers=headers, secret=secret)

    async def request(
        self,
        method: str,
        url: str,
        *,
        body: bytes = b"",
        headers: Mapping[str, str],
        secret: Secret,
        largest: int = LARGEST_ANSWER,
    ) -> Answer:
        """Send JSON and give back the answer, whatever its status, without the secret in it.

        What follows the first `largest` bytes of it is not read.

        Raises TryAgain when nothing can have been written, OutcomeUnknown when the request may have arrived, and
        MendSettings when the address or the headers can't be used. None of them shows the secret.
        """
        try:
            async with asyncio.timeout(self._total):
                request = self._client.build_request(method, url, content=body, headers=dict(headers))
                return await self._exchange(request, secret, largest)
        except _UNSENDABLE as error:
            raise MendSettings(error_code="unusable_settings", title=type(error).__name__) from None
        except _UNWRITTEN as error:
            raise TryAgain(error_code="unreachable", title=type(error).__name__) from None
        except (httpx.RequestError, TimeoutError) as error:
            raise OutcomeUnknown(error_code="cut_off", title=type(error).__name__) from None

    async def _exchange(self, request: httpx.Request, secret: Secret, largest: int) -> Answer:
        response = await self._client.send(request, stream=True)
        async with aclosing(response):
            received = bytearray()
            async for chunk in response.aiter_raw():
                received += chunk
                if len(received) > largest:
                    break
        return Answer(
            status=response.status_code,
            body=_without(secret, bytes(received)),
            retry_after=seconds_until(response.headers.get("retry-after", "")),
        )


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
