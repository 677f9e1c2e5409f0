"""The port `MessagingChannel`, kept by Meta's CloudAPI."""

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from urllib.parse import quote, urlencode

from attrs import field, frozen

from jaboti_adapters.channels._health import milliseconds_since, unwell
from jaboti_adapters.channels._http import Answer, HttpPool, watched
from jaboti_adapters.channels._json import encode
from jaboti_adapters.channels.cloudapi.access import Access
from jaboti_adapters.channels.cloudapi.errors import refusal
from jaboti_adapters.channels.cloudapi.inbound import read, split
from jaboti_adapters.channels.cloudapi.media import Shelf
from jaboti_adapters.channels.cloudapi.outbound import Payload, accepted, payload, read_receipt, typing_indicator
from jaboti_adapters.channels.cloudapi.signature import verify_any
from jaboti_adapters.channels.cloudapi.templates import FIELDS, following, templates_in
from jaboti_domain.integration.content import MediaFile
from jaboti_domain.integration.errors import SendingFailed
from jaboti_domain.integration.messaging import Accepted, Headers, Items, Outbound, Peer, Platform, Update
from jaboti_domain.integration.model import Integration
from jaboti_domain.integration.ports.channels import (
    ConnectionTest,
    Health,
    MediaTransfer,
    MessagingChannel,
    TemplateCatalogue,
    TypingIndicator,
)
from jaboti_domain.integration.templates import APPROVED, TemplateInfo
from jaboti_domain.integration.transfers import MediaUpload, RemoteMedia

_SIGNING = ("app_secret", "previous_app_secret")
_PROFILE = "verified_name,quality_rating,status"
_PAGE, _PAGES = 100, 60
"""Templates that are asked for at once, and how often: an account has 6,000 at most."""


@frozen
class CloudApiChannel(MessagingChannel, ConnectionTest, TemplateCatalogue, MediaTransfer, TypingIndicator):
    """WhatsApp by Meta's CloudAPI.

    An integration's account is its phone_number_id. Of its settings `base_url` (the Graph API with its version) and
    `waba_id` (whose templates they are) are used, of its credentials `access_token`, `app_secret` and, while it is
    being replaced, `previous_app_secret`.
    """

    http: HttpPool
    _shelf: Shelf = field(init=False)

    @_shelf.default
    def _filled(self) -> Shelf:
        return Shelf(self.http)

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
        return accepted(await self._post(integration, payload(outbound), fence=outbound.fence))

    async def mark_read(self, integration: Integration, provider_id: str, *, peer: Peer | None) -> None:
        answer = await self._post(integration, read_receipt(provider_id))
        if not answer.ok:
            raise refusal(answer)

    async def show_typing(self, integration: Integration, *, peer: Peer, newest: str) -> None:
        answer = await self._post(integration, typing_indicator(newest))
        if not answer.ok:
            raise refusal(answer)

    async def test(self, integration: Integration) -> Health:
        began = time.monotonic()
        try:
            profile = (await self._get(integration, integration.account, fields=_PROFILE)).json
        except SendingFailed as failure:
            return unwell(failure, began)
        told = (profile["verified_name"].text, profile["status"].text)
        quality = profile["quality_rating"].text or None
        return Health(
            ok=True, detail=", ".join(filter(None, told)), latency_ms=milliseconds_since(began), quality=quality
        )

    async def templates(self, integration: Integration) -> Sequence[TemplateInfo]:
        found, after = list[TemplateInfo](), ""
        for _ in range(_PAGES):
            place = {"after": after} if after else {}
            path = (integration.settings.get("waba_id", ""), "message_templates")
            page = await self._get(integration, *path, fields=FIELDS, status=APPROVED, limit=str(_PAGE), **place)
            found += templates_in(page.json)
            after = following(page.json)
            if not after:
                break
        return found

    def open(self, integration: Integration, file: MediaFile) -> AbstractAsyncContextManager[RemoteMedia]:
        return self._shelf.open(integration, file)

    async def upload(self, integration: Integration, file: MediaUpload) -> str | None:
        return await self._shelf.upload(integration, file)

    async def _post(
        self, integration: Integration, message: Payload, *, fence: Callable[[], None] | None = None
    ) -> Answer:
        access = Access.of(integration)
        answer = await self.http.post(
            f"{access.base}/{quote(integration.account, safe='')}/messages",
            body=encode(message),
            headers=access.bearer,
            secret=access.token,
            fence=fence,
        )
        return _named(answer)

    async def _get(self, integration: Integration, *path: str, **query: str) -> Answer:
        """Raises a SendingFailed unless it is a good answer."""
        access = Access.of(integration)
        url = f"{access.base}/{'/'.join(quote(part, safe='') for part in path)}?{urlencode(query)}"
        answer = _named(await self.http.get(url, headers=access.bearer, secret=access.token))
        if not answer.ok:
            raise refusal(answer)
        return answer


def _named(answer: Answer) -> Answer:
    """Note what Meta calls the request that it refused."""
    if not answer.ok:
        watched().named(answer.json["error"]["fbtrace_id"].text)
    return answer
