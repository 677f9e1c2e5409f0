"""EvolutionAPI's webhooks at the real endpoint."""

import json
from typing import ClassVar

import httpx
from attrs import define

from jaboti_domain.integration.messaging import Platform
from jaboti_entrypoints.webhooks import webhook_path
from tests.unit.entrypoints.site import Site

SECRET = "secret-of-the-webhook"
HEADERS = {"authorization": f"Bearer {SECRET}"}


@define
class EvolutionSite(Site):
    """A company whose instances are those that payloads name."""

    platform = Platform.EVOLUTION_API
    base_url = "https://evolution.example"
    credentials: ClassVar = {"api_key": "k", "webhook_secret": SECRET}

    async def post(
        self, body: bytes, *, event: str = "", authorization: bytes = HEADERS["authorization"].encode()
    ) -> httpx.Response:
        line = await self.line(account_in(body))
        path = webhook_path(line.platform, line.id) + (f"/{event}" if event else "")
        return await self.http.post(path, content=body, headers={b"authorization": authorization})


def account_in(body: bytes) -> str:
    """The instance that a body names, or any."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return "loja-aurora"
    named = value.get("instance") if isinstance(value, dict) else None
    return named if isinstance(named, str) and named else "loja-aurora"
