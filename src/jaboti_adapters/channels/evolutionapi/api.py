"""Requests to an account's instance on its server."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from urllib.parse import quote

from attrs import frozen

from jaboti_adapters.channels._files import Parcel
from jaboti_adapters.channels._http import LARGEST_ANSWER, Answer, HttpPool, Stream
from jaboti_adapters.channels._json import encode
from jaboti_domain.integration.errors import MendSettings
from jaboti_domain.integration.model import Integration, Secret


@frozen
class Api:
    """An integration's `base_url` is the server's address, its account the instance's name, `api_key` opens it."""

    http: HttpPool

    async def post(
        self,
        integration: Integration,
        path: str,
        body: object,
        *,
        largest: int = LARGEST_ANSWER,
        fence: Callable[[], None] | None = None,
    ) -> Answer:
        """`POST {path}/{instance}`. Raises as `HttpPool.request` does; MendSettings for an address not allowed."""
        place = f"{path}/{_instance(integration)}"
        return await self.call("POST", integration, place, body, largest=largest, fence=fence)

    async def ask(self, method: str, integration: Integration, path: str) -> Answer:
        """The same without a body, by any method."""
        return await self.call(method, integration, f"{path}/{_instance(integration)}")

    async def call(
        self,
        method: str,
        integration: Integration,
        path: str,
        body: object = None,
        *,
        largest: int = LARGEST_ANSWER,
        fence: Callable[[], None] | None = None,
    ) -> Answer:
        """A request to a path of the server that may name no instance."""
        base, key = self._access(integration)
        return await self.http.request(
            method,
            base + path,
            body=b"" if body is None else encode(body),
            headers={"apikey": key.reveal()},
            secret=key,
            largest=largest,
            fence=fence,
        )

    @asynccontextmanager
    async def stream(
        self, integration: Integration, path: str, body: object, *, fence: Callable[[], None] | None = None
    ) -> AsyncIterator[Stream]:
        """`POST {path}/{instance}` of a file, or for one. Raises as `HttpPool.stream` does."""
        base, key = self._access(integration)
        pieces, headers = (body.pieces(), body.headers) if isinstance(body, Parcel) else (encode(body), {})
        url = f"{base}{path}/{_instance(integration)}"
        async with self.http.stream(
            "POST", url, body=pieces, headers={**headers, "apikey": key.reveal()}, fence=fence
        ) as stream:
            yield stream

    def _access(self, integration: Integration) -> tuple[str, Secret]:
        base, key = integration.settings.get("base_url"), key_of(integration)
        if not (base and key):
            raise MendSettings(error_code="missing_setting", title="base_url and api_key are needed")
        self.http.reach.check(base)
        return base.rstrip("/"), key


def key_of(integration: Integration) -> Secret:
    """What opens the server; empty when it was not given."""
    return integration.credentials.get("api_key", Secret(""))


def _instance(integration: Integration) -> str:
    return quote(integration.account, safe="")
