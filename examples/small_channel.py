"""A channel of one's own: a messenger called Pombo, with an HTTP interface like Telegram's. All of it is here.

Pombo calls our webhook with `{"message": {"id", "from": {"phone", "name"}, "date", "text"}}` or `{"receipt": {"id",
"status"}}`, and a header that knows our secret. `POST /sendMessage` takes `{"to", "text"}` and answers `{"id"}`.
"""

import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from attrs import frozen

from jaboti_adapters.channels import HttpPool
from jaboti_domain.integration.content import Text
from jaboti_domain.integration.errors import (
    BadSignature,
    GiveUp,
    MendSettings,
    OutcomeUnknown,
    SendingFailed,
    SlowDown,
    TryAgain,
    UnreadableWebhook,
)
from jaboti_domain.integration.messaging import (
    Accepted,
    Headers,
    Ignored,
    Inbound,
    Items,
    Outbound,
    Peer,
    Platform,
    Receipt,
    ReceiptStatus,
    Unreadable,
    Update,
    WebhookItem,
)
from jaboti_domain.integration.model import Integration
from jaboti_domain.integration.ports.channels import MessagingChannel

POMBO = Platform.introduce("Pombo")
FATES: Mapping[int, type[SendingFailed]] = {400: GiveUp, 401: MendSettings, 404: MendSettings, 503: TryAgain}
"""What to do next, by status; what is not here leaves open whether the message was taken."""


@frozen
class PomboChannel(MessagingChannel):
    """An integration has `base_url` in its settings, `token` and `webhook_secret` in its credentials."""

    http: HttpPool

    @property
    def platform(self) -> Platform:
        return POMBO

    def verify(self, integration: Integration, headers: Headers, body: bytes) -> None:
        expected = integration.credential("webhook_secret").reveal()
        given = headers.get("x-pombo-secret", "")
        if not (expected and hmac.compare_digest(given.encode(), expected.encode())):
            raise BadSignature

    def split(self, body: bytes) -> Items:
        try:
            told = json.loads(body)
            return [_item(told)]
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise UnreadableWebhook(reason=repr(error)) from error

    def read(self, raw: bytes) -> Update:
        try:
            return _update(json.loads(raw))
        except Exception as error:  # whatever a stranger's JSON can break here costs this item only
            return Unreadable(reason=repr(error))

    async def send(self, integration: Integration, outbound: Outbound) -> Accepted:
        if not isinstance(outbound.content, Text):
            raise GiveUp(error_code="unsupported_content", title=f"Pombo can't carry: {outbound.content.kind}")
        return Accepted(provider_id=await self._post(integration, outbound.to.phone, outbound.content.body))

    async def mark_read(self, integration: Integration, provider_id: str, *, peer: Peer | None) -> None:
        """Pombo knows no read receipts: there is nothing to tell."""

    async def _post(self, integration: Integration, to: str | None, text: str) -> str:
        token, base = integration.credential("token"), integration.settings["base_url"]
        self.http.reach.check(base)
        answer = await self.http.post(
            f"{base}/sendMessage",
            body=json.dumps({"to": to, "text": text}).encode(),
            headers={"authorization": f"Bearer {token.reveal()}"},
            secret=token,
        )
        if answer.ok and answer.json["id"].text:
            return answer.json["id"].text
        code, title = f"http_{answer.status}", answer.json["error"].text
        if answer.status == 429:
            raise SlowDown(error_code=code, title=title, retry_after=answer.retry_after)
        raise FATES.get(answer.status, OutcomeUnknown)(error_code=code, title=title)


def _item(told: dict[str, Any]) -> WebhookItem:
    """The same key at each delivery of the same thing; one lane per client, in which the order is kept."""
    message, receipt = told.get("message"), told.get("receipt")
    key = f"m:{message['id']}" if message else f"s:{receipt['id']}:{receipt['status']}" if receipt else "x:other"
    lane = f"p:{message['from']['phone']}" if message else "a:receipts"
    return WebhookItem(account=None, owner=None, event_key=key, lane=lane, raw=json.dumps(told).encode())


def _update(told: dict[str, Any]) -> Update:
    if receipt := told.get("receipt"):
        return Receipt(provider_id=receipt["id"], status=ReceiptStatus(receipt["status"]), peer=None, at=None)
    if not (message := told.get("message")):
        return Ignored(reason="neither a message nor a receipt")
    author = message["from"]
    return Inbound(
        provider_id=message["id"],
        peer=Peer(phone=author["phone"], name=author.get("name")),
        content=Text(body=message["text"]),
        at=datetime.fromtimestamp(message["date"], UTC),
    )
