"""An instance is a phone's session on the server: opened, tied to the phone, closed."""

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import frozen

from jaboti_adapters.channels._http import Answer
from jaboti_adapters.channels._json import Node
from jaboti_adapters.channels.evolutionapi.api import Api
from jaboti_adapters.channels.evolutionapi.errors import complaint, refusal
from jaboti_adapters.channels.evolutionapi.inbound.notices import CONNECTIONS
from jaboti_adapters.channels.evolutionapi.secret import header
from jaboti_domain.integration.errors import SendingFailed, TryAgain
from jaboti_domain.integration.messaging import Connection, Pairing
from jaboti_domain.integration.model import Integration

EVENTS: Sequence[str] = (
    "MESSAGES_UPSERT",
    "MESSAGES_EDITED",
    "MESSAGES_UPDATE",
    "MESSAGES_DELETE",
    "SEND_MESSAGE",
    "CONNECTION_UPDATE",
    "QRCODE_UPDATED",
    "STATUS_INSTANCE",
    "LOGOUT_INSTANCE",
    "REMOVE_INSTANCE",
)
"""What we want to be told of: none of the chatter about contacts and chats, which comes with every message."""
_SETTINGS: Mapping[str, bool] = {
    "rejectCall": False,
    "groupsIgnore": True,
    "alwaysOnline": False,
    "readMessages": False,
    "readStatus": False,
    "syncFullHistory": False,
}


@frozen
class Instances:
    """The instances of all servers."""

    api: Api

    async def create(self, integration: Integration, *, webhook_url: str) -> Pairing:
        """A new one; one that is there already is connected, and its webhooks are sent to the new address."""
        asked = {
            "instanceName": integration.account,
            "integration": "WHATSAPP-BAILEYS",
            "qrcode": True,
            "webhook": webhook(integration, webhook_url),
            **_SETTINGS,
        }
        answer = await self.api.call("POST", integration, "/instance/create", asked)
        if answer.status == 403 and "already in use" in complaint(answer).words:
            await self.set_webhook(integration, webhook_url)
            return await self.connect(integration)
        return _pairing(_done(answer)["qrcode"])

    async def connect(self, integration: Integration) -> Pairing:
        """What ties a phone to it; nothing when it is open."""
        return _pairing(_done(await self.api.ask("GET", integration, "/instance/connect")))

    async def state(self, integration: Integration) -> Connection:
        """How it stands."""
        return _state(_done(await self.api.ask("GET", integration, "/instance/connectionState")))

    async def restart(self, integration: Integration) -> Connection:
        """Connect it anew."""
        return _pairing(_done(await self.api.ask("POST", integration, "/instance/restart"))).connection

    async def log_out(self, integration: Integration) -> None:
        """Untie the phone, if there is one."""
        answer = await self.api.ask("DELETE", integration, "/instance/logout")
        if not (answer.status == 400 and "is not connected" in complaint(answer).words):
            _done(answer)

    async def delete(self, integration: Integration) -> None:
        """End it, if it is there."""
        answer = await self.api.ask("DELETE", integration, "/instance/delete")
        if answer.status != 404:
            _done(answer)

    async def set_webhook(self, integration: Integration, url: str) -> None:
        """Have its events sent here."""
        asked = {"webhook": {"enabled": True, **webhook(integration, url)}}
        _done(await self.api.post(integration, "/webhook/set", asked))


def webhook(integration: Integration, url: str) -> dict[str, Any]:
    """Where and how the server tells us of events: without the files themselves, which are fetched when needed."""
    return {
        "url": url,
        "byEvents": False,
        "base64": False,
        "headers": dict(header(integration)),
        "events": list(EVENTS),
    }


def _done(answer: Answer) -> Node:
    """The answer of a request that succeeded. Raises a SendingFailed.

    What goes wrong with a session is told with status 200, too, and without words.
    """
    if not answer.ok:
        raise refusal(answer)
    if answer.json["error"].is_true:
        raise _failed_inside(answer)
    return answer.json


def _failed_inside(answer: Answer) -> SendingFailed:
    return TryAgain(error_code="session_failed", title=complaint(answer).words)


def _pairing(told: Node) -> Pairing:
    code, image = told["pairingCode"].text or None, told["base64"].text or None
    connection = Connection.PAIRING if code or image else _state(told)
    return Pairing(connection=connection, qr_image=image, code=code)


def _state(told: Node) -> Connection:
    state = told["instance"]["state"].text or told["instance"]["status"].text
    return CONNECTIONS.get(state, Connection.CONNECTING)
