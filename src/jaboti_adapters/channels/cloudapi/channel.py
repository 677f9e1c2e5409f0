"""The port `MessagingChannel`, kept by Meta's CloudAPI."""

from urllib.parse import quote

from attrs import frozen

from jaboti_adapters.channels._http import Answer, HttpPool
from jaboti_adapters.channels._json import encode
from jaboti_adapters.channels.cloudapi.errors import refusal
from jaboti_adapters.channels.cloudapi.inbound import read, split
from jaboti_adapters.channels.cloudapi.outbound import Payload, accepted, payload, read_receipt
from jaboti_adapters.channels.cloudapi.signature import verify_any
from jaboti_domain.integration.errors import MendSettings
from jaboti_domain.integration.messaging import Accepted, Headers, Items, Outbound, Peer, Platform, Update
from jaboti_domain.integration.model import Integration, Secret
from jaboti_domain.integration.ports import MessagingChannel

_SIGNING = ("app_secret", "previous_app_secret")


@frozen
class CloudApiChannel(MessagingChannel):
    """WhatsApp by Meta's CloudAPI.

    An integration's account is its phone_number_id. Of its settings `base_url` (the Graph API with its version) is
    used, of its credentials `access_token`, `app_secret` and, while it is being replaced, `previous_app_secret`.
    """

    http: HttpPool

    @property
    def platform(self) -> Platform:
        return Platform.CLOUD_API

    def verify(self, integration: Integration, headers: Headers, body: bytes) -> None:
        verify_any([integration.credentials[n] for n in _SIGNING if n in integration.credentials], headers, body)

    def split(self, body: bytes) -> Items:
        return split(body)

    def read(self, raw: bytes) -> Update:
        return read(raw)

    async def send(self, integration: Integration, outbound: Outbound) -> Accepted:
        return accepted(await self._post(integration, payload(outbound)))

    async def mark_read(self, integration: Integration, provider_id: str, *, peer: Peer | None) -> None:
        answer = await self._post(integration, read_receipt(provider_id))
        if not answer.ok:
            raise refusal(answer)

    async def _post(self, integration: Integration, message: Payload) -> Answer:
        base, token = integration.settings.get("base_url"), integration.credentials.get("access_token", Secret(""))
        if not (base and token):
            raise MendSettings(error_code="missing_setting", title="base_url and access_token are needed")
        return await self.http.post(
            f"{base.rstrip('/')}/{quote(integration.account, safe='')}/messages",
            body=encode(message),
            headers={"authorization": f"Bearer {token.reveal()}"},
            secret=token,
        )
