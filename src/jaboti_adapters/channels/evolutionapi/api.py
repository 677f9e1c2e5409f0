"""Requests to an account's instance on its server."""

from collections.abc import Callable
from urllib.parse import quote

from attrs import frozen

from jaboti_adapters.channels._http import LARGEST_ANSWER, Answer, HttpPool
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
        base, key = integration.settings.get("base_url"), integration.credentials.get("api_key", Secret(""))
        if not (base and key):
            raise MendSettings(error_code="missing_setting", title="base_url and api_key are needed")
        self.http.reach.check(base)
        return await self.http.request(
            method,
            base.rstrip("/") + path,
            body=b"" if body is None else encode(body),
            headers={"apikey": key.reveal()},
            secret=key,
            largest=largest,
            fence=fence,
        )


def _instance(integration: Integration) -> str:
    return quote(integration.account, safe="")
