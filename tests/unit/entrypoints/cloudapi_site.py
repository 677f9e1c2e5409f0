"""CloudAPI's webhooks at the real endpoint."""

import hmac
import re
from typing import ClassVar

import httpx
from attrs import define

from jaboti_domain.integration.messaging import Platform
from jaboti_domain.integration.model import Integration
from jaboti_entrypoints.webhooks import webhook_path
from tests.unit.entrypoints.site import Site

SECRET = "secret-of-the-app"
ACCOUNT = re.compile(rb'"phone_number_id"\s*:\s*"([^"]{1,64})"')


@define
class CloudSite(Site):
    """A company whose numbers are those that payloads name."""

    platform = Platform.CLOUD_API
    base_url = "https://graph.example/v25.0"
    credentials: ClassVar = {"access_token": "t", "app_secret": SECRET, "verify_token": "v"}

    async def post(self, body: bytes) -> httpx.Response:
        line = await self.line_in(body)
        proof = {"x-hub-signature-256": f"sha256={hmac.new(SECRET.encode(), body, 'sha256').hexdigest()}"}
        return await self.http.post(webhook_path(line.platform, line.id), content=body, headers=proof)

    async def line_in(self, body: bytes) -> Integration:
        """That of the number that a body names, or any."""
        found = ACCOUNT.search(body)
        return await self.line(found[1].decode() if found else "nobody's", waba_id="1")
